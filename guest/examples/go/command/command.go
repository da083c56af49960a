// Package command makes a component of a program: the host runs its function main. A program
// imports it for its effect:
//
//	import _ "wasmysql/command"
//
// A main that returns is a success. os.Exit with another code than 0, log.Fatal and a panic end the
// program with the exit code 1, since WASI 0.2 has no other codes.
package command

import (
	_ "unsafe" // for go:linkname

	// It allocates the memory of the adapter of WASI. Otherwise the adapter grows the memory itself,
	// and Go overwrites that part.
	_ "go.bytecodealliance.org/pkg/wit/runtime"
)

//go:linkname main main.main
func main()

// The component is a library, because Go can't allocate the memory of the adapter of WASI before
// its runtime has started (`_start` of a program would do that).
//
//go:wasmexport wasi:cli/run@0.2.0#run
func run() int32 {
	main()
	return 0
}
