package batch

import (
	"fmt"
	"math"
	"reflect"
	"time"
)

// DecimalValue is a DECIMAL as text, with all digits.
type DecimalValue string

// Value is one parameter, in the form that a batch stores.
type Value struct {
	Kind Kind
	// Word holds a value of fixed width: an integer, the bits of a float, or a packed date or time.
	Word uint64
	// Data holds a value of a variable kind.
	Data string
}

// ValueOf converts a Go value to a parameter:
//
//   - nil, a nil pointer, a nil []byte: NULL
//   - integers, bool: Signed or Unsigned
//   - float32, float64: Float, Double
//   - string: Text; []byte: Bytes; DecimalValue: Decimal
//   - time.Time: Datetime, in UTC; time.Duration: Time
//   - DateValue, DatetimeValue: Date, Datetime
//
// A pointer stands for the value that it points to, and a named type for its underlying type.
func ValueOf(v any) (Value, error) {
	switch v := v.(type) {
	case nil:
		return Value{}, nil
	case int:
		return Value{Kind: Signed, Word: uint64(v)}, nil
	case int64:
		return Value{Kind: Signed, Word: uint64(v)}, nil
	case uint64:
		return Value{Kind: Unsigned, Word: v}, nil
	case float64:
		return Value{Kind: Double, Word: math.Float64bits(v)}, nil
	case string:
		return Value{Kind: Text, Data: v}, nil
	case []byte:
		if v == nil {
			return Value{}, nil
		}
		return Value{Kind: Bytes, Data: string(v)}, nil
	case DecimalValue:
		return Value{Kind: Decimal, Data: string(v)}, nil
	case time.Time:
		return ValueOf(fromTime(v))
	case DatetimeValue:
		if !v.fits() {
			return Value{}, fmt.Errorf("%v is out of the range of DATETIME, years 0 to 9999", v)
		}
		return Value{Kind: Datetime, Word: v.pack()}, nil
	case DateValue:
		at := DatetimeValue{DateValue: v}
		if !at.fits() {
			return Value{}, fmt.Errorf("%v is out of the range of DATE, years 0 to 9999", v)
		}
		return Value{Kind: Date, Word: at.pack()}, nil
	case time.Duration:
		word, ok := packDuration(v)
		if !ok {
			return Value{}, fmt.Errorf("%v is out of the range of TIME, -838:59:59 to 838:59:59", v)
		}
		return Value{Kind: Time, Word: word}, nil
	default:
		return valueOfOther(v)
	}
}

// valueOfOther converts a pointer, and a value of a named type.
func valueOfOther(v any) (Value, error) {
	switch value := reflect.ValueOf(v); value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return Value{}, nil
		}
		return ValueOf(value.Elem().Interface())
	case reflect.Bool:
		if value.Bool() {
			return Value{Kind: Signed, Word: 1}, nil
		}
		return Value{Kind: Signed}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Value{Kind: Signed, Word: uint64(value.Int())}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Value{Kind: Unsigned, Word: value.Uint()}, nil
	case reflect.Float32:
		return Value{Kind: Float, Word: uint64(math.Float32bits(float32(value.Float())))}, nil
	case reflect.Float64:
		return Value{Kind: Double, Word: math.Float64bits(value.Float())}, nil
	case reflect.String:
		return Value{Kind: Text, Data: value.String()}, nil
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return ValueOf(value.Bytes())
		}
	}
	return Value{}, fmt.Errorf("a %T can't be a parameter; pass an integer, a float, a string, []byte or a time", v)
}
