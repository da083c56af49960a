package mysql

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"wasmysql/batch"
	types "wasmysql/internal/bindings/imports/wasmysql_mysql_types"
)

// Decimal is a DECIMAL as text, with all digits.
type Decimal = batch.DecimalValue

// Date is a DATE.
type Date = batch.DateValue

// Datetime is a DATETIME or a TIMESTAMP.
type Datetime = batch.DatetimeValue

// values checks the text of a statement and converts its arguments. batch.ValueOf lists the types.
func values(sql string, args []any) ([]types.Value, error) {
	if err := checkText("the statement", sql); err != nil {
		return nil, err
	}
	params := make([]types.Value, len(args))
	for i, arg := range args {
		value, err := batch.ValueOf(arg)
		if err != nil {
			return nil, failure(Argument, fmt.Sprintf("parameter %d: %v", i+1, err))
		}
		if value.Kind == batch.Text || value.Kind == batch.Decimal {
			if !utf8.ValidString(value.Data) {
				return nil, failure(Argument, fmt.Sprintf("parameter %d is not valid UTF-8; pass it as []byte", i+1))
			}
		}
		params[i] = parameter(value)
	}
	return params, nil
}

// checkText refuses a text that is not UTF-8. The host would end the component.
func checkText(name, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return failure(Argument, name+" is not valid UTF-8")
}

func parameter(v batch.Value) types.Value {
	switch v.Kind {
	case batch.Signed:
		return types.MakeValueSigned(int64(v.Word))
	case batch.Unsigned:
		return types.MakeValueUnsigned(v.Word)
	case batch.Float:
		return types.MakeValueFloat(math.Float32frombits(uint32(v.Word)))
	case batch.Double:
		return types.MakeValueDouble(math.Float64frombits(v.Word))
	case batch.Decimal:
		return types.MakeValueDecimal(v.Data)
	case batch.Text:
		return types.MakeValueText(v.Data)
	case batch.Bytes:
		return types.MakeValueBytes([]byte(v.Data))
	case batch.Date:
		d := batch.Unpack(v.Word)
		return types.MakeValueDate(types.Date{Year: uint16(d.Year), Month: uint8(d.Month), Day: uint8(d.Day)})
	case batch.Datetime:
		d := batch.Unpack(v.Word)
		return types.MakeValueDatetime(types.Datetime{
			Year: uint16(d.Year), Month: uint8(d.Month), Day: uint8(d.Day),
			Hour: uint8(d.Hour), Minute: uint8(d.Minute), Second: uint8(d.Second), Microsecond: uint32(d.Microsecond),
		})
	case batch.Time:
		return types.MakeValueTime(duration(batch.UnpackDuration(v.Word)))
	default:
		return types.MakeValueNull()
	}
}

func duration(d time.Duration) types.Time {
	micros := uint64(d.Abs() / time.Microsecond)
	return types.Time{
		Negative: d < 0, Hours: uint16(micros / 3600e6), Minutes: uint8(micros / 60e6 % 60),
		Seconds: uint8(micros / 1e6 % 60), Microseconds: uint32(micros % 1e6),
	}
}

// parameterRows converts the rows of ExecMany.
func parameterRows(rows [][]any) (*batch.Builder, error) {
	width := 0
	if len(rows) > 0 {
		width = len(rows[0])
	}
	builder := batch.NewBuilder(width)
	for _, row := range rows {
		if err := builder.Append(row...); err != nil {
			return nil, failure(Argument, err.Error())
		}
	}
	return builder, nil
}
