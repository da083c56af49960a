#!/bin/sh
# Runs all tests: those of the batches natively, and the others in the sandbox.
set -eu
cd "$(dirname "$0")"

./build.sh --test ./tests
go vet ./batch
go test ./batch
GOOS=wasip1 GOARCH=wasm go vet ./batch ./bench ./command ./driver ./internal/transfer ./mysql ./mysqltest ./people ./tests
"${WASMYSQL:-wasmysql}" test tests_test.wasm --schema tests/schema.sql
