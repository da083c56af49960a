package tests

import (
	"errors"
	"strings"
	"testing"

	"wasmysql/mysql"
)

// ids returns the rows of a table, as another connection sees them.
func ids(t *testing.T, table string) string {
	t.Helper()
	return scalar[mysql.Null[string]](t, connect(t), "SELECT GROUP_CONCAT(id ORDER BY id) FROM "+table).V
}

// A rollback with open rows must end the transaction. Otherwise later statements would run in it.
func TestTransactionWithOpenRowsIsRolledBack(t *testing.T) {
	conn := connect(t)
	exec(t, conn, "CREATE TABLE opens (id INT PRIMARY KEY)")
	// The host closes the connection if it would have to discard many rows.
	for _, query := range []string{"SELECT seq FROM seq_1_to_20000", "SELECT seq FROM seq_1_to_1000000"} {
		conn := connect(t)
		var rows *mysql.Rows
		err := conn.Transaction(func() (err error) {
			exec(t, conn, "INSERT INTO opens VALUES (1)")
			rows, err = conn.Query(query)
			return errors.Join(err, errors.ErrUnsupported)
		})
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Fatal(err)
		}
		for rows.Next() {
		}
		var failure *mysql.Error
		if !errors.As(rows.Err(), &failure) || failure.Kind != mysql.ResourceClosed {
			t.Fatal(rows.Err())
		}
		if conn.IsClosed() != strings.Contains(query, "1000000") {
			t.Fatal(query, conn.IsClosed())
		}
		if conn.IsClosed() {
			continue
		}
		exec(t, conn, "REPLACE INTO opens VALUES (2)")
		check(t, conn.Transaction(func() error { exec(t, conn, "REPLACE INTO opens VALUES (3)"); return nil }))
	}
	if found := ids(t, "opens"); found != "2,3" {
		t.Fatal(found)
	}
}

func TestRollbackWithOpenRowsReportsNoError(t *testing.T) {
	for _, query := range []string{"SELECT seq FROM seq_1_to_20000", "SELECT seq FROM seq_1_to_1000000"} {
		conn := connect(t)
		tx, err := conn.Begin()
		check(t, err)
		_, err = conn.Query(query)
		check(t, err)
		check(t, tx.Rollback())
		check(t, tx.Rollback())
	}
}

func TestFailedCommitIsRolledBack(t *testing.T) {
	conn := connect(t)
	exec(t, conn, "CREATE TABLE commits (id INT PRIMARY KEY)")
	tx, err := conn.Begin()
	check(t, err)
	exec(t, conn, "INSERT INTO commits VALUES (1)")
	rows, err := conn.Query("SELECT seq FROM seq_1_to_20000")
	check(t, err)
	var failure *mysql.Error
	if err := tx.Commit(); !errors.As(err, &failure) || failure.Kind != mysql.Busy || failure.Transaction != "rolled-back" {
		t.Fatal(err)
	}
	if err := tx.Commit(); !errors.As(err, &failure) || failure.Kind != mysql.InvalidRequest {
		t.Fatal(err)
	}
	check(t, rows.Close())
	exec(t, conn, "INSERT INTO commits VALUES (2)")
	if found := ids(t, "commits"); found != "2" {
		t.Fatal(found)
	}
}

func TestClosedResourcesAreRefused(t *testing.T) {
	engine, err := mysql.Connect("main")
	check(t, err)
	conn, err := engine.Acquire()
	check(t, err)
	statement, err := conn.Prepare("SELECT ?")
	check(t, err)
	orphan, err := conn.Prepare("SELECT 1")
	check(t, err)
	tx, err := conn.Begin()
	check(t, err)
	check(t, statement.Close())
	check(t, statement.Close())
	_, statementErr := statement.Exec(1)
	check(t, conn.Close())
	check(t, conn.Close())
	_, execErr := conn.Exec("DO 1")
	_, manyErr := conn.ExecMany("INSERT INTO t VALUES (?)", [][]any{{1}})
	_, prepareErr := conn.Prepare("DO 1")
	_, beginErr := conn.Begin()
	_, savepointErr := conn.Savepoint()
	_, orphanErr := orphan.Exec()
	for i, err := range []error{
		statementErr, execErr, manyErr, prepareErr, beginErr, savepointErr, orphanErr, conn.Ping(),
	} {
		var failure *mysql.Error
		if !errors.As(err, &failure) || failure.Kind != mysql.ResourceClosed {
			t.Errorf("%d: %v", i, err)
		}
	}
	if !conn.IsClosed() || statement.NumInput() != 1 {
		t.Error(conn.IsClosed(), statement.NumInput())
	}
	check(t, tx.Rollback())
	check(t, orphan.Close())
	check(t, engine.Close())
}
