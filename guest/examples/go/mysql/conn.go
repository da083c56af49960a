package mysql

import (
	"strings"
	"time"

	"wasmysql/batch"
	blocking "wasmysql/internal/bindings/imports/wasmysql_mysql_blocking_connection"
	"wasmysql/internal/bindings/imports/wasmysql_mysql_options"
	types "wasmysql/internal/bindings/imports/wasmysql_mysql_types"
	"wasmysql/internal/transfer"

	wit "go.bytecodealliance.org/pkg/wit/types"
)

// Conn is a session of the server. It runs one statement at a time.
type Conn struct {
	inner *blocking.Connection // nil after Close
	rows  *Rows                // the rows of the open cursor
	// release frees the place of the connection in its engine.
	release func()
	// Timeout is the deadline of each statement. It can only shorten that of the grant; 0 leaves
	// it.
	Timeout time.Duration
}

// Result is the outcome of a statement without rows.
type Result struct {
	// RowsAffected counts the rows inserted, deleted or matched.
	RowsAffected int64
	// LastInsertID is the id that AUTO_INCREMENT generated, of the first row; 0 if none.
	LastInsertID int64
	// Warnings is the number of warnings on the server.
	Warnings int
	// Info is the summary of the server.
	Info string
}

// Exec executes a statement, with an argument for each `?`. Rows that it returns are discarded.
func (c *Conn) Exec(sql string, args ...any) (Result, error) {
	rows, err := c.Query(sql, args...)
	if err != nil {
		return Result{}, err
	}
	return rows.result, rows.Close()
}

// Query executes a statement that returns rows. Read them to the end or close them: until then, the
// connection is busy.
func (c *Conn) Query(sql string, args ...any) (*Rows, error) {
	params, err := values(sql, args)
	if err != nil {
		return nil, err
	}
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return nil, closed("connection")
	}
	return newRows(c, c.inner.Execute(sql, params, c.options()))
}

// ExecMany executes a statement once for each row of arguments, with few round trips. All values of
// a column have the same type, except for nil.
//
// The call is not atomic: begin a transaction if no row should stay after an error.
func (c *Conn) ExecMany(sql string, rows [][]any) (Result, error) {
	params, err := parameterRows(rows)
	if err != nil {
		return Result{}, err
	}
	return c.ExecBatch(sql, params)
}

// ExecBatch executes a statement once for each row of a builder.
func (c *Conn) ExecBatch(sql string, params *batch.Builder) (Result, error) {
	if err := checkText("the statement", sql); err != nil {
		return Result{}, err
	}
	data := types.RowBatch{Rows: params.Rows(), Data: params.Encode()}
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return Result{}, closed("connection")
	}
	rows, err := newRows(c, c.inner.ExecuteMany(sql, data, c.options()))
	if err != nil {
		return Result{}, err
	}
	return rows.result, nil
}

// Ping pings the server.
func (c *Conn) Ping() error {
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return closed("connection")
	}
	return unit(c.inner.Ping())
}

// IsClosed returns whether the session has ended.
func (c *Conn) IsClosed() bool { return c.inner == nil || c.inner.IsClosed() }

// Close rolls back an open transaction and releases the connection. Later calls fail with
// ResourceClosed. A second Close does nothing.
func (c *Conn) Close() error {
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return nil
	}
	err := unit(c.inner.Close())
	c.inner.Drop()
	c.inner, c.rows = nil, nil
	c.release()
	return err
}

func closed(resource string) error {
	return failure(ResourceClosed, "the "+resource+" is closed")
}

func (c *Conn) options() wasmysql_mysql_options.ExecuteOptions {
	return wasmysql_mysql_options.ExecuteOptions{TimeoutMs: milliseconds(c.Timeout)}
}

// Stmt is a prepared statement.
type Stmt struct {
	conn   *Conn
	inner  *blocking.Statement // nil after Close
	inputs int
}

// Prepare prepares a statement for repeated execution.
func (c *Conn) Prepare(sql string) (*Stmt, error) {
	if err := checkText("the statement", sql); err != nil {
		return nil, err
	}
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return nil, closed("connection")
	}
	result := c.inner.Prepare(sql)
	if result.IsErr() {
		return nil, newError(result.Err())
	}
	inner := result.Ok()
	return &Stmt{c, inner, int(inner.Parameters())}, nil
}

// NumInput returns the number of parameters.
func (s *Stmt) NumInput() int { return s.inputs }

// Exec executes the statement, as [Conn.Exec] does.
func (s *Stmt) Exec(args ...any) (Result, error) {
	rows, err := s.Query(args...)
	if err != nil {
		return Result{}, err
	}
	return rows.result, rows.Close()
}

// Query executes the statement, as [Conn.Query] does.
func (s *Stmt) Query(args ...any) (*Rows, error) {
	params, err := values("", args)
	if err != nil {
		return nil, err
	}
	transfer.Begin()
	defer transfer.End()
	if s.inner == nil {
		return nil, closed("statement")
	}
	return newRows(s.conn, s.inner.Execute(params, s.conn.options()))
}

// Close closes the statement. A second Close does nothing.
func (s *Stmt) Close() error {
	transfer.Begin()
	defer transfer.End()
	if s.inner == nil {
		return nil
	}
	err := unit(s.inner.Close())
	s.inner.Drop()
	s.inner = nil
	return err
}

func unit(result wit.Result[wit.Unit, types.Error]) error {
	if result.IsErr() {
		return newError(result.Err())
	}
	return nil
}

func newResult(outcome *blocking.Outcome) Result {
	return Result{
		RowsAffected: int64(outcome.AffectedRows),
		LastInsertID: int64(outcome.LastInsertId),
		Warnings:     int(outcome.Warnings),
		Info:         strings.Clone(outcome.Info),
	}
}
