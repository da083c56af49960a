// Package driver is the driver "wasmysql" of database/sql. The data source is the name of the
// database:
//
//	db, err := sql.Open("wasmysql", "main")
//	db.SetMaxIdleConns(0) // the host has the pool
//
// Errors are those of package mysql. A deadline of the context becomes the timeout of the
// statement. Calls block the whole component, so a context can't cancel a call before its deadline.
package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"wasmysql/batch"
	"wasmysql/mysql"
)

func init() {
	sql.Register("wasmysql", Driver{})
}

// Driver opens databases.
type Driver struct{}

// Open opens a connection.
func (d Driver) Open(database string) (driver.Conn, error) {
	connector, _ := d.OpenConnector(database)
	return connector.Connect(context.Background())
}

// OpenConnector returns a connector. It opens the database with the first connection.
func (d Driver) OpenConnector(database string) (driver.Connector, error) {
	engine := sync.OnceValues(func() (*mysql.Engine, error) { return mysql.Connect(database) })
	return connector{engine}, nil
}

type connector struct {
	engine func() (*mysql.Engine, error)
}

func (c connector) Driver() driver.Driver { return Driver{} }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	engine, err := c.engine()
	if err != nil {
		return nil, err
	}
	inner, err := engine.Acquire()
	if err != nil {
		return nil, err
	}
	return &conn{inner}, nil
}

type conn struct{ inner *mysql.Conn }

var (
	_ driver.ConnBeginTx       = (*conn)(nil)
	_ driver.ExecerContext     = (*conn)(nil)
	_ driver.QueryerContext    = (*conn)(nil)
	_ driver.Pinger            = (*conn)(nil)
	_ driver.Validator         = (*conn)(nil)
	_ driver.NamedValueChecker = (*conn)(nil)
)

func (c *conn) Close() error  { return c.inner.Close() }
func (c *conn) IsValid() bool { return !c.inner.IsClosed() }

func (c *conn) Ping(ctx context.Context) error {
	if err := c.limit(ctx); err != nil {
		return err
	}
	return c.inner.Ping()
}

func (c *conn) Begin() (driver.Tx, error) { return c.inner.Begin() }

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if err := c.limit(ctx); err != nil {
		return nil, err
	}
	level := mysql.DefaultIsolation
	switch sql.IsolationLevel(options.Isolation) {
	case sql.LevelDefault:
	case sql.LevelReadUncommitted:
		level = mysql.ReadUncommitted
	case sql.LevelReadCommitted:
		level = mysql.ReadCommitted
	case sql.LevelRepeatableRead:
		level = mysql.RepeatableRead
	case sql.LevelSerializable:
		level = mysql.Serializable
	default:
		return nil, errors.New("MySQL has no isolation level " + sql.IsolationLevel(options.Isolation).String())
	}
	return c.inner.BeginWith(mysql.TxOptions{Isolation: level, ReadOnly: options.ReadOnly})
}

func (c *conn) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.limit(ctx); err != nil {
		return nil, err
	}
	outcome, err := c.inner.Exec(sql, anys(args)...)
	return result{outcome}, err
}

func (c *conn) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.limit(ctx); err != nil {
		return nil, err
	}
	inner, err := c.inner.Query(sql, anys(args)...)
	if err != nil {
		return nil, err
	}
	return &rows{inner: inner}, nil
}

func (c *conn) Prepare(sql string) (driver.Stmt, error) {
	inner, err := c.inner.Prepare(sql)
	if err != nil {
		return nil, err
	}
	return &stmt{c, inner}, nil
}

// CheckNamedValue accepts all arguments of package mysql, and those that implement driver.Valuer.
func (c *conn) CheckNamedValue(arg *driver.NamedValue) error {
	if arg.Name != "" {
		return errors.New("placeholders are written '?'; pass the argument " + arg.Name + " without its name")
	}
	if valuer, ok := arg.Value.(driver.Valuer); ok {
		value, err := valuer.Value()
		if err != nil {
			return err
		}
		arg.Value = value
	}
	_, err := batch.ValueOf(arg.Value)
	return err
}

// limit sets the timeout of the next call.
func (c *conn) limit(ctx context.Context) error {
	c.inner.Timeout = 0
	if deadline, ok := ctx.Deadline(); ok {
		c.inner.Timeout = max(time.Until(deadline), time.Millisecond)
	}
	return ctx.Err()
}

func anys(args []driver.NamedValue) []any {
	values := make([]any, len(args))
	for i, arg := range args {
		values[i] = arg.Value
	}
	return values
}

type result struct{ outcome mysql.Result }

func (r result) LastInsertId() (int64, error) { return r.outcome.LastInsertID, nil }
func (r result) RowsAffected() (int64, error) { return r.outcome.RowsAffected, nil }
