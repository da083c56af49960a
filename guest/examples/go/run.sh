#!/bin/sh
# Runs a program that go compiled, for `go test -exec` and `go run -exec`: run.sh PROGRAM [ARG...].
# WASMYSQL is the tool and its options.
set -eu

component=$(mktemp)
trap 'rm -f "$component"' EXIT
"$(dirname "$0")/component.sh" "$1" "$component"
shift
${WASMYSQL:-wasmysql run} "$component" -- "$@"
