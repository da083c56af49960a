// Package mysql queries the databases that the host granted to this component. The host owns
// addresses, passwords and connection pools.
//
//	engine, err := mysql.Connect("main")
//	conn, err := engine.Acquire()
//	rows, err := conn.Query("SELECT id, name FROM people WHERE id > ?", 7)
//	for rows.Next() {
//		err := rows.Scan(&id, &name)
//	}
//	err = rows.Err()
//
// A failed call returns an [*Error].
package mysql

import (
	"fmt"
	"time"

	blocking "wasmysql/internal/bindings/imports/wasmysql_mysql_blocking_engine"
	"wasmysql/internal/bindings/imports/wasmysql_mysql_options"
	"wasmysql/internal/transfer"

	wit "go.bytecodealliance.org/pkg/wit/types"
)

// Isolation is the isolation level of a transaction. The zero value is the default of the engine.
type Isolation uint8

// The isolation levels, weakest first.
const (
	DefaultIsolation Isolation = iota
	ReadUncommitted
	ReadCommitted
	RepeatableRead
	Serializable
)

func (i Isolation) option() wit.Option[uint8] {
	if i == DefaultIsolation {
		return wit.None[uint8]()
	}
	return wit.Some(uint8(i) - 1)
}

// EngineOptions are the options of an engine. A zero field is the limit of the grant.
type EngineOptions struct {
	// MaxConnections is the maximum number of connections that the engine holds at once. If more
	// goroutines call Acquire, set it to the limit of the grant or less: then Acquire waits in Go.
	// Otherwise it waits in the host, and blocks the goroutines that hold the connections.
	MaxConnections int
	// AcquireTimeout is the maximum time that Acquire waits. Without it, a wait in Go has no end.
	AcquireTimeout time.Duration
	// StatementTimeout is the deadline of each statement.
	StatementTimeout time.Duration
	// Isolation is the level of each transaction that does not set its own.
	Isolation Isolation
	// ReadOnly refuses all statements that do not only read.
	ReadOnly bool
}

// Engine is a view of the connection pool of a database.
type Engine struct {
	inner *blocking.Engine
	// places has an element for each connection in use. It is nil without a maximum.
	places  chan struct{}
	timeout time.Duration
}

// Connect opens a database by the name that the host gave it.
func Connect(database string) (*Engine, error) {
	return ConnectWith(database, EngineOptions{})
}

// ConnectWith opens a database with options.
func ConnectWith(database string, options EngineOptions) (*Engine, error) {
	if err := checkText("the name of the database", database); err != nil {
		return nil, err
	}
	transfer.Begin()
	defer transfer.End()
	result := blocking.CreateEngine(database, wasmysql_mysql_options.EngineOptions{
		MaxConnections:     optional(options.MaxConnections),
		AcquireTimeoutMs:   milliseconds(options.AcquireTimeout),
		StatementTimeoutMs: milliseconds(options.StatementTimeout),
		Isolation:          options.Isolation.option(),
		ReadOnly:           options.ReadOnly,
	})
	if result.IsErr() {
		return nil, newError(result.Err())
	}
	engine := &Engine{inner: result.Ok(), timeout: options.AcquireTimeout}
	if options.MaxConnections > 0 {
		engine.places = make(chan struct{}, options.MaxConnections)
	}
	return engine, nil
}

// Acquire returns a connection of the pool, and waits for one if all are in use.
func (e *Engine) Acquire() (*Conn, error) {
	if err := e.reserve(); err != nil {
		return nil, err
	}
	transfer.Begin()
	defer transfer.End()
	result := e.inner.Acquire()
	if result.IsErr() {
		e.release()
		return nil, newError(result.Err())
	}
	return &Conn{inner: result.Ok(), release: e.release}, nil
}

// reserve waits for a place. Other goroutines run meanwhile, and can release their connections.
func (e *Engine) reserve() error {
	if e.places == nil {
		return nil
	}
	var timeout <-chan time.Time
	if e.timeout > 0 {
		timeout = time.After(e.timeout)
	}
	select {
	case e.places <- struct{}{}:
		return nil
	case <-timeout:
		return &Error{
			Kind: LimitExceeded, Detail: "connections", Transaction: "none", Retry: Later,
			Message: fmt.Sprintf("all %d connections of the engine are in use; close one", cap(e.places)),
		}
	}
}

func (e *Engine) release() {
	if e.places != nil {
		<-e.places
	}
}

// Close closes the engine, and waits until its connections are released.
func (e *Engine) Close() error {
	transfer.Begin()
	defer transfer.End()
	return unit(e.inner.Close())
}

func optional(value int) wit.Option[uint32] {
	if value == 0 {
		return wit.None[uint32]()
	}
	return wit.Some(uint32(value))
}

// milliseconds returns a timeout, rounded up, so that a short timeout is not none.
func milliseconds(timeout time.Duration) wit.Option[uint32] {
	return optional(int((timeout + time.Millisecond - 1) / time.Millisecond))
}
