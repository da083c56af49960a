#!/bin/sh
# Runs all tests: those of the batches here, and the others in the sandbox with a private server.
set -eu
cd "$(dirname "$0")"

[ -d internal/bindings ] || ./generate.sh
go vet ./batch
go test ./batch
GOOS=wasip1 GOARCH=wasm go vet ./batch ./mysql ./driver ./people ./tests
GOOS=wasip1 GOARCH=wasm go test -count=1 -ldflags=-checklinkname=0 -exec "$PWD/run.sh" ./tests
