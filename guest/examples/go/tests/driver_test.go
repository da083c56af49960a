package tests

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	_ "wasmysql/driver"
	"wasmysql/mysql"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("wasmysql", "main")
	check(t, err)
	db.SetMaxIdleConns(0)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

func TestDatabaseSQLReadsAndWrites(t *testing.T) {
	db := open(t)
	_, err := db.Exec("CREATE TABLE sqls (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), at DATETIME, price DECIMAL(5, 2))")
	check(t, err)
	at := time.Date(2024, 2, 29, 1, 2, 3, 0, time.UTC)
	result, err := db.Exec("INSERT INTO sqls (name, at, price) VALUES (?, ?, ?), (?, NULL, 0)", "é", at, "1.50", sql.NullString{})
	check(t, err)
	if n, _ := result.RowsAffected(); n != 2 {
		t.Fatal(n)
	}
	rows, err := db.Query("SELECT name, at, price FROM sqls ORDER BY id")
	check(t, err)
	var names []sql.NullString
	for rows.Next() {
		var name sql.NullString
		var when sql.Null[time.Time]
		var price string
		check(t, rows.Scan(&name, &when, &price))
		if name.Valid && (when.V != at || price != "1.50") || !name.Valid && when.Valid {
			t.Fatal(name, when, price)
		}
		names = append(names, name)
	}
	check(t, rows.Err())
	if len(names) != 2 || names[0].String != "é" || names[1].Valid {
		t.Fatal(names)
	}
	statement, err := db.Prepare("SELECT COUNT(*) FROM sqls WHERE id >= ?")
	check(t, err)
	defer statement.Close()
	var count int
	check(t, statement.QueryRow(2).Scan(&count))
	if count != 1 {
		t.Fatal(count)
	}
	if err := statement.QueryRow("x", "y").Scan(&count); err == nil {
		t.Fatal("two arguments for one placeholder are accepted")
	}
}

func TestDatabaseSQLReleasesTheConnectionAfterTheLastRow(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	for _, query := range []string{"SELECT seq FROM seq_1_to_30000", "SELECT 1", "CALL results()"} {
		rows, err := db.Query(query)
		check(t, err)
		sum := 0
		for {
			for rows.Next() {
				var n int
				check(t, rows.Scan(&n))
				sum += n
			}
			if query != "CALL results()" || !rows.NextResultSet() {
				break
			}
		}
		check(t, rows.Err())
		if query == "CALL results()" && sum != 3 {
			t.Fatal(sum)
		}
		if open := db.Stats().InUse; open != 0 {
			t.Fatalf("%s: %d connections in use", query, open)
		}
	}
}

func TestDatabaseSQLTransactionsAndErrors(t *testing.T) {
	db := open(t)
	_, err := db.Exec("CREATE TABLE txs (id INT PRIMARY KEY)")
	check(t, err)
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	check(t, err)
	_, err = tx.Exec("INSERT INTO txs VALUES (1)")
	check(t, err)
	_, err = tx.Exec("INSERT INTO txs VALUES (1)")
	var failure *mysql.Error
	if !errors.As(err, &failure) || failure.Code != 1062 || failure.Transaction != "open" {
		t.Fatal(err)
	}
	check(t, tx.Rollback())
	var count int
	check(t, db.QueryRow("SELECT COUNT(*) FROM txs").Scan(&count))
	if count != 0 {
		t.Fatal(count)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "DO SLEEP(5)"); !errors.As(err, &failure) || failure.Kind != mysql.Timeout {
		t.Fatal(err)
	}
}
