package batch

import (
	"time"
	"unsafe"
)

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
func (c *Column) Int64s() []int64 { return view[int64](c, Signed) }

// Uint64s returns the values of a column of the kind Unsigned. That of a NULL row has no meaning.
func (c *Column) Uint64s() []uint64 { return view[uint64](c, Unsigned) }

// Float32s returns the values of a column of the kind Float. That of a NULL row has no meaning.
func (c *Column) Float32s() []float32 { return view[float32](c, Float) }

// Float64s returns the values of a column of the kind Double. That of a NULL row has no meaning.
func (c *Column) Float64s() []float64 { return view[float64](c, Double) }

// Words returns the packed values of a column of the kind Date, Datetime or Time. Packed dates and
// datetimes compare as integers. The value of a NULL row has no meaning.
func (c *Column) Words() []uint64 {
	if c.kind != Date && c.kind != Datetime && c.kind != Time {
		panic("batch: a column of kind " + c.kind.String() + " has no packed values")
	}
	return c.words()
}

// Bytes returns the value of a row of a variable kind: Decimal, Text, Bytes or Raw. A NULL row has
// no bytes. The bytes must not be changed.
func (c *Column) Bytes(row int) []byte {
	if !c.kind.variable() {
		panic("batch: a column of kind " + c.kind.String() + " has no bytes")
	}
	offsets := c.offsets()
	return c.data[offsets[row]:offsets[row+1]:offsets[row+1]]
}

// Text returns the value of a row of a variable kind as a string. The string refers to the buffer
// of the batch and keeps it in memory; strings.Clone copies it.
func (c *Column) Text(row int) string {
	bytes := c.Bytes(row)
	return unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

// Datetime returns the value of a row of the kind Date or Datetime.
func (c *Column) Datetime(row int) DatetimeValue { return Unpack(c.Words()[row]) }

// Duration returns the value of a row of the kind Time.
func (c *Column) Duration(row int) time.Duration { return UnpackDuration(c.Words()[row]) }

func (c *Column) words() []uint64   { return cast[uint64](c.values) }
func (c *Column) offsets() []uint32 { return cast[uint32](c.values) }

func view[T any](c *Column, kind Kind) []T {
	if c.kind != kind {
		panic("batch: a column of kind " + c.kind.String() + " is not " + kind.String())
	}
	return cast[T](c.values)
}

// cast returns a buffer as numbers. Batches are little endian, as WebAssembly is.
func cast[T any](buffer []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(buffer))), len(buffer)/int(unsafe.Sizeof(zero)))
}
