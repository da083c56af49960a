module wasmysql

go 1.27
