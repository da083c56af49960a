// A plugin that counts page visits.
package main

import (
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
	for _, v := range []struct{ path, visitor string }{{"/", "Ada"}, {"/about", "Ada"}, {"/", "Grace"}} {
		if err := visit(conn, v.path, v.visitor); err != nil {
			return err
		}
	}
	pages, err := visitedPages(conn)
	for _, page := range pages {
		fmt.Printf("%-8s%3d visits\n", page.path, page.visits)
	}
	return err
}
