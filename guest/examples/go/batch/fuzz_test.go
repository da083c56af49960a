package batch_test

import (
	"testing"

	"wasmysql/batch"
)

// A buffer is refused, or all its values can be read and written again.
func FuzzRead(f *testing.F) {
	for _, file := range []string{"values.json", "malformed.json"} {
		for _, v := range vectors(f, file) {
			f.Add(v.Rows, bytesOf(f, v.Data))
		}
	}
	f.Fuzz(func(t *testing.T, rows uint32, data []byte) {
		columns, err := batch.Read(rows, data)
		if err != nil || len(columns) == 0 {
			return
		}
		builder := batch.NewBuilder(len(columns))
		for row := range int(min(rows, 100)) {
			values := make([]any, len(columns))
			for i := range columns {
				values[i] = value(&columns[i], row)
			}
			if err := builder.Append(values...); err != nil {
				return // for example a year of 5 digits
			}
		}
		if _, err := batch.Read(builder.Rows(), builder.Encode()); err != nil {
			t.Fatal(err)
		}
	})
}

func value(column *batch.Column, row int) any {
	if column.IsNull(row) {
		return nil
	}
	switch column.Kind() {
	case batch.Signed:
		return column.Int64s()[row]
	case batch.Unsigned:
		return column.Uint64s()[row]
	case batch.Float:
		return column.Float32s()[row]
	case batch.Double:
		return column.Float64s()[row]
	case batch.Decimal:
		return batch.DecimalValue(column.Text(row))
	case batch.Text:
		return column.Text(row)
	case batch.Date:
		return column.Datetime(row).DateValue
	case batch.Datetime:
		return column.Datetime(row)
	case batch.Time:
		return column.Duration(row)
	default:
		return column.Bytes(row)
	}
}
