package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"time"

	"wasmysql/mysql"
)

type stmt struct {
	conn  *conn
	inner *mysql.Stmt
}

var (
	_ driver.StmtExecContext   = (*stmt)(nil)
	_ driver.StmtQueryContext  = (*stmt)(nil)
	_ driver.RowsNextResultSet = (*rows)(nil)
	_ driver.RowsColumnScanner = (*rows)(nil)
)

func (s *stmt) Close() error  { return s.inner.Close() }
func (s *stmt) NumInput() int { return s.inner.NumInput() }

// Exec and Query belong to driver.Stmt. database/sql calls the methods with a context.
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, driver.ErrSkip }

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.conn.limit(ctx); err != nil {
		return nil, err
	}
	outcome, err := s.inner.Exec(anys(args)...)
	return result{outcome}, err
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.conn.limit(ctx); err != nil {
		return nil, err
	}
	inner, err := s.inner.Query(anys(args)...)
	if err != nil {
		return nil, err
	}
	return &rows{inner: inner}, nil
}

type rows struct {
	inner *mysql.Rows
	// next is true if HasNextResultSet has begun the next result.
	next bool
}

func (r *rows) Close() error { return r.inner.Close() }

func (r *rows) Columns() []string {
	columns := r.inner.Columns()
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return names
}

// Next belongs to driver.Rows. database/sql calls NextRow and ScanColumn instead.
func (r *rows) Next([]driver.Value) error { return driver.ErrSkip }

func (r *rows) NextRow() error {
	if !r.inner.Next() {
		if err := r.inner.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	return nil
}

func (r *rows) ScanColumn(ctx driver.ScanContext, index int, dest any) error {
	return sql.ConvertAssign(ctx, dest, r.value(index, dest))
}

// value returns a value in a type that database/sql converts to the variable. It would convert a
// time.Time and a time.Duration to strings of their own form.
func (r *rows) value(index int, dest any) driver.Value {
	switch value := r.inner.Value(index).(type) {
	case mysql.Decimal:
		return string(value)
	case mysql.Datetime: // 0000-00-00, or another partial date
		return r.inner.Text(index)
	case time.Time:
		switch dest.(type) {
		case *string, **string, *[]byte, *sql.RawBytes, *sql.NullString, *sql.Null[string]:
			return r.inner.Text(index)
		}
		return value
	case time.Duration:
		switch dest.(type) {
		case *time.Duration, **time.Duration, *sql.Null[time.Duration], *any:
			return value
		}
		return r.inner.Text(index)
	default:
		return value
	}
}

// HasNextResultSet returns whether a CALL has a further result. Only its beginning shows this.
func (r *rows) HasNextResultSet() bool {
	r.next = r.next || r.inner.NextResult()
	return r.next
}

func (r *rows) NextResultSet() error {
	if r.HasNextResultSet() {
		r.next = false
		return nil
	}
	if err := r.inner.Err(); err != nil {
		return err
	}
	return io.EOF
}
