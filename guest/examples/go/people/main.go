// The program creates a table, inserts many rows, reads them, and shows errors and transactions.
package main

import (
	"errors"
	"fmt"
	"log"

	_ "wasmysql/command"
	"wasmysql/mysql"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	engine, err := mysql.Connect("main")
	if err != nil {
		return err
	}
	conn, err := engine.Acquire()
	if err != nil {
		return err
	}
	defer conn.Close()

	_, err = conn.Exec(`CREATE TABLE people (
		id INT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, balance DECIMAL(10, 2) NOT NULL
	)`)
	if err != nil {
		return err
	}
	rows := make([][]any, 1000)
	for i := range rows {
		rows[i] = []any{i, fmt.Sprintf("Zoé %d", i), mysql.Decimal("100.50")}
	}
	inserted, err := conn.ExecMany("INSERT INTO people VALUES (?, ?, ?)", rows)
	if err != nil {
		return err
	}
	fmt.Println(inserted.RowsAffected, "people")

	if err := richest(conn); err != nil {
		return err
	}
	added, err := add(conn, 1000, "Zoé 7")
	if err != nil {
		return err
	}
	fmt.Println("a second Zoé 7:", added)
	return transfer(conn, 1, 2, "1000.00")
}

// richest prints the people with the largest balance.
func richest(conn *mysql.Conn) error {
	rows, err := conn.Query("SELECT id, name, balance FROM people ORDER BY balance DESC, id LIMIT ?", 3)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id int
		var name string
		var balance mysql.Decimal
		if err := rows.Scan(&id, &name, &balance); err != nil {
			return err
		}
		fmt.Println(id, name, balance)
	}
	return rows.Err()
}

// add adds a person, and returns false if the name is taken.
func add(conn *mysql.Conn, id int, name string) (bool, error) {
	_, err := conn.Exec("INSERT INTO people VALUES (?, ?, 0)", id, name)
	var failure *mysql.Error
	if errors.As(err, &failure) && failure.Code == 1062 {
		return false, nil
	}
	return err == nil, err
}

// transfer moves an amount, if the balance suffices.
func transfer(conn *mysql.Conn, from, to int, amount mysql.Decimal) error {
	poor := errors.New("the balance does not suffice")
	err := conn.Transaction(func() error {
		_, err := conn.Exec("UPDATE people SET balance = balance + ? WHERE id = ?", amount, to)
		if err != nil {
			return err
		}
		taken, err := conn.Exec(
			"UPDATE people SET balance = balance - ? WHERE id = ? AND balance >= ?", amount, from, amount)
		if err == nil && taken.RowsAffected == 0 {
			return poor
		}
		return err
	})
	if errors.Is(err, poor) {
		fmt.Println("rolled back:", err)
		return nil
	}
	return err
}
