package mysql

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"wasmysql/batch"
)

func mismatch(column *batch.Column, dest any) error {
	return fmt.Errorf("a value of kind %v can't be scanned into a %T%s", column.Kind(), dest, hint(column))
}

// unfit is the error of a number that the variable can't hold.
func unfit(column *batch.Column, row int, dest any) error {
	name := strings.TrimPrefix(fmt.Sprintf("%T", dest), "*")
	return fmt.Errorf("%s does not fit a %s%s", text(column, row), name, hint(column))
}

func hint(column *batch.Column) string {
	if column.Kind() == batch.Decimal {
		return "; scan into a *mysql.Decimal or a *string, or CAST the column"
	}
	return ""
}

type signedInteger interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

func signed[T signedInteger](column *batch.Column, row int, dest *T) error {
	var number int64
	switch column.Kind() {
	case batch.Signed:
		number = int64(column.Word(row))
	case batch.Unsigned:
		word := column.Word(row)
		if word > math.MaxInt64 {
			return unfit(column, row, dest)
		}
		number = int64(word)
	case batch.Decimal:
		parsed, err := strconv.ParseInt(column.Text(row), 10, 64)
		if err != nil {
			return unfit(column, row, dest)
		}
		number = parsed
	default:
		return mismatch(column, dest)
	}
	*dest = T(number)
	if int64(*dest) != number {
		return unfit(column, row, dest)
	}
	return nil
}

type unsignedInteger interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func unsigned[T unsignedInteger](column *batch.Column, row int, dest *T) error {
	var number uint64
	switch column.Kind() {
	case batch.Unsigned:
		number = column.Word(row)
	case batch.Signed:
		word := int64(column.Word(row))
		if word < 0 {
			return unfit(column, row, dest)
		}
		number = uint64(word)
	case batch.Decimal:
		parsed, err := strconv.ParseUint(column.Text(row), 10, 64)
		if err != nil {
			return unfit(column, row, dest)
		}
		number = parsed
	default:
		return mismatch(column, dest)
	}
	*dest = T(number)
	if uint64(*dest) != number {
		return unfit(column, row, dest)
	}
	return nil
}

// maxExact is the largest integer up to which a float64 holds all integers.
const maxExact = 1 << 53

func float(column *batch.Column, row int, dest *float64) error {
	fits := true
	switch column.Kind() {
	case batch.Double:
		*dest = math.Float64frombits(column.Word(row))
	case batch.Float:
		*dest = float64(column.Float32s()[row])
	case batch.Signed:
		number := int64(column.Word(row))
		*dest = float64(number)
		fits = -maxExact <= number && number <= maxExact
	case batch.Unsigned:
		number := column.Word(row)
		*dest = float64(number)
		fits = number <= maxExact
	case batch.Decimal:
		*dest, fits = parse(column.Text(row))
	default:
		return mismatch(column, dest)
	}
	if !fits {
		return unfit(column, row, dest)
	}
	return nil
}

// parse returns a decimal as a float64, and whether the float64 has all its digits: whether it
// prints as the same number.
func parse(digits string) (float64, bool) {
	number, err := strconv.ParseFloat(digits, 64)
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	return number, err == nil && strconv.FormatFloat(number, 'f', -1, 64) == digits
}

func text(column *batch.Column, row int) string {
	switch column.Kind() {
	case batch.Signed:
		return strconv.FormatInt(int64(column.Word(row)), 10)
	case batch.Unsigned:
		return strconv.FormatUint(column.Word(row), 10)
	case batch.Float:
		return strconv.FormatFloat(float64(column.Float32s()[row]), 'g', -1, 32)
	case batch.Double:
		return strconv.FormatFloat(math.Float64frombits(column.Word(row)), 'g', -1, 64)
	case batch.Date:
		return column.Datetime(row).DateValue.String()
	case batch.Datetime:
		return column.Datetime(row).String()
	case batch.Time:
		return timeText(column.Duration(row))
	default:
		return column.Text(row)
	}
}

// timeText returns a TIME as MySQL writes it, hh:mm:ss.ffffff.
func timeText(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign = "-"
	}
	t := duration(d)
	return fmt.Sprintf("%s%02d:%02d:%02d.%06d", sign, t.Hours, t.Minutes, t.Seconds, t.Microseconds)
}
