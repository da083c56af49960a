module example/wasmysql-template-go

go 1.27

require wasmysql v0.0.0

require go.bytecodealliance.org/pkg v0.4.0 // indirect

replace wasmysql => ./wasmysql
