// Package command makes a component of a program: the host runs its function main. A program
// imports it for its effect:
//
//	import _ "wasmysql/command"
//
// A main that returns is a success. os.Exit and log.Fatal end the program with an exit code, and a
// panic with 2.
package command

import _ "unsafe" // for go:linkname

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
