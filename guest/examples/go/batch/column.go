package batch

import (
	"time"
	"unsafe"
)

// Column is a column of a batch. Its methods return views of the buffer and copy nothing.
type Column struct {
	kind     Kind
	rows     int
	validity []byte   // nil if no row is NULL
	words    []uint64 // the values of 8 bytes: integers, doubles, packed dates and times
	floats   []float32
	offsets  []uint32 // of the values in data
	data     []byte
}

// Kind returns the kind of the values.
func (c *Column) Kind() Kind { return c.kind }

// Len returns the number of rows.
func (c *Column) Len() int { return c.rows }

// IsNull returns whether the value of a row is NULL.
func (c *Column) IsNull(row int) bool {
	if c.validity == nil {
		return c.kind == Null
	}
	return c.validity[row>>3]>>(row&7)&1 == 0
}

// HasNulls returns whether the column has a validity bitmap, so that a row may be NULL.
func (c *Column) HasNulls() bool { return c.validity != nil || c.kind == Null }

// Int64s returns the values of a column of the kind Signed. That of a NULL row has no meaning.
func (c *Column) Int64s() []int64 {
	c.expect(Signed)
	return cast[int64](c.words)
}

// Uint64s returns the values of a column of the kind Unsigned. That of a NULL row has no meaning.
func (c *Column) Uint64s() []uint64 {
	c.expect(Unsigned)
	return c.words
}

// Float32s returns the values of a column of the kind Float. That of a NULL row has no meaning.
func (c *Column) Float32s() []float32 {
	c.expect(Float)
	return c.floats
}

// Float64s returns the values of a column of the kind Double. That of a NULL row has no meaning.
func (c *Column) Float64s() []float64 {
	c.expect(Double)
	return cast[float64](c.words)
}

// Word returns the 8 bytes of a value: of an integer, the bits of a double, a packed date, datetime
// or time. Packed dates and datetimes compare as integers.
func (c *Column) Word(row int) uint64 { return c.words[row] }

// Bytes returns the value of a row of a variable kind: Decimal, Text, Bytes or Raw. A NULL row has
// no bytes. The bytes must not be changed.
func (c *Column) Bytes(row int) []byte {
	return c.data[c.offsets[row]:c.offsets[row+1]:c.offsets[row+1]]
}

// Text returns the value of a row of a variable kind as a string. The string refers to the buffer
// of the batch and keeps it in memory; strings.Clone copies it.
func (c *Column) Text(row int) string {
	bytes := c.data[c.offsets[row]:c.offsets[row+1]]
	return unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

// Datetime returns the value of a row of the kind Date or Datetime.
func (c *Column) Datetime(row int) DatetimeValue { return Unpack(c.words[row]) }

// Duration returns the value of a row of the kind Time.
func (c *Column) Duration(row int) time.Duration { return UnpackDuration(c.words[row]) }

func (c *Column) expect(kind Kind) {
	if c.kind != kind {
		panic("batch: a column of kind " + c.kind.String() + " is not " + kind.String())
	}
}

// cast returns words as other numbers. Batches are little endian, as WebAssembly is.
func cast[T int64 | float64](words []uint64) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(words))), len(words))
}
