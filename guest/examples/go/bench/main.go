// The program of guest/examples/bench: it runs the named work for each line of the standard input,
// and prints its time in microseconds.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	_ "wasmysql/command"
	"wasmysql/mysql"
)

const scanRows, points, inserts = 200_000, 2_000, 20_000

const (
	scanSQL   = "SELECT id, quantity, name, price, at FROM scan"
	pointSQL  = "SELECT id, name FROM scan WHERE id = ?"
	insertSQL = "INSERT INTO target (id, name, price, at) VALUES (?, ?, ?, ?)"
)

var begin = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

type record struct {
	id       int
	quantity int64
	name     string
	price    float64
	at       time.Time
}

func scan(conn *mysql.Conn) {
	rows, err := conn.Query(scanSQL)
	check(err)
	records := make([]record, 0, scanRows)
	var r record
	for rows.Next() {
		check(rows.Scan(&r.id, &r.quantity, &r.name, &r.price, &r.at))
		records = append(records, r)
	}
	check(rows.Err())
	last := records[len(records)-1]
	expected := record{scanRows, scanRows * 1000003, "name of row 200000", scanRows / 4, begin.Add(scanRows * time.Second)}
	if len(records) != scanRows || last != expected {
		log.Fatal("the result of the scan is not complete: ", last)
	}
}

// stream reads the same rows and drops each.
func stream(conn *mysql.Conn) {
	rows, err := conn.Query(scanSQL)
	check(err)
	count, sum := 0, 0
	var r record
	for rows.Next() {
		check(rows.Scan(&r.id, &r.quantity, &r.name, &r.price, &r.at))
		count, sum = count+1, sum+r.id
	}
	check(rows.Err())
	if count != scanRows || sum != scanRows*(scanRows+1)/2 {
		log.Fatal("the result is not complete")
	}
}

func columns(conn *mysql.Conn) {
	rows, err := conn.Query(scanSQL)
	check(err)
	var ids int64
	var prices float64
	for columns := rows.NextBatch(); columns != nil; columns = rows.NextBatch() {
		for _, id := range columns[0].Int64s() {
			ids += id
		}
		for _, price := range columns[3].Float64s() {
			prices += price
		}
	}
	check(rows.Err())
	if ids != scanRows*(scanRows+1)/2 || prices != float64(ids)/4 {
		log.Fatal("the sums are wrong")
	}
}

func point(conn *mysql.Conn) {
	for n := 1; n <= points; n++ {
		rows, err := conn.Query(pointSQL, n)
		check(err)
		var id int
		var name string
		if !rows.Next() {
			log.Fatal("no row: ", rows.Err())
		}
		check(rows.Scan(&id, &name))
		if id != n {
			log.Fatal("a wrong row")
		}
		check(rows.Close())
	}
}

func insert(conn *mysql.Conn) {
	_, err := conn.Exec("TRUNCATE target")
	check(err)
	rows := make([][]any, inserts)
	for n := range rows {
		rows[n] = []any{n, fmt.Sprintf("name of row %d", n), float64(n) / 4, begin.Add(time.Duration(n) * time.Second)}
	}
	result, err := conn.ExecMany(insertSQL, rows)
	check(err)
	if result.RowsAffected != inserts {
		log.Fatal("not all rows are inserted")
	}
}

func main() {
	engine, err := mysql.Connect("main")
	check(err)
	conn, err := engine.Acquire()
	check(err)
	works := map[string]func(*mysql.Conn){
		"scan": scan, "stream": stream, "columns": columns, "point": point, "insert": insert,
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		work := works[lines.Text()]
		if work == nil {
			log.Fatal("no such work: ", lines.Text())
		}
		start := time.Now()
		work(conn)
		fmt.Println(time.Since(start).Microseconds())
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	log.Printf("%d collections, %d MiB", stats.NumGC, stats.Sys>>20)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
