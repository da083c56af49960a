package tests

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasmysql/mysql"
)

// scanned returns the only value of a query as text, or the message of an error.
func scanned[T any](t *testing.T, conn *mysql.Conn, query string) string {
	t.Helper()
	rows, err := conn.Query(query)
	check(t, err)
	defer rows.Close()
	var value T
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	if err := rows.Scan(&value); err != nil {
		return err.Error()
	}
	return fmt.Sprint(value)
}

func TestNumbersAreScannedExactlyOrRefused(t *testing.T) {
	conn := connect(t)
	advice := "; scan into a *mysql.Decimal or a *string, or CAST the column"
	for _, c := range []struct{ number, asInt, asUint, asFloat string }{
		{"9007199254740992", "9007199254740992", "9007199254740992", "9.007199254740992e+15"},
		{"9007199254740993", "9007199254740993", "9007199254740993", "9007199254740993 does not fit a float64"},
		{"18446744073709551615", "18446744073709551615 does not fit a int", "18446744073709551615",
			"18446744073709551615 does not fit a float64"},
		{"SUM(n)", "3", "3", "3"},
		{"AVG(n)", "1.5000 does not fit a int" + advice, "1.5000 does not fit a uint64" + advice, "1.5"},
		{"0.12345678901234567890", "0.12345678901234567890 does not fit a int" + advice,
			"0.12345678901234567890 does not fit a uint64" + advice,
			"0.12345678901234567890 does not fit a float64" + advice},
		{"CAST(-100 AS DECIMAL)", "-100", "-100 does not fit a uint64" + advice, "-100"},
	} {
		query := "SELECT " + c.number + " AS x FROM (SELECT 1 AS n UNION SELECT 2) AS t LIMIT 1"
		for i, found := range []string{
			scanned[int](t, conn, query), scanned[uint64](t, conn, query), scanned[float64](t, conn, query),
		} {
			expected := []string{c.asInt, c.asUint, c.asFloat}[i]
			if strings.TrimPrefix(found, `column "x": `) != expected {
				t.Errorf("%s: %q, expected %q", c.number, found, expected)
			}
		}
	}
	if found := scanned[float32](t, conn, "SELECT 1e300 AS x"); !strings.Contains(found, "does not fit a float32") {
		t.Error(found)
	}
	if found := scanned[time.Time](t, conn, "SELECT 1.5 AS x"); !strings.Contains(found, advice) {
		t.Error(found)
	}
}

// The same values as strings, through package mysql and database/sql.
func TestDatesAndTimesAreScannedIntoStrings(t *testing.T) {
	conn, db := connect(t), open(t)
	for expression, expected := range map[string]string{
		"TIME'10:00:00.5'":               "10:00:00.500000",
		"TIME'-838:59:59'":               "-838:59:59.000000",
		"DATE'2024-02-29'":               "2024-02-29",
		"DATE(0)":                        "0000-00-00",
		"TIMESTAMP'2024-02-29 01:02:03'": "2024-02-29 01:02:03.000000",
	} {
		if found := scanned[string](t, conn, "SELECT "+expression); found != expected {
			t.Errorf("mysql: %s is %q", expression, found)
		}
		var found string
		var nullable sql.NullString
		check(t, db.QueryRow("SELECT "+expression).Scan(&found))
		check(t, db.QueryRow("SELECT "+expression).Scan(&nullable))
		if found != expected || nullable.String != expected {
			t.Errorf("database/sql: %s is %q and %q", expression, found, nullable.String)
		}
	}
	var long time.Duration
	var nullable sql.Null[time.Duration]
	var at time.Time
	row := db.QueryRow("SELECT TIME'10:00:00.5', TIME'-1:00', DATE'2024-02-29'")
	check(t, row.Scan(&long, &nullable, &at))
	if long != 10*time.Hour+500*time.Millisecond || nullable.V != -time.Hour || at.Day() != 29 {
		t.Error(long, nullable, at)
	}
}

// The host ends a component that sends such a text.
func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	conn, db := connect(t), open(t)
	statement, err := conn.Prepare("SELECT ?, ?")
	check(t, err)
	defer statement.Close()
	_, connectErr := mysql.Connect("\xff")
	_, execErr := conn.Exec("SELECT ?, ?", 1, "caf\xe9")
	_, decimalErr := conn.Exec("SELECT ?, ?", 1, mysql.Decimal("\xff"))
	_, statementErr := statement.Exec(1, "\xff")
	_, sqlErr := conn.Exec("SELECT '\xff'")
	_, prepareErr := conn.Prepare("SELECT '\xff'")
	_, manyErr := conn.ExecMany("INSERT INTO t VALUES ('\xff', ?)", [][]any{{1}})
	_, rowErr := conn.ExecMany("INSERT INTO t VALUES (?, ?)", [][]any{{1, "\xff"}})
	_, dbErr := db.Exec("SELECT ?, ?", 1, "\xff")
	for i, err := range []error{
		connectErr, execErr, decimalErr, statementErr, sqlErr, prepareErr, manyErr, rowErr, dbErr,
	} {
		var failure *mysql.Error
		if !errors.As(err, &failure) || failure.Kind != mysql.Argument || !strings.Contains(failure.Message, "not valid UTF-8") {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, err := range []error{execErr, decimalErr, statementErr, dbErr} {
		if !strings.HasPrefix(err.Error(), "parameter 2 ") {
			t.Error(err)
		}
	}
	if message := rowErr.Error(); !strings.HasPrefix(message, "row 0, parameter 2: ") {
		t.Error(message)
	}
	if _, err := conn.Exec("SELECT ?, ?", 1, struct{}{}); err == nil || !strings.HasPrefix(err.Error(), "parameter 2: ") {
		t.Error(err)
	}
}
