package main

import "wasmysql/mysql"

// visit records the visitor of a page and counts the visit, in one transaction.
func visit(conn *mysql.Conn, path, visitor string) error {
	return conn.Transaction(func() error {
		if _, err := conn.Exec("UPDATE pages SET visits = visits + 1 WHERE path = ?", path); err != nil {
			return err
		}
		_, err := conn.Exec("INSERT INTO visits (path, visitor) VALUES (?, ?)", path, visitor)
		return err
	})
}

type page struct {
	path   string
	visits int
}

// visitedPages returns the visited pages, most visits first.
func visitedPages(conn *mysql.Conn) ([]page, error) {
	rows, err := conn.Query("SELECT path, visits FROM pages WHERE visits > 0 ORDER BY visits DESC, path")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var pages []page
	for rows.Next() {
		var p page
		if err := rows.Scan(&p.path, &p.visits); err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, rows.Err()
}
