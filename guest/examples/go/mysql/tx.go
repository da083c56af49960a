package mysql

import (
	"errors"

	blocking "wasmysql/internal/bindings/imports/wasmysql_mysql_blocking_connection"
	"wasmysql/internal/bindings/imports/wasmysql_mysql_options"
	types "wasmysql/internal/bindings/imports/wasmysql_mysql_types"
	"wasmysql/internal/transfer"

	wit "go.bytecodealliance.org/pkg/wit/types"
)

// TxOptions are the options of one transaction.
type TxOptions struct {
	// Isolation is the isolation level.
	Isolation Isolation
	// ReadOnly makes the server refuse writes.
	ReadOnly bool
	// ConsistentSnapshot takes the snapshot at the beginning. It needs RepeatableRead.
	ConsistentSnapshot bool
}

// Tx is a transaction or a savepoint. Statements run on its connection.
type Tx struct {
	conn  *Conn
	inner *blocking.Transaction // nil after the end
}

// Begin begins a transaction.
func (c *Conn) Begin() (*Tx, error) { return c.BeginWith(TxOptions{}) }

// BeginWith begins a transaction with options.
func (c *Conn) BeginWith(options TxOptions) (*Tx, error) {
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return nil, closed("connection")
	}
	return newTx(c, c.inner.Begin(wasmysql_mysql_options.TransactionOptions{
		Isolation:          options.Isolation.option(),
		ReadOnly:           options.ReadOnly,
		ConsistentSnapshot: options.ConsistentSnapshot,
	}))
}

// Savepoint begins a savepoint in the open transaction. It can be rolled back separately.
func (c *Conn) Savepoint() (*Tx, error) {
	transfer.Begin()
	defer transfer.End()
	if c.inner == nil {
		return nil, closed("connection")
	}
	return newTx(c, c.inner.BeginNested())
}

// Transaction calls work in a transaction. It commits if work returns nil. Otherwise, and after a
// panic, it rolls back.
func (c *Conn) Transaction(work func() error) error {
	tx, err := c.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if err := work(); err != nil {
		return err
	}
	return tx.Commit()
}

// Commit commits the transaction. A savepoint is released. If the commit fails, for example because
// rows are open, the transaction is rolled back.
func (t *Tx) Commit() error {
	if t.inner == nil {
		return failure(InvalidRequest, "the transaction has ended")
	}
	err := t.end(t.inner.Commit)
	var failed *Error
	if errors.As(err, &failed) && failed.Transaction == "open" {
		failed.Transaction = "rolled-back"
	}
	return err
}

// Rollback rolls back the transaction. It closes the open rows of the connection first. It does
// nothing if the transaction has ended.
func (t *Tx) Rollback() error {
	if t.inner == nil {
		return nil
	}
	rows := t.conn.rows
	if rows == nil {
		return t.end(t.inner.Rollback)
	}
	rows.Close()
	rows.err = failure(ResourceClosed, "the rollback has closed the rows")
	err := t.end(t.inner.Rollback)
	if t.conn.IsClosed() {
		return nil // the host closes the connection if many rows remain, and so rolls back
	}
	return err
}

// end drops the handle also if the call fails. The host then rolls back, as soon as no cursor is
// open. Otherwise the transaction would stay open, and contain all later statements.
func (t *Tx) end(call func() wit.Result[wit.Unit, types.Error]) error {
	transfer.Begin()
	defer transfer.End()
	err := unit(call())
	t.inner.Drop()
	t.inner = nil
	return err
}

func newTx(conn *Conn, result wit.Result[*blocking.Transaction, types.Error]) (*Tx, error) {
	if result.IsErr() {
		return nil, newError(result.Err())
	}
	return &Tx{conn, result.Ok()}, nil
}
