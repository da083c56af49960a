package mysql

import (
	"math"
	"strings"

	"wasmysql/batch"
	blocking "wasmysql/internal/bindings/imports/wasmysql_mysql_blocking_connection"
	types "wasmysql/internal/bindings/imports/wasmysql_mysql_types"
	"wasmysql/internal/transfer"

	wit "go.bytecodealliance.org/pkg/wit/types"
)

// Column describes a column of a result.
type Column struct {
	// Name is the alias or the name of the column. Table is that of its table.
	Name, Table string
	// Kind is the form of the values.
	Kind batch.Kind
	// TypeCode is the type of the protocol, for example 3 for INT.
	TypeCode uint8
	// NotNull, PrimaryKey, Unsigned and AutoIncrement are as declared.
	NotNull, PrimaryKey, Unsigned, AutoIncrement bool
	// Length is the maximum length in bytes.
	Length uint32
	// Decimals is the number of digits after the point, or of the fractional seconds.
	Decimals uint8
}

// Rows are the rows of a result. They arrive in batches.
type Rows struct {
	conn    *Conn
	result  Result
	columns []Column
	batch   []batch.Column
	row     int // the current row of the batch
	length  int // the number of rows of the batch
	cursor  *blocking.Cursor
	err     error
}

// newRows takes the outcome of a statement. The call has not ended yet.
func newRows(conn *Conn, result wit.Result[blocking.Outcome, types.Error]) (*Rows, error) {
	if result.IsErr() {
		return nil, newError(result.Err())
	}
	outcome := result.Ok()
	rows := &Rows{conn: conn}
	rows.begin(&outcome)
	conn.rows = nil
	if rows.cursor != nil {
		conn.rows = rows
	}
	if rows.err != nil {
		return nil, rows.err
	}
	return rows, nil
}

func (r *Rows) begin(outcome *blocking.Outcome) {
	r.result, r.columns = newResult(outcome), nil
	for _, column := range outcome.Columns {
		r.columns = append(r.columns, newColumn(&column))
	}
	r.cursor = outcome.Cursor.SomeOr(nil)
	r.take(outcome.Rows)
}

func newColumn(c *types.Column) Column {
	has := func(flag uint16) bool { return c.ColumnFlags&flag != 0 }
	return Column{
		Name:          strings.Clone(c.Name),
		Table:         strings.Clone(c.Table),
		Kind:          batch.Kind(c.Kind),
		TypeCode:      c.TypeCode,
		NotNull:       has(types.ColumnFlags_NotNull),
		PrimaryKey:    has(types.ColumnFlags_PrimaryKey),
		Unsigned:      has(types.ColumnFlags_Unsigned),
		AutoIncrement: has(types.ColumnFlags_AutoIncrement),
		Length:        c.Length,
		Decimals:      c.Decimals,
	}
}

// take copies a batch out of the memory of the call.
func (r *Rows) take(rows wit.Option[types.RowBatch]) {
	r.batch, r.row, r.length = nil, -1, 0
	if rows.IsNone() {
		return
	}
	received := rows.Some()
	data := batch.Buffer(len(received.Data))
	copy(data, received.Data)
	r.batch, r.err = batch.Read(received.Rows, data)
	if r.err == nil {
		r.length = int(received.Rows)
	}
}

// Columns returns the columns, also if the result has no rows.
func (r *Rows) Columns() []Column { return r.columns }

// Result returns the outcome besides the rows.
func (r *Rows) Result() Result { return r.result }

// Next advances to the next row. It returns false after the last row and after an error: see Err.
func (r *Rows) Next() bool {
	r.row++
	for r.row >= r.length {
		if !r.fetch() {
			return false
		}
		r.row = 0
	}
	return true
}

// NextBatch returns the columns of the next batch, from the beginning of the result; nil after the
// last batch and after an error: see Err. It is faster than Next and Scan. Use one of both only.
func (r *Rows) NextBatch() []batch.Column {
	if r.row < 0 && r.length > 0 || r.fetch() {
		r.row = r.length
		return r.batch
	}
	return nil
}

// fetch returns whether a further batch has arrived.
func (r *Rows) fetch() bool {
	if r.cursor == nil || r.err != nil {
		r.batch, r.length = nil, 0
		return false
	}
	transfer.Begin()
	defer transfer.End()
	result := r.cursor.Fetch(math.MaxUint32)
	if result.IsErr() {
		r.err = newError(result.Err())
		return false
	}
	r.take(result.Ok())
	if r.batch == nil {
		r.row = 0
	}
	return r.batch != nil
}

// NextResult advances to the next result of a CALL, and returns whether there is one.
func (r *Rows) NextResult() bool {
	if r.cursor == nil || r.err != nil {
		return false
	}
	transfer.Begin()
	defer transfer.End()
	result := r.cursor.NextResult()
	if result.IsErr() {
		r.err = newError(result.Err())
		return false
	}
	next := result.Ok()
	r.cursor.Drop()
	r.cursor, r.batch, r.length = nil, nil, 0
	if next.IsNone() {
		return false
	}
	outcome := next.Some()
	r.begin(&outcome)
	return r.err == nil
}

// Err returns the error that ended Next, NextBatch or NextResult.
func (r *Rows) Err() error { return r.err }

// Close discards the remaining rows, so that the connection can execute its next statement. A
// second call does nothing.
func (r *Rows) Close() error {
	r.batch, r.length = nil, 0
	if r.cursor == nil {
		return nil
	}
	transfer.Begin()
	defer transfer.End()
	err := unit(r.cursor.Close())
	r.cursor.Drop()
	r.cursor = nil
	if r.conn.rows == r {
		r.conn.rows = nil
	}
	return err
}
