#!/bin/sh
# Runs all tests: the test vectors natively, and the others in the sandbox.
set -eu
cd "$(dirname "$0")"

./build.sh tests/server.c test.c
"${ZIG:-python-zig}" cc -std=c11 -O1 -g -Wall -Wextra -fsanitize=undefined -o build/convert \
    tests/convert.c batch_read.c batch_write.c
python3 tests/vectors.py build/convert
"${WASMYSQL:-wasmysql}" test server.wasm
