// Package batch reads and writes row batches, the form in which rows cross the boundary of a
// component. The record row-batch in wit/types.wit specifies the layout.
package batch

import "fmt"

// Kind is the form in which a batch stores the values of a column. Its number is the code in the
// directory of a batch.
type Kind uint32

// The kinds.
const (
	Null Kind = iota
	Signed
	Unsigned
	Float
	Double
	Decimal
	Text
	Bytes
	Date
	Time
	Datetime
	Raw
)

var names = [...]string{
	"null", "signed", "unsigned", "float", "double", "decimal", "text", "bytes", "date", "time",
	"datetime", "raw",
}

// String returns the name of the kind in WIT.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind %d", uint32(k))
}

// width returns the bytes per row of the values or of the offsets.
func (k Kind) width() uint64 {
	switch k {
	case Null:
		return 0
	case Float, Decimal, Text, Bytes, Raw:
		return 4
	default:
		return 8
	}
}

// variable returns whether the values are in the variable data, and their offsets in the values.
func (k Kind) variable() bool {
	switch k {
	case Decimal, Text, Bytes, Raw:
		return true
	default:
		return false
	}
}

// Malformed is the error of a buffer that violates a rule of the layout.
type Malformed struct {
	// Column is the index of the column, or -1 for the header and the directory.
	Column int
	// Rule is the violated rule, for example "overlap".
	Rule string
}

// Error returns the column and the rule.
func (m *Malformed) Error() string {
	if m.Column < 0 {
		return "malformed batch: " + m.Rule
	}
	return fmt.Sprintf("malformed batch: column %d: %s", m.Column, m.Rule)
}
