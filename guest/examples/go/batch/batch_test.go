package batch_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wasmysql/batch"
)

// vector is a case of wit/vectors, described there in README.md.
type vector struct {
	Name    string
	Rows    uint32
	Data    string
	Columns []struct {
		Kind   string
		Values []*string
	}
	Column *int
	Defect string
}

func vectors(t testing.TB, file string) []vector {
	t.Helper()
	text, err := os.ReadFile("../../../../wit/vectors/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []vector
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	return cases
}

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestValuesAreRead(t *testing.T) {
	for _, v := range vectors(t, "values.json") {
		t.Run(v.Name, func(t *testing.T) {
			columns, err := batch.Read(v.Rows, bytesOf(t, v.Data))
			if err != nil {
				t.Fatal(err)
			}
			if len(columns) != len(v.Columns) {
				t.Fatalf("%d columns, expected %d", len(columns), len(v.Columns))
			}
			for i, expected := range v.Columns {
				compare(t, &columns[i], expected.Kind, expected.Values)
			}
		})
	}
}

func TestUnalignedBufferIsRead(t *testing.T) {
	for _, v := range vectors(t, "values.json") {
		moved := append([]byte{0}, bytesOf(t, v.Data)...)[1:]
		columns, err := batch.Read(v.Rows, moved)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		for i, expected := range v.Columns {
			compare(t, &columns[i], expected.Kind, expected.Values)
		}
	}
}

func TestMalformedBuffersAreRefused(t *testing.T) {
	for _, v := range vectors(t, "malformed.json") {
		t.Run(v.Name, func(t *testing.T) {
			_, err := batch.Read(v.Rows, bytesOf(t, v.Data))
			var malformed *batch.Malformed
			if !errors.As(err, &malformed) {
				t.Fatalf("error %v, expected %s", err, v.Defect)
			}
			column := -1
			if v.Column != nil {
				column = *v.Column
			}
			if malformed.Rule != v.Defect || malformed.Column != column {
				t.Fatalf("%v, expected column %d: %s", malformed, column, v.Defect)
			}
		})
	}
}

func TestValuesAreWritten(t *testing.T) {
	for _, v := range vectors(t, "values.json") {
		t.Run(v.Name, func(t *testing.T) {
			if slices.ContainsFunc(v.Columns, func(c struct {
				Kind   string
				Values []*string
			}) bool {
				return c.Kind == "raw"
			}) || len(v.Columns) == 0 {
				t.Skip("a raw value is no parameter")
			}
			builder := batch.NewBuilder(len(v.Columns))
			for row := range int(v.Rows) {
				var values []any
				for _, column := range v.Columns {
					values = append(values, parse(t, column.Kind, column.Values[row]))
				}
				if err := builder.Append(values...); err != nil {
					t.Fatal(err)
				}
			}
			data := builder.Encode()
			columns, err := batch.Read(builder.Rows(), data)
			if err != nil {
				t.Fatal(err)
			}
			for i, expected := range v.Columns {
				kind := expected.Kind
				if !slices.ContainsFunc(expected.Values, func(v *string) bool { return v != nil }) {
					kind = "null" // without a value, the builder knows no other kind
				}
				compare(t, &columns[i], kind, expected.Values)
			}
		})
	}
}

// The host writes buffers without gaps, so that the builder writes the same bytes.
func TestExampleOfTypesIsWrittenByteForByte(t *testing.T) {
	v := vectors(t, "values.json")[0]
	builder := batch.NewBuilder(2)
	for _, row := range [][]any{{7, "é"}, {nil, ""}, {-1, "ab"}} {
		if err := builder.Append(row...); err != nil {
			t.Fatal(err)
		}
	}
	expected := bytesOf(t, v.Data)
	copy(expected[72:80], make([]byte, 8)) // the value of the NULL row has no meaning
	if data := builder.Encode(); hex.EncodeToString(data) != hex.EncodeToString(expected) {
		t.Fatalf("%x, expected %x", data, expected)
	}
}

func TestEachDayIsItsTime(t *testing.T) {
	last := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	count := 0
	for day := time.Date(1, 1, 1, 23, 59, 58, 999999000, time.UTC); day.Before(last); day = day.AddDate(0, 0, 1) {
		year, month, number := day.Date()
		d := batch.DatetimeValue{
			DateValue: batch.DateValue{Year: year, Month: int(month), Day: number},
			Hour:      23, Minute: 59, Second: 58, Microsecond: 999999,
		}
		if at, ok := d.Time(); !ok || at != day {
			t.Fatalf("%v, expected %v", at, day)
		}
		count++
	}
	if count < 3_650_000 {
		t.Fatalf("%d days", count)
	}
	if _, ok := (batch.DatetimeValue{DateValue: batch.DateValue{Year: 2024, Month: 2}}).Time(); ok {
		t.Fatal("a partial date is a time")
	}
}

func TestParametersAreRefused(t *testing.T) {
	type named []int
	for name, value := range map[string]any{
		"slice":       named{1},
		"year 10000":  time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"839 hours":   839 * time.Hour,
		"month 16":    batch.DateValue{Year: 2024, Month: 16, Day: 1},
		"channel":     make(chan int),
		"broken text": "\xff",
	} {
		if err := batch.NewBuilder(1).Append(value); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	builder := batch.NewBuilder(1)
	if err := builder.Append(1); err != nil {
		t.Fatal(err)
	}
	if err := builder.Append("one"); err == nil || !strings.Contains(err.Error(), "row 1, parameter 1") {
		t.Errorf("text in a column of integers: %v", err)
	}
	if err := batch.NewBuilder(2).Append(1); err == nil {
		t.Error("a row with one of two values is accepted")
	}
}

func compare(t *testing.T, column *batch.Column, kind string, values []*string) {
	t.Helper()
	if column.Kind().String() != kind {
		t.Fatalf("kind %v, expected %s", column.Kind(), kind)
	}
	if column.Len() != len(values) {
		t.Fatalf("%d rows, expected %d", column.Len(), len(values))
	}
	for row, expected := range values {
		if column.IsNull(row) != (expected == nil) {
			t.Errorf("row %d: NULL is %v", row, column.IsNull(row))
		} else if expected != nil && !equal(t, column, row, *expected) {
			t.Errorf("row %d: expected %s", row, *expected)
		}
	}
}

func equal(t *testing.T, column *batch.Column, row int, expected string) bool {
	t.Helper()
	switch column.Kind() {
	case batch.Signed:
		return strconv.FormatInt(column.Int64s()[row], 10) == expected
	case batch.Unsigned:
		return strconv.FormatUint(column.Uint64s()[row], 10) == expected
	case batch.Float:
		number := number(t, expected)
		return math.Float32bits(column.Float32s()[row]) == math.Float32bits(float32(number))
	case batch.Double:
		return math.Float64bits(column.Float64s()[row]) == math.Float64bits(number(t, expected))
	case batch.Decimal, batch.Text:
		return column.Text(row) == expected && string(column.Bytes(row)) == expected
	case batch.Bytes, batch.Raw:
		return hex.EncodeToString(column.Bytes(row)) == expected
	case batch.Date:
		return column.Datetime(row).DateValue.String() == expected
	case batch.Datetime:
		return column.Datetime(row).String() == expected
	default:
		return column.Duration(row) == duration(t, expected)
	}
}

// parse returns the Go value of a value in the form of wit/vectors.
func parse(t *testing.T, kind string, value *string) any {
	t.Helper()
	if value == nil {
		return nil
	}
	switch kind {
	case "signed":
		number, err := strconv.ParseInt(*value, 10, 64)
		check(t, err)
		return number
	case "unsigned":
		number, err := strconv.ParseUint(*value, 10, 64)
		check(t, err)
		return number
	case "float":
		return float32(number(t, *value))
	case "double":
		return number(t, *value)
	case "decimal":
		return batch.DecimalValue(*value)
	case "bytes":
		return bytesOf(t, *value)
	case "date", "datetime":
		var d batch.DatetimeValue
		text := *value
		if kind == "date" {
			text += " 00:00:00.000000"
		}
		_, err := fmt.Sscanf(text, "%d-%d-%d %d:%d:%d.%d",
			&d.Year, &d.Month, &d.Day, &d.Hour, &d.Minute, &d.Second, &d.Microsecond)
		check(t, err)
		if kind == "date" {
			return d.DateValue
		}
		return d
	case "time":
		return duration(t, *value)
	default:
		return *value
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	number, err := strconv.ParseFloat(text, 64)
	check(t, err)
	return number
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	var hours, minutes, seconds, micros int64
	digits, negative := strings.CutPrefix(text, "-")
	_, err := fmt.Sscanf(digits, "%d:%d:%d.%d", &hours, &minutes, &seconds, &micros)
	check(t, err)
	d := time.Duration(((hours*60+minutes)*60+seconds)*1e6+micros) * time.Microsecond
	if negative {
		return -d
	}
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
