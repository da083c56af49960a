#!/bin/sh
# Runs all tests: the test vectors natively, and the others in the sandbox.
set -eu
cd "$(dirname "$0")"
tool=${WASMYSQL:-wasmysql}

./build.sh tests/server.c test.c
./build.sh tests/mismatch.c
"${ZIG:-$(command -v python-zig || echo zig)}" cc -std=c11 -O1 -g -Wall -Wextra -fsanitize=undefined -o build/convert \
    tests/convert.c batch_read.c batch_write.c
python3 tests/vectors.py build/convert
"$tool" test server.wasm

# A reader of another kind ends the program with a message.
number=0
while read -r expected; do
    if message=$("$tool" run mismatch.wasm -- $number 2>&1); then
        echo "mismatch $number did not fail" >&2
        exit 1
    fi
    case $message in
        *"$expected"*) ;;
        *)
            echo "mismatch $number: $message" >&2
            exit 1
            ;;
    esac
    number=$((number + 1))
done << END
no current row
wm_int64 can't read a value of kind decimal in the column \`SUM(seq)\`; use wm_text
wm_double can't read a value of kind text in the column \`x\`; use wm_text
wm_uint64 can't read a value of kind signed in the column \`-1\`; use wm_int64
wm_text can't read a value of kind null in the column \`NULL\`; use wm_is_null
the result has 4 columns, and no column 4
END
echo "$number mismatches reported"
