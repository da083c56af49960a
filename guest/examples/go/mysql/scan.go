package mysql

import (
	"fmt"
	"math"
	"time"

	"wasmysql/batch"
)

// Null is a value that can be NULL, for Scan.
type Null[T any] struct {
	V     T
	Valid bool
}

// scanner is a destination that can hold NULL.
type scanner interface {
	scan(column *batch.Column, row int) error
}

// sqlScanner is sql.Scanner, which sql.Null and many types of other packages implement.
type sqlScanner interface {
	Scan(src any) error
}

func (n *Null[T]) scan(column *batch.Column, row int) error {
	if column.IsNull(row) {
		*n = Null[T]{}
		return nil
	}
	n.Valid = true
	return scan(column, row, &n.V)
}

// Scan copies the current row into variables, one pointer for each column:
//
//   - *int to *int64, *uint to *uint64 and *bool of integers, and of DECIMAL without a fraction. A
//     number must fit.
//   - *float64 of FLOAT, DOUBLE, integers and DECIMAL. All digits must fit; *float32 rounds.
//   - *string of text, DECIMAL, numbers, dates and times. [Decimal] has all digits.
//   - *[]byte of every column with bytes; a copy
//   - *time.Time of DATE, DATETIME and TIMESTAMP, in UTC; *time.Duration of TIME
//   - *[Date] and *[Datetime], which can hold 0000-00-00
//   - *[Null] of any of these, sql.Scanner, and *any for NULL as nil
//
// A string refers to the memory of its batch; strings.Clone copies a string that is kept for long.
func (r *Rows) Scan(dest ...any) error {
	if r.row < 0 || r.row >= r.length {
		return &Error{Kind: InvalidRequest, Message: "no row to scan; call Next first", Retry: Never}
	}
	if len(dest) != len(r.batch) {
		message := fmt.Sprintf("the result has %d columns, Scan received %d variables", len(r.batch), len(dest))
		return &Error{Kind: InvalidRequest, Message: message, Retry: Never}
	}
	for i, dest := range dest {
		if err := scan(&r.batch[i], r.row, dest); err != nil {
			message := fmt.Sprintf("column %q: %v", r.columns[i].Name, err)
			return &Error{Kind: InvalidRequest, Message: message, Retry: Never}
		}
	}
	return nil
}

func scan(column *batch.Column, row int, dest any) error {
	// The most frequent types come first, and interfaces last, because they take longer.
	if column.IsNull(row) {
		return scanNull(column, row, dest)
	}
	switch dest := dest.(type) {
	case *string:
		if column.Kind() == batch.Text {
			*dest = column.Text(row)
		} else {
			*dest = text(column, row)
		}
		return nil
	case *int64:
		return signed(column, row, dest)
	case *int:
		return signed(column, row, dest)
	case *float64:
		return float(column, row, dest)
	case *time.Time:
		return timeOf(column, row, dest)
	case *int32:
		return signed(column, row, dest)
	case *int16:
		return signed(column, row, dest)
	case *int8:
		return signed(column, row, dest)
	case *uint64:
		return unsigned(column, row, dest)
	case *uint:
		return unsigned(column, row, dest)
	case *uint32:
		return unsigned(column, row, dest)
	case *uint16:
		return unsigned(column, row, dest)
	case *uint8:
		return unsigned(column, row, dest)
	case *any:
		*dest = Value(column, row)
		return nil
	default:
		return scanOther(column, row, dest)
	}
}

func scanNull(column *batch.Column, row int, dest any) error {
	switch dest := dest.(type) {
	case *any:
		*dest = nil
	case scanner:
		return dest.scan(column, row)
	case sqlScanner:
		return dest.Scan(nil)
	default:
		return fmt.Errorf("the value is NULL; scan into a *mysql.Null or *any")
	}
	return nil
}

func scanOther(column *batch.Column, row int, dest any) error {
	kind := column.Kind()
	switch dest := dest.(type) {
	case *bool:
		var number int64
		err := signed(column, row, &number)
		*dest = number != 0
		return err
	case *float32:
		var number float64
		if err := float(column, row, &number); err != nil {
			return err
		}
		*dest = float32(number)
		if math.IsInf(float64(*dest), 0) {
			return fmt.Errorf("%v does not fit a float32", number)
		}
		return nil
	case *Decimal:
		if kind == batch.Decimal {
			*dest = Decimal(column.Text(row))
			return nil
		}
	case *[]byte:
		if kind == batch.Decimal || kind == batch.Text || kind == batch.Bytes || kind == batch.Raw {
			*dest = append([]byte{}, column.Bytes(row)...)
			return nil
		}
	case *time.Duration:
		if kind == batch.Time {
			*dest = column.Duration(row)
			return nil
		}
	case *Datetime:
		if kind == batch.Date || kind == batch.Datetime {
			*dest = column.Datetime(row)
			return nil
		}
	case *Date:
		if kind == batch.Date {
			*dest = column.Datetime(row).DateValue
			return nil
		}
	case scanner:
		return dest.scan(column, row)
	case sqlScanner:
		return dest.Scan(Value(column, row))
	}
	return mismatch(column, dest)
}

func timeOf(column *batch.Column, row int, dest *time.Time) error {
	if column.Kind() != batch.Date && column.Kind() != batch.Datetime {
		return mismatch(column, dest)
	}
	at, ok := column.Datetime(row).Time()
	if !ok {
		return fmt.Errorf("%v is no time.Time; scan into a *mysql.Datetime", column.Datetime(row))
	}
	*dest = at
	return nil
}

// Value returns the value of a column in the current row, as [Value] does.
func (r *Rows) Value(column int) any { return Value(&r.batch[column], r.row) }

// Text returns the value of a column in the current row as Scan into a *string does; "" for NULL.
func (r *Rows) Text(column int) string {
	if r.batch[column].IsNull(r.row) {
		return ""
	}
	return text(&r.batch[column], r.row)
}

// Value returns a value as int64, uint64, float32, float64, [Decimal], string, []byte, time.Time or
// time.Duration, and NULL as nil. A date that time.Time can't hold is a [Datetime].
func Value(column *batch.Column, row int) any {
	if column.IsNull(row) {
		return nil
	}
	switch column.Kind() {
	case batch.Signed:
		return int64(column.Word(row))
	case batch.Unsigned:
		return column.Word(row)
	case batch.Float:
		return column.Float32s()[row]
	case batch.Double:
		return math.Float64frombits(column.Word(row))
	case batch.Decimal:
		return Decimal(column.Text(row))
	case batch.Text:
		return column.Text(row)
	case batch.Date, batch.Datetime:
		if at, ok := column.Datetime(row).Time(); ok {
			return at
		}
		return column.Datetime(row)
	case batch.Time:
		return column.Duration(row)
	default:
		return append([]byte{}, column.Bytes(row)...)
	}
}
