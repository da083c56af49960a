#!/bin/sh
# Generates internal/bindings from wit/, and go.work, which names the runtime of the bindings.
set -eu
cd "$(dirname "$0")"

version=0.63.0
wit=${WIT:-../../../wit}
sources=${CARGO_HOME:-$HOME/.cargo}/registry/src

if [ "$(wit-bindgen --version 2>/dev/null)" != "wit-bindgen-cli $version" ]; then
    echo "wit-bindgen $version is missing. Run: cargo install --locked wit-bindgen-cli@$version" >&2
    exit 1
fi
rm -rf internal/bindings
if ! output=$(wit-bindgen go "$wit" --world blocking-imports --out-dir internal/bindings \
    --pkg-name wasmysql/internal/bindings 2>&1); then
    echo "$output" >&2
    exit 1
fi

# cargo has the sources of the runtime, because the tool contains them. Without them, go downloads
# the module.
runtime=$(echo "$sources"/*/wit-bindgen-go-$version/src/pkg)
{
    printf 'go 1.27.1\n\nuse .\n'
    if [ -d "$runtime" ]; then
        printf '\nreplace go.bytecodealliance.org/pkg => %s\n' "$runtime"
    fi
} > go.work
