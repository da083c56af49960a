package tests

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"wasmysql/mysql"
)

// The collector runs during the calls: it must not trap (wasmtime#14318), and must not free or
// overwrite a result. Timers make the scheduler read the clock.
func TestCollectorRunsDuringCalls(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-time.After(time.Microsecond):
			case <-stop:
				return
			}
		}
	}()
	conn := connect(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var kept []string
	for range 10 {
		rows, err := conn.Query("SELECT CONCAT('text of row ', seq), REPEAT('x', 500) FROM seq_1_to_1000")
		check(t, err)
		for n := 1; rows.Next(); n++ {
			var text, filler string
			check(t, rows.Scan(&text, &filler))
			if text != fmt.Sprintf("text of row %d", n) || filler != strings.Repeat("x", 500) {
				t.Fatalf("row %d: %q", n, text)
			}
			if n%100 == 0 {
				kept = append(kept, text)
				runtime.Gosched()
			}
		}
		check(t, rows.Err())
	}
	close(stop)
	runtime.ReadMemStats(&after)
	for i, text := range kept {
		if text != fmt.Sprintf("text of row %d", i%10*100+100) {
			t.Fatalf("kept %d: %q", i, text)
		}
	}
	if collections := after.NumGC - before.NumGC; ctx.Err() != nil || len(kept) != 100 || collections < 10 {
		t.Fatalf("%d collections", collections)
	}
}

// 400 MB of results pass through the default limit of 64 MiB.
func TestMemoryStaysSmall(t *testing.T) {
	conn := connect(t)
	for range 40 {
		rows, err := conn.Query("SELECT REPEAT('x', 1000) FROM seq_1_to_10000")
		check(t, err)
		count := 0
		for columns := rows.NextBatch(); columns != nil; columns = rows.NextBatch() {
			count += columns[0].Len()
		}
		check(t, rows.Err())
		if count != 10000 {
			t.Fatal(count)
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	t.Logf("%d MiB of memory, %d collections", stats.Sys>>20, stats.NumGC)
}

// A loop over rows never yields by itself, and each round makes garbage of 8 MB.
func TestCollectionsEndDuringLoops(t *testing.T) {
	conn := connect(t)
	type row struct {
		id   int
		name string
	}
	for range 20 {
		rows, err := conn.Query("SELECT seq, REPEAT('x', 100) FROM seq_1_to_50000")
		check(t, err)
		var all []row
		var r row
		for rows.Next() {
			check(t, rows.Scan(&r.id, &r.name))
			all = append(all, r)
		}
		check(t, rows.Err())
		if len(all) != 50000 || all[49999].id != 50000 {
			t.Fatal(len(all))
		}
	}
}

func TestGoroutinesReadTheirOwnRows(t *testing.T) {
	engine, err := mysql.Connect("main")
	check(t, err)
	read := func(n int) error {
		conn, err := engine.Acquire()
		if err != nil {
			return err
		}
		defer conn.Close()
		rows, err := conn.Query("SELECT seq, ? FROM seq_1_to_30000", fmt.Sprint(n))
		if err != nil {
			return err
		}
		count := 0
		for ; rows.Next(); count++ {
			var seq int
			var text string
			if err := rows.Scan(&seq, &text); err != nil || seq != count+1 || text != fmt.Sprint(n) {
				return fmt.Errorf("row %d, %q: %w", seq, text, err)
			}
		}
		if count != 30000 {
			return fmt.Errorf("%d rows: %w", count, rows.Err())
		}
		return nil
	}
	results := make(chan error)
	for n := range 4 {
		go func() { results <- read(n) }()
	}
	for range 4 {
		check(t, <-results)
	}
}

// The memory of a large result is used again, also by the heap: 60 MB pass.
func TestLargeValuesArrive(t *testing.T) {
	conn := connect(t)
	for i := range 20 {
		size := (1 + i%5) << 20
		text := scalar[string](t, conn, "SELECT REPEAT('y', ?)", size)
		if len(text) != size || strings.Count(text, "y") != size {
			t.Fatalf("%d bytes, expected %d", len(text), size)
		}
	}
}

// The host would wait until the holders release their connections, and block them meanwhile.
func TestAcquireWaitsForOtherGoroutines(t *testing.T) {
	engine, err := mysql.ConnectWith("main", mysql.EngineOptions{MaxConnections: 2, AcquireTimeout: time.Second})
	check(t, err)
	begin := time.Now()
	results := make(chan error)
	for range 8 {
		go func() {
			conn, err := engine.Acquire()
			if err == nil {
				time.Sleep(20 * time.Millisecond)
				err = conn.Close()
			}
			results <- err
		}()
	}
	for range 8 {
		check(t, <-results)
	}
	if elapsed := time.Since(begin); elapsed > 900*time.Millisecond {
		t.Error(elapsed)
	}
	first, err := engine.Acquire()
	check(t, err)
	second, err := engine.Acquire()
	check(t, err)
	var failure *mysql.Error
	if _, err := engine.Acquire(); !errors.As(err, &failure) || failure.Kind != mysql.LimitExceeded || failure.Detail != "connections" {
		t.Error(err)
	}
	check(t, errors.Join(first.Close(), second.Close(), engine.Close()))
}

// The default grant has four connections.
func TestDatabaseSQLWaitsForOtherGoroutines(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(4)
	begin := time.Now()
	results := make(chan error)
	for range 8 {
		go func() {
			_, err := db.Exec("DO SLEEP(0.02)")
			results <- err
		}()
	}
	for range 8 {
		check(t, <-results)
	}
	if elapsed := time.Since(begin); elapsed > 2*time.Second {
		t.Error(elapsed)
	}
}
