package batch

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// Builder collects rows of parameters and encodes them as a batch.
type Builder struct {
	rows    int
	columns []builderColumn
}

type builderColumn struct {
	kind     Kind // Null until the first value
	nulls    bool
	validity []byte
	values   []byte // numbers, or offsets
	data     []byte
}

// NewBuilder returns a builder for rows with a number of columns.
func NewBuilder(columns int) *Builder {
	return &Builder{columns: make([]builderColumn, columns)}
}

// Append adds a row. All values of a column have the same kind, except for NULL. After an error the
// builder can't be used.
func (b *Builder) Append(row ...any) error {
	if len(row) != len(b.columns) {
		return fmt.Errorf("row %d has %d values, the statement takes %d", b.rows, len(row), len(b.columns))
	}
	for i, v := range row {
		value, err := ValueOf(v)
		if err == nil {
			err = b.columns[i].append(b.rows, value)
		}
		if err != nil {
			return fmt.Errorf("row %d, parameter %d: %w", b.rows, i+1, err)
		}
	}
	b.rows++
	return nil
}

func (c *builderColumn) append(row int, value Value) error {
	if row&7 == 0 {
		c.validity = append(c.validity, 0)
	}
	if value.Kind == Null {
		c.nulls = true
		if c.kind != Null {
			c.store(value)
		}
		return nil
	}
	if value.Kind == Text && !utf8.ValidString(value.Data) {
		return fmt.Errorf("the text is not valid UTF-8; pass it as []byte")
	}
	if c.kind == Null {
		c.begin(value.Kind, row)
	}
	if value.Kind != c.kind {
		return fmt.Errorf("a value of kind %v can't go into a column of kind %v", value.Kind, c.kind)
	}
	c.validity[row>>3] |= 1 << (row & 7)
	c.store(value)
	return nil
}

// begin gives the column its kind, after a number of NULLs.
func (c *builderColumn) begin(kind Kind, nulls int) {
	c.kind = kind
	if kind.variable() {
		nulls++
	}
	c.values = make([]byte, nulls*int(kind.width()))
}

// store adds the entry of a value. The entry of NULL is zero, or has no bytes.
func (c *builderColumn) store(value Value) {
	if c.kind.variable() {
		c.data = append(c.data, value.Data...)
		c.values = binary.LittleEndian.AppendUint32(c.values, uint32(len(c.data)))
	} else if c.kind.width() == 4 {
		c.values = binary.LittleEndian.AppendUint32(c.values, uint32(value.Word))
	} else {
		c.values = binary.LittleEndian.AppendUint64(c.values, value.Word)
	}
}

// Rows returns the number of rows.
func (b *Builder) Rows() uint32 { return uint32(b.rows) }

// Encode returns the buffer of the batch.
func (b *Builder) Encode() []byte {
	size := header + entry*len(b.columns)
	for _, c := range b.columns {
		size += len(c.validity) + len(c.values) + len(c.data) + 3*alignment
	}
	buffers := make([]byte, header+entry*len(b.columns), size)
	place := func(data []byte) uint32 {
		at := uint32(len(buffers))
		buffers = append(buffers, data...)
		for len(buffers)%alignment != 0 {
			buffers = append(buffers, 0)
		}
		return at
	}
	binary.LittleEndian.PutUint32(buffers, uint32(len(b.columns)))
	for i, c := range b.columns {
		words := [6]uint32{0: uint32(c.kind)}
		if c.kind != Null {
			if c.nulls {
				words[1] = place(c.validity)
			}
			words[2] = place(c.values)
			if c.kind.variable() {
				words[3], words[4] = place(c.data), uint32(len(c.data))
			}
		}
		for j, word := range words {
			binary.LittleEndian.PutUint32(buffers[header+entry*i+4*j:], word)
		}
	}
	return buffers
}
