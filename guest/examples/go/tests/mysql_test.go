// Package tests tests package mysql in the sandbox, with a real server. test.sh runs it.
package tests

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"wasmysql/batch"
	"wasmysql/mysql"
	"wasmysql/mysqltest"
)

func TestMain(m *testing.M) { mysqltest.Main(m) }

func connect(t *testing.T) *mysql.Conn {
	t.Helper()
	engine, err := mysql.Connect("main")
	check(t, err)
	conn, err := engine.Acquire()
	check(t, err)
	t.Cleanup(func() { check(t, conn.Close()) })
	return conn
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, conn *mysql.Conn, sql string, args ...any) mysql.Result {
	t.Helper()
	result, err := conn.Exec(sql, args...)
	check(t, err)
	return result
}

// scalar returns the only value of a query.
func scalar[T any](t *testing.T, conn *mysql.Conn, sql string, args ...any) T {
	t.Helper()
	rows, err := conn.Query(sql, args...)
	check(t, err)
	var value T
	if !rows.Next() {
		t.Fatalf("no row: %v", rows.Err())
	}
	check(t, rows.Scan(&value))
	check(t, rows.Close())
	return value
}

type row struct {
	id    int32
	name  mysql.Null[string]
	price mysql.Decimal
	at    time.Time
	long  time.Duration
}

func TestBulkInsertIsReadBackEqual(t *testing.T) {
	conn := connect(t)
	exec(t, conn, "CREATE TABLE bulk (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(30, 10), at DATETIME(6), `long` TIME(6))")
	expected := make([]row, 1000)
	params := make([][]any, len(expected))
	for i := range expected {
		r := row{int32(i), mysql.Null[string]{V: fmt.Sprintf("é %d", i), Valid: i%3 != 0}, "", time.Time{}, 0}
		r.price = mysql.Decimal(fmt.Sprintf("-12345678901234567890.%010d", i))
		r.at = time.Date(2024, 2, 29, 13, 5, i%60, i*1000, time.UTC)
		r.long = -time.Duration(i) * time.Second
		expected[i] = r
		var name any
		if r.name.Valid {
			name = r.name.V
		} else {
			expected[i].name.V = ""
		}
		params[i] = []any{r.id, name, r.price, r.at, r.long}
	}
	result, err := conn.ExecMany("INSERT INTO bulk VALUES (?, ?, ?, ?, ?)", params)
	check(t, err)
	if result.RowsAffected != 1000 {
		t.Fatalf("%d rows", result.RowsAffected)
	}
	rows, err := conn.Query("SELECT * FROM bulk ORDER BY id")
	check(t, err)
	for i := range expected {
		var r row
		if !rows.Next() {
			t.Fatalf("%d rows: %v", i, rows.Err())
		}
		check(t, rows.Scan(&r.id, &r.name, &r.price, &r.at, &r.long))
		if r != expected[i] {
			t.Fatalf("%v, expected %v", r, expected[i])
		}
	}
	if rows.Next() || rows.Err() != nil {
		t.Fatalf("a further row, or %v", rows.Err())
	}
}

func TestEachTypeOfArgumentIsReturned(t *testing.T) {
	conn := connect(t)
	at := time.Date(2024, 2, 29, 13, 5, 9, 70000, time.UTC)
	rows, err := conn.Query("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", -1, uint64(1<<63), 0.1, "é", []byte{255, 0},
		mysql.Decimal("-1.50"), at, mysql.Date{Year: 2024, Month: 2}, -1500*time.Millisecond)
	check(t, err)
	var (
		number  int64
		big     uint64
		double  float64
		text    string
		bytes   []byte
		decimal mysql.Decimal
		when    time.Time
		date    mysql.Date
		long    time.Duration
	)
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	check(t, rows.Scan(&number, &big, &double, &text, &bytes, &decimal, &when, &date, &long))
	if number != -1 || big != 1<<63 || double != 0.1 || text != "é" || string(bytes) != "\xff\x00" ||
		decimal != "-1.50" || when != at || date != (mysql.Date{Year: 2024, Month: 2}) || long != -1500*time.Millisecond {
		t.Fatal(number, big, double, text, bytes, decimal, when, date, long)
	}
}

func TestDuplicateIsAnErrorWithItsCode(t *testing.T) {
	conn := connect(t)
	exec(t, conn, "CREATE TABLE duplicates (id INT PRIMARY KEY)")
	exec(t, conn, "INSERT INTO duplicates VALUES (1)")
	_, err := conn.Exec("INSERT INTO duplicates VALUES (?)", 1)
	var failure *mysql.Error
	if !errors.As(err, &failure) {
		t.Fatal(err)
	}
	if failure.Code != 1062 || failure.SQLState != "23000" || failure.Kind != mysql.Server ||
		failure.Detail != "constraint" || failure.Retry != mysql.Never {
		t.Fatalf("%+v", *failure)
	}
	_, err = mysql.Connect("nowhere")
	if !errors.As(err, &failure) || failure.Kind != mysql.EngineDenied {
		t.Fatal(err)
	}
}

func TestRollbackAndSavepoint(t *testing.T) {
	conn := connect(t)
	exec(t, conn, "CREATE TABLE accounts (id INT PRIMARY KEY)")
	tx, err := conn.Begin()
	check(t, err)
	exec(t, conn, "INSERT INTO accounts VALUES (1)")
	check(t, tx.Rollback())
	check(t, conn.Transaction(func() error {
		exec(t, conn, "INSERT INTO accounts VALUES (2)")
		savepoint, err := conn.Savepoint()
		check(t, err)
		exec(t, conn, "INSERT INTO accounts VALUES (3)")
		return savepoint.Rollback()
	}))
	if err := conn.Transaction(func() error { exec(t, conn, "DELETE FROM accounts"); return errors.ErrUnsupported }); err != errors.ErrUnsupported {
		t.Fatal(err)
	}
	if ids := scalar[string](t, conn, "SELECT GROUP_CONCAT(id ORDER BY id) FROM accounts"); ids != "2" {
		t.Fatalf("rows %s", ids)
	}
}

func TestScanRefusesWrongVariables(t *testing.T) {
	conn := connect(t)
	rows, err := conn.Query("SELECT 300, NULL, 'x', -1")
	check(t, err)
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	var any1, any2, any3, any4 any
	var small int8
	var text string
	var at time.Time
	var positive uint
	for _, dest := range [][]any{
		{&small, &any2, &any3, &any4}, {&any1, &text, &any3, &any4}, {&any1, &any2, &at, &any4},
		{&any1, &any2, &any3, &positive}, {&any1},
	} {
		if err := rows.Scan(dest...); err == nil {
			t.Errorf("%T is accepted", dest)
		}
	}
	check(t, rows.Scan(&any1, &any2, &any3, &any4))
	if any1 != int64(300) || any2 != nil || any3 != "x" || any4 != int64(-1) {
		t.Fatal(any1, any2, any3, any4)
	}
}

func TestBatchesHaveTheColumns(t *testing.T) {
	conn := connect(t)
	rows, err := conn.Query("SELECT seq, seq * 0.5e0 FROM seq_1_to_50000")
	check(t, err)
	sum, batches := int64(0), 0
	for columns := rows.NextBatch(); columns != nil; columns = rows.NextBatch() {
		batches++
		if columns[0].Kind() == batch.Unsigned {
			for _, n := range columns[0].Uint64s() {
				sum += int64(n)
			}
		} else {
			for _, n := range columns[0].Int64s() {
				sum += n
			}
		}
	}
	check(t, rows.Err())
	if sum != 50000*50001/2 || batches < 2 {
		t.Fatalf("sum %d in %d batches", sum, batches)
	}
}

func TestClosedRowsFreeTheConnection(t *testing.T) {
	conn := connect(t)
	rows, err := conn.Query("SELECT seq FROM seq_1_to_20000")
	check(t, err)
	var failure *mysql.Error
	if _, err := conn.Exec("DO 1"); !errors.As(err, &failure) || failure.Kind != mysql.Busy {
		t.Fatal(err)
	}
	check(t, rows.Close())
	check(t, rows.Close())
	check(t, conn.Ping())
}

func TestPreparedStatementAndTimeout(t *testing.T) {
	conn := connect(t)
	statement, err := conn.Prepare("SELECT ? + ?")
	check(t, err)
	if statement.NumInput() != 2 {
		t.Fatal(statement.NumInput())
	}
	for i := range 3 {
		rows, err := statement.Query(i, 1)
		check(t, err)
		var sum int
		if !rows.Next() || rows.Scan(&sum) != nil || sum != i+1 {
			t.Fatal(sum, rows.Err())
		}
		check(t, rows.Close())
	}
	check(t, statement.Close())
	slow := connect(t)
	slow.Timeout = 100 * time.Millisecond
	var failure *mysql.Error
	if _, err := slow.Exec("DO SLEEP(5)"); !errors.As(err, &failure) || failure.Kind != mysql.Timeout || failure.Detail != "execute" {
		t.Fatal(err)
	}
}

func TestCallReturnsAllResults(t *testing.T) {
	conn := connect(t)
	rows, err := conn.Query("CALL results()")
	check(t, err)
	var first, second int
	if !rows.Next() || rows.Scan(&first) != nil || !rows.NextResult() || !rows.Next() || rows.Scan(&second) != nil {
		t.Fatal(rows.Err())
	}
	check(t, rows.Close())
	if first != 1 || second != 2 {
		t.Fatal(first, second)
	}
}
