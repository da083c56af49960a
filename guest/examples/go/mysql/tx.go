package mysql

import (
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
	inner *blocking.Transaction
}

// Begin begins a transaction.
func (c *Conn) Begin() (*Tx, error) { return c.BeginWith(TxOptions{}) }

// BeginWith begins a transaction with options.
func (c *Conn) BeginWith(options TxOptions) (*Tx, error) {
	transfer.Begin()
	defer transfer.End()
	return newTx(c.inner.Begin(wasmysql_mysql_options.TransactionOptions{
		Isolation:          options.Isolation.option(),
		ReadOnly:           options.ReadOnly,
		ConsistentSnapshot: options.ConsistentSnapshot,
	}))
}

// Savepoint begins a savepoint in the open transaction. It can be rolled back separately.
func (c *Conn) Savepoint() (*Tx, error) {
	transfer.Begin()
	defer transfer.End()
	return newTx(c.inner.BeginNested())
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

// Commit commits the transaction. A savepoint is released.
func (t *Tx) Commit() error {
	transfer.Begin()
	defer transfer.End()
	return unit(t.inner.Commit())
}

// Rollback rolls back the transaction. It does nothing if the transaction has ended.
func (t *Tx) Rollback() error {
	transfer.Begin()
	defer transfer.End()
	return unit(t.inner.Rollback())
}

func newTx(result wit.Result[*blocking.Transaction, types.Error]) (*Tx, error) {
	if result.IsErr() {
		return nil, newError(result.Err())
	}
	return &Tx{result.Ok()}, nil
}
