// Package mysqltest makes the tests of a package known to `wasmysql test`, which runs each in a
// fresh database.
package mysqltest

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	_ "wasmysql/command"
)

// Main runs the tests of a package. Call it in TestMain:
//
//	func TestMain(m *testing.M) { mysqltest.Main(m) }
func Main(m *testing.M) {
	args := os.Args[1:]
	switch {
	case slices.Contains(args, "--list"):
		if !slices.Contains(args, "--ignored") {
			list(m)
		}
		os.Exit(0)
	case slices.Contains(args, "--exact"):
		os.Args = []string{os.Args[0], "-test.run=^" + regexp.QuoteMeta(args[0]) + "$"}
	}
	os.Exit(m.Run())
}

// list prints the names as the test library of Rust does. The package testing prints names only in
// a form of its own, so they are read from its field.
func list(m *testing.M) {
	tests := reflect.ValueOf(m).Elem().FieldByName("tests")
	for i := range tests.Len() {
		fmt.Printf("%s: test\n", tests.Index(i).FieldByName("Name"))
	}
}
