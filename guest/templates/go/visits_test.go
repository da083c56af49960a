package main

import (
	"errors"
	"slices"
	"testing"

	"wasmysql/mysql"
	"wasmysql/mysqltest"
)

// `wasmysql test` runs each test in a fresh database with the migrations.
func TestMain(m *testing.M) { mysqltest.Main(m) }

func connect(t *testing.T) *mysql.Conn {
	engine, err := mysql.Connect("main")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := engine.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestVisitsAreCounted(t *testing.T) {
	conn := connect(t)
	for _, visitor := range []string{"Ada", "Grace"} {
		if err := visit(conn, "/news", visitor); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := visitedPages(conn)
	if err != nil || !slices.Equal(pages, []page{{"/news", 2}}) {
		t.Fatal(pages, err)
	}
}

func TestVisitToUnknownPageIsRefused(t *testing.T) {
	conn := connect(t)
	var failure *mysql.Error
	if err := visit(conn, "/nowhere", "Ada"); !errors.As(err, &failure) || failure.Code != 1452 {
		t.Fatal(err)
	}
	if pages, err := visitedPages(conn); err != nil || len(pages) > 0 {
		t.Fatal(pages, err)
	}
}
