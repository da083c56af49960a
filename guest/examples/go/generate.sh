#!/bin/sh
# Generates internal/bindings of this module, and go.work of the module in the current directory.
set -eu

module=$(dirname "$0")
case $module in
    . | /* | ./* | ../*) ;;
    *) module=./$module ;; # a path of go.work begins with a dot
esac
version=0.63.0
if [ "$(wit-bindgen --version 2>/dev/null)" != "wit-bindgen-cli $version" ]; then
    echo "wit-bindgen $version is missing. Run: cargo install --locked wit-bindgen-cli@$version" >&2
    exit 1
fi
rm -rf "$module/internal/bindings"
if ! output=$(wit-bindgen go "$module/wit/deps/wasmysql-mysql" --world blocking-imports --out-dir "$module/internal/bindings" \
    --pkg-name wasmysql/internal/bindings 2>&1); then
    echo "$output" >&2
    exit 1
fi

# cargo has the sources of the runtime, because the tool contains them. Without them, go downloads
# the module.
runtime=$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wit-bindgen-go-$version/src/pkg)
{
    printf 'go 1.27.1\n\nuse .\n'
    [ "$module" = . ] || printf 'use %s\n' "$module"
    [ ! -d "$runtime" ] || printf '\nreplace go.bytecodealliance.org/pkg => %s\n' "$runtime"
} > go.work
