package batch

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"
)

const (
	header    = 8
	entry     = 24
	alignment = 8
)

// Read checks a batch and returns its columns. They refer to data, which must not change.
//
// A buffer that violates a rule returns a [*Malformed].
func Read(rows uint32, data []byte) ([]Column, error) {
	data = aligned(data)
	r := reader{data: data, rows: uint64(rows), column: -1}
	if len(data) < header {
		return nil, r.violates("too-short")
	}
	count := uint64(binary.LittleEndian.Uint32(data))
	if binary.LittleEndian.Uint32(data[4:]) != 0 {
		return nil, r.violates("reserved")
	}
	r.end = header + entry*count
	if uint64(len(data)) < r.end {
		return nil, r.violates("too-short")
	}
	columns := make([]Column, count)
	for i := range columns {
		r.column = i
		column, err := r.read((*[entry]byte)(data[header+entry*i:]))
		if err != nil {
			return nil, err
		}
		columns[i] = column
	}
	return columns, nil
}

// aligned returns data at an address that is a multiple of 8, so that its numbers can be read.
func aligned(data []byte) []byte {
	if uintptr(unsafe.Pointer(unsafe.SliceData(data)))%alignment == 0 {
		return data
	}
	return append(Buffer(len(data))[:0], data...)
}

// Buffer returns a buffer of a length, at an address that is a multiple of 8. Read copies a buffer
// at another address.
func Buffer(length int) []byte {
	words := make([]uint64, (length+alignment-1)/alignment)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), length)
}

type reader struct {
	data   []byte
	rows   uint64
	column int
	end    uint64 // of the buffers so far
}

func (r *reader) violates(rule string) error {
	return &Malformed{Column: r.column, Rule: rule}
}

func (r *reader) read(directory *[entry]byte) (Column, error) {
	var words [6]uint64
	for i := range words {
		words[i] = uint64(binary.LittleEndian.Uint32(directory[4*i:]))
	}
	validity, values, data, length, reserved := words[1], words[2], words[3], words[4], words[5]
	kind := Kind(words[0])
	if kind > Raw {
		return Column{}, r.violates("unknown-kind")
	}
	if reserved != 0 {
		return Column{}, r.violates("reserved")
	}
	if kind == Null && validity|values != 0 || !kind.variable() && data|length != 0 {
		return Column{}, r.violates("unused")
	}
	column := Column{kind: kind, rows: int(r.rows)}
	if kind == Null {
		return column, nil
	}
	if validity != 0 {
		var err error
		if column.validity, err = r.take(validity, (r.rows+7)/8); err != nil {
			return Column{}, err
		}
	}
	entries := r.rows
	if kind.variable() {
		entries++
	}
	buffer, err := r.take(values, entries*kind.width())
	if err != nil {
		return Column{}, err
	}
	start := unsafe.Pointer(unsafe.SliceData(buffer))
	switch {
	case kind == Float:
		column.floats = unsafe.Slice((*float32)(start), entries)
	case !kind.variable():
		column.words = unsafe.Slice((*uint64)(start), entries)
	default:
		column.offsets = unsafe.Slice((*uint32)(start), entries)
		if column.data, err = r.take(data, length); err != nil {
			return Column{}, err
		}
	}
	return column, r.check(&column)
}

// take returns the next buffer.
func (r *reader) take(place, length uint64) ([]byte, error) {
	switch {
	case place%alignment != 0:
		return nil, r.violates("unaligned")
	case place < r.end:
		return nil, r.violates("overlap")
	case place+length > uint64(len(r.data)):
		return nil, r.violates("out-of-bounds")
	}
	r.end = place + length
	return r.data[place:r.end:r.end], nil
}

// check checks the values of a column.
func (r *reader) check(c *Column) error {
	switch c.kind {
	case Decimal, Text, Bytes, Raw:
		return r.checkOffsets(c)
	case Date:
		return r.checkBits(c, 1<<60-1<<37)
	case Datetime:
		return r.checkBits(c, 1<<60-1)
	case Time:
		return r.checkBits(c, 1<<63|1<<42-1)
	default:
		return nil
	}
}

// checkBits refuses values with bits that no field uses.
func (r *reader) checkBits(c *Column, used uint64) error {
	for row, word := range c.words {
		if word&^used != 0 && !c.IsNull(row) {
			return r.violates("stray-bits")
		}
	}
	return nil
}

func (r *reader) checkOffsets(c *Column) error {
	offsets := c.offsets
	if offsets[0] != 0 {
		return r.violates("first-offset")
	}
	if uint64(offsets[r.rows]) != uint64(len(c.data)) {
		return r.violates("last-offset")
	}
	for row, end := range offsets[1:] {
		if end < offsets[row] {
			return r.violates("offsets-decrease")
		}
		if c.validity != nil && end > offsets[row] && c.IsNull(row) {
			return r.violates("null-with-data")
		}
	}
	if c.kind == Bytes || c.kind == Raw {
		return nil
	}
	// If all bytes are UTF-8 and each value begins with the first byte of a character, each value
	// is UTF-8.
	if !utf8.Valid(c.data) {
		return r.violates("not-utf8")
	}
	for _, offset := range offsets {
		if int(offset) < len(c.data) && !utf8.RuneStart(c.data[offset]) {
			return r.violates("not-utf8")
		}
	}
	return nil
}
