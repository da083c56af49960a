use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::TimeUnit;
use wasmysql_batch::{Column as Cells, Values, VarWidth, encode};

use super::*;
use crate::bindings::types::RowBatch;
use crate::column::ColumnKind;
use crate::column::tests::column;

/// A batch of 3 rows, of which the second is NULL.
fn batch(columns: Vec<(Column, Values)>) -> Batch {
    let cells = |values| Cells::from_parts([true, false, true].into_iter().collect(), values).unwrap();
    let (columns, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let data = encode(3, &values.into_iter().map(cells).collect::<Vec<_>>()).unwrap();
    Batch::new(&columns.into(), RowBatch { rows: 3, data }).unwrap()
}

fn of(name: &str, kind: ColumnKind, type_code: u8) -> Column {
    Column { kind, ..column(name, type_code) }
}

fn texts(texts: [&str; 3]) -> VarWidth {
    let mut var = VarWidth::new();
    assert!(texts.iter().all(|text| var.push(text.as_bytes())));
    var
}

fn decimal(length: u32, decimals: u8, digits: [&str; 3]) -> Result<ArrayRef> {
    let column = Column { length, decimals, ..of("price", ColumnKind::Decimal, 246) };
    batch(vec![(column, Values::Decimal(texts(digits)))]).to_arrow().map(|batch| Arc::clone(batch.column(0)))
}

#[test]
fn numbers_text_and_bytes_are_shared() {
    let batch = batch(vec![
        (of("id", ColumnKind::Signed, 8), Values::Signed(vec![-7, 0, i64::MAX])),
        (of("count", ColumnKind::Unsigned, 8), Values::Unsigned(vec![1, 0, u64::MAX])),
        (of("ratio", ColumnKind::Double, 5), Values::Double(vec![0.5, 0.0, -1.5])),
        (of("share", ColumnKind::Float, 4), Values::Float(vec![0.5, 0.0, -1.5])),
        (of("name", ColumnKind::Text, 253), Values::Text(texts(["één", "", "z"]))),
        (of("data", ColumnKind::Bytes, 252), Values::Bytes(texts(["ab", "", "c"]))),
    ]);
    let arrow = batch.to_arrow().unwrap();
    assert_eq!(
        arrow.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(),
        ["id", "count", "ratio", "share", "name", "data"]
    );
    assert_eq!(
        arrow.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(),
        [Some(-7), None, Some(i64::MAX)]
    );
    assert_eq!(
        arrow.column(1).as_primitive::<UInt64Type>().iter().collect::<Vec<_>>(),
        [Some(1), None, Some(u64::MAX)]
    );
    assert_eq!(arrow.column(2).as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(0.5), None, Some(-1.5)]);
    assert_eq!(arrow.column(3).as_primitive::<Float32Type>().iter().collect::<Vec<_>>(), [Some(0.5), None, Some(-1.5)]);
    assert_eq!(arrow.column(4).as_string::<i32>().iter().collect::<Vec<_>>(), [Some("één"), None, Some("z")]);
    let bytes: Vec<_> = arrow.column(5).as_binary::<i32>().iter().collect();
    assert_eq!(bytes, [Some(b"ab".as_slice()), None, Some(b"c")]);
    let within = batch.checked().data().as_ptr_range();
    let data = [arrow.column(0).to_data(), arrow.column(4).to_data()];
    for buffer in data.iter().flat_map(|data| data.buffers()) {
        assert!(within.contains(&buffer.as_ptr()), "the buffer is a copy");
    }
    drop(batch);
    assert_eq!(arrow.column(4).as_string::<i32>().value(0), "één", "the record batch keeps the values");
}

#[test]
fn dates_and_times_are_converted() {
    let date = |year, month, day| Date { year, month, day }.pack().unwrap();
    let at = DateTime { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70 };
    let time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };
    let arrow = batch(vec![
        (of("day", ColumnKind::Date, 10), Values::Date(vec![date(1970, 1, 1), 0, date(2024, 2, 29)])),
        (of("took", ColumnKind::Time, 11), Values::Time(vec![time.pack().unwrap(), 0, 0])),
        (of("at", ColumnKind::Datetime, 12), Values::DateTime(vec![at.pack().unwrap(), 0, date(1, 1, 1)])),
        (of("seen", ColumnKind::Datetime, 7), Values::DateTime(vec![date(1970, 1, 2), 0, date(9999, 12, 31)])),
    ])
    .to_arrow()
    .unwrap();
    assert_eq!(arrow.column(0).as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(0), None, Some(19_782)]);
    let took = arrow.column(1).as_primitive::<DurationMicrosecondType>();
    assert_eq!(took.iter().collect::<Vec<_>>(), [Some(-3_020_399_999_999), None, Some(0)]);
    let times = arrow.column(2).as_primitive::<TimestampMicrosecondType>();
    let expected = [Some(1_709_211_909_000_070), None, Some(-62_135_596_800_000_000)];
    assert_eq!(times.iter().collect::<Vec<_>>(), expected);
    assert_eq!(times.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, None));
    let seen = arrow.column(3).as_primitive::<TimestampMicrosecondType>();
    assert_eq!(seen.values()[..], [86_400_000_000, 0, 253_402_214_400_000_000]);
    assert_eq!(seen.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
}

#[test]
fn zero_date_is_an_error_with_its_row() {
    let columns =
        vec![(of("day", ColumnKind::Date, 10), Values::Date(vec![1 << 46 | 1 << 42 | 1 << 37, 0, 2024 << 46]))];
    let error = batch(columns).to_arrow().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Decode);
    assert!(error.message().starts_with("column `day` (DATE) holds 2024-00-00 at row 2"), "{error}");
}

#[test]
fn decimals_have_the_precision_of_the_column() {
    let array = decimal(12, 2, ["-12345.67", "", "0.50"]).unwrap();
    assert_eq!(array.data_type(), &DataType::Decimal128(10, 2));
    let values: Vec<_> = array.as_primitive::<Decimal128Type>().iter().collect();
    assert_eq!(values, [Some(-1_234_567), None, Some(50)]);

    let nines = "9".repeat(65);
    let array = decimal(66, 0, [&nines, "", "-1"]).unwrap();
    assert_eq!(array.data_type(), &DataType::Decimal256(65, 0));
    assert_eq!(array.as_primitive::<Decimal256Type>().value(0).to_string(), nines);

    let error = decimal(12, 2, ["1.005", "", "0"]).unwrap_err();
    assert!(error.message().contains("holds 1.005 at row 0 of its batch, which has more digits"), "{error}");
}
