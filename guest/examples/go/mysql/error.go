package mysql

import (
	"fmt"
	"strings"

	types "wasmysql/internal/bindings/imports/wasmysql_mysql_types"
)

// Kind is the kind of an error, for programs.
type Kind string

// The kinds. guest/rust/docs/errors.md describes them.
const (
	Argument           Kind = "argument"
	InvalidRequest     Kind = "invalid-request"
	NoSuchColumn       Kind = "no-such-column"
	ResourceClosed     Kind = "resource-closed"
	Busy               Kind = "busy"
	EngineDenied       Kind = "engine-denied"
	StatementDenied    Kind = "statement-denied"
	LimitExceeded      Kind = "limit-exceeded"
	Timeout            Kind = "timeout"
	PoolClosed         Kind = "pool-closed"
	Unreachable        Kind = "unreachable"
	AuthFailed         Kind = "auth-failed"
	TLSFailed          Kind = "tls-failed"
	Server             Kind = "server"
	ConnectionLost     Kind = "connection-lost"
	TransactionAborted Kind = "transaction-aborted"
	CommitUnknown      Kind = "commit-unknown"
	ValueUnsupported   Kind = "value-unsupported"
	ProtocolViolation  Kind = "protocol-violation"
	Other              Kind = "other"
)

// Retry is the advice whether to retry.
type Retry string

// The advice.
const (
	Never          Retry = "never"
	NewTransaction Retry = "new-transaction"
	Later          Retry = "later"
)

// Error is the error of a failed call.
type Error struct {
	// Kind is for programs, and Message is for people. Never parse the message.
	Kind    Kind
	Message string
	// Code is MySQL's number, for example 1062, and SQLState for example "23000". They are set if
	// the kind is Server.
	Code     int
	SQLState string
	// Detail is the class of a server error ("constraint"), the limit that was exceeded, the step
	// that timed out, or the reason why the transaction was aborted.
	Detail string
	// Transaction is the state after the failure: "none", "open", "rolled-back" or "unknown".
	Transaction string
	Retry       Retry
}

// Error returns the message, with MySQL's number and SQLSTATE.
func (e *Error) Error() string {
	if e.Kind == Server {
		return fmt.Sprintf("%s (%d, %s)", e.Message, e.Code, e.SQLState)
	}
	return e.Message
}

var (
	kinds = []Kind{
		Argument, InvalidRequest, NoSuchColumn, ResourceClosed, Busy, EngineDenied, StatementDenied,
		LimitExceeded, Timeout, PoolClosed, Unreachable, AuthFailed, TLSFailed, Server, ConnectionLost,
		TransactionAborted, CommitUnknown, ValueUnsupported, ProtocolViolation, Other,
	}
	advice = []Retry{Never, NewTransaction, Later}
	states = []string{"none", "open", "rolled-back", "unknown"}
	limits = []string{
		"connections", "waiters", "statements", "sql-bytes", "parameters", "parameter-bytes", "columns",
		"row-bytes", "result-bytes", "result-rows", "prepared-transactions", "transaction-depth", "other",
	}
	steps   = []string{"acquire", "connect", "execute", "fetch", "commit", "rollback", "other"}
	classes = []string{
		"syntax", "constraint", "data", "deadlock", "lock-timeout", "interrupted", "read-only", "access",
		"resources", "not-supported", "other",
	}
	reasons = []string{
		"deadlock", "implicit-commit", "connection-lost", "idle", "timeout", "inner-rollback", "other",
	}
)

// failure returns an error of this package. The host has not been called.
func failure(kind Kind, message string) *Error {
	return &Error{Kind: kind, Message: message, Transaction: "unknown", Retry: Never}
}

// newError copies an error of the host.
func newError(e types.Error) *Error {
	tag := e.Kind.Tag()
	err := &Error{
		Kind:        kinds[tag],
		Message:     strings.Clone(e.Message),
		Transaction: states[e.Transaction],
		Retry:       advice[e.Retry],
	}
	switch tag {
	case types.ErrorKind_Server:
		server := e.Kind.Server()
		err.Code, err.SQLState, err.Detail = int(server.Code), strings.Clone(server.Sqlstate), classes[server.Class]
	case types.ErrorKind_LimitExceeded:
		err.Detail = limits[e.Kind.LimitExceeded()]
	case types.ErrorKind_Timeout:
		err.Detail = steps[e.Kind.Timeout()]
	case types.ErrorKind_TransactionAborted:
		err.Detail = reasons[e.Kind.TransactionAborted()]
	case types.ErrorKind_Other:
		err.Detail = strings.Clone(e.Kind.Other())
	}
	return err
}
