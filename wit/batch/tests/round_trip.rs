//! Any columns are read as they were written, and no buffer makes the reader panic.

#![expect(clippy::unwrap_used, reason = "a test fails with a panic")]

use proptest::collection::vec;
use proptest::prelude::*;
use wasmysql_batch::{Batch, Cell, Column, Date, DateTime, Kind, Time, Values, encode};

/// A cell with its own data.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Signed(i64),
    Unsigned(u64),
    Float(f32),
    Double(f64),
    Decimal(String),
    Text(String),
    Bytes(Vec<u8>),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Raw(Vec<u8>),
}

fn date() -> impl Strategy<Value = Date> {
    (0..10_000_u16, 0..13_u8, 0..32_u8).prop_map(|(year, month, day)| Date { year, month, day })
}

fn value(kind: Kind) -> BoxedStrategy<Value> {
    let bytes = || vec(any::<u8>(), 0..12);
    match kind {
        Kind::Null => unreachable!("it has no values"),
        Kind::Signed => any::<i64>().prop_map(Value::Signed).boxed(),
        Kind::Unsigned => any::<u64>().prop_map(Value::Unsigned).boxed(),
        Kind::Float => any::<f32>().prop_map(Value::Float).boxed(),
        Kind::Double => any::<f64>().prop_map(Value::Double).boxed(),
        Kind::Decimal => "-?[0-9]{1,20}\\.[0-9]{0,5}".prop_map(Value::Decimal).boxed(),
        Kind::Text => ".{0,8}".prop_map(Value::Text).boxed(),
        Kind::Bytes => bytes().prop_map(Value::Bytes).boxed(),
        Kind::Date => date().prop_map(Value::Date).boxed(),
        Kind::Time => (any::<bool>(), 0..839_u16, 0..60_u8, 0..60_u8, 0..1_000_000_u32)
            .prop_map(|(negative, hours, minutes, seconds, microseconds)| {
                Value::Time(Time { negative, hours, minutes, seconds, microseconds })
            })
            .boxed(),
        Kind::DateTime => (date(), 0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_u32)
            .prop_map(|(Date { year, month, day }, hour, minute, second, microsecond)| {
                Value::DateTime(DateTime { year, month, day, hour, minute, second, microsecond })
            })
            .boxed(),
        Kind::Raw => bytes().prop_map(Value::Raw).boxed(),
    }
}

fn cells(rows: usize) -> impl Strategy<Value = Cells> {
    (0..Kind::ALL.len()).prop_flat_map(move |code| {
        let kind = Kind::ALL[code];
        match kind {
            Kind::Null => Just((kind, vec![None; rows])).boxed(),
            _ => vec(prop::option::of(value(kind)), rows).prop_map(move |cells| (kind, cells)).boxed(),
        }
    })
}

/// A kind, and the cells of its column.
type Cells = (Kind, Vec<Option<Value>>);

fn columns() -> impl Strategy<Value = (usize, Vec<Cells>)> {
    (0..20_usize).prop_flat_map(|rows| (Just(rows), vec(cells(rows), 0..5)))
}

fn column(kind: Kind, cells: &[Option<Value>]) -> Column {
    let mut column = Column::new(kind);
    for cell in cells {
        match (column.values(), cell) {
            (_, None) => {
                column.push_null();
                continue;
            }
            (Values::Signed(values), Some(Value::Signed(value))) => values.push(*value),
            (Values::Unsigned(values), Some(Value::Unsigned(value))) => values.push(*value),
            (Values::Float(values), Some(Value::Float(value))) => values.push(*value),
            (Values::Double(values), Some(Value::Double(value))) => values.push(*value),
            (Values::Decimal(values), Some(Value::Decimal(text))) | (Values::Text(values), Some(Value::Text(text))) => {
                assert!(values.push(text.as_bytes()))
            }
            (Values::Bytes(values), Some(Value::Bytes(bytes))) | (Values::Raw(values), Some(Value::Raw(bytes))) => {
                assert!(values.push(bytes));
            }
            (Values::Date(values), Some(Value::Date(date))) => values.push(date.pack().unwrap()),
            (Values::Time(values), Some(Value::Time(time))) => values.push(time.pack().unwrap()),
            (Values::DateTime(values), Some(Value::DateTime(at))) => values.push(at.pack().unwrap()),
            (values, value) => panic!("{value:?} in {values:?}"),
        }
        column.pushed();
    }
    column
}

fn cell(value: &Option<Value>) -> Cell<'_> {
    match value {
        None => Cell::Null,
        Some(Value::Signed(value)) => Cell::Signed(*value),
        Some(Value::Unsigned(value)) => Cell::Unsigned(*value),
        Some(Value::Float(value)) => Cell::Float(*value),
        Some(Value::Double(value)) => Cell::Double(*value),
        Some(Value::Decimal(text)) => Cell::Decimal(text),
        Some(Value::Text(text)) => Cell::Text(text),
        Some(Value::Bytes(bytes)) => Cell::Bytes(bytes),
        Some(Value::Date(date)) => Cell::Date(*date),
        Some(Value::Time(time)) => Cell::Time(*time),
        Some(Value::DateTime(at)) => Cell::DateTime(*at),
        Some(Value::Raw(bytes)) => Cell::Raw(bytes),
    }
}

fn buffer(rows: usize, columns: &[Cells]) -> Vec<u8> {
    let columns: Vec<_> = columns.iter().map(|(kind, cells)| column(*kind, cells)).collect();
    encode(u32::try_from(rows).unwrap(), &columns).unwrap()
}

proptest! {
    #[test]
    fn columns_are_read_as_they_were_written((rows, columns) in columns()) {
        let data = buffer(rows, &columns);
        prop_assert!(data.len().is_multiple_of(8));
        let batch = Batch::new(u32::try_from(rows).unwrap(), data).unwrap();
        prop_assert_eq!((batch.rows(), batch.column_count()), (rows, columns.len()));
        for (view, (kind, cells)) in batch.columns().zip(&columns) {
            prop_assert_eq!(view.kind(), *kind);
            prop_assert_eq!(view.has_nulls(), *kind == Kind::Null || cells.contains(&None));
            for (row, value) in cells.iter().enumerate() {
                prop_assert_eq!(view.cell(row), Some(cell(value)));
            }
            prop_assert!(view.cell(rows).is_none() && view.is_null(rows));
        }
    }

    /// Changed bytes are refused, or every cell can still be read.
    #[test]
    fn changed_buffer_is_refused_or_readable(
        (rows, columns) in columns(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        removed in 0..9_usize,
        more_rows in 0..3_u32,
    ) {
        let mut data = buffer(rows, &columns);
        for (index, byte) in changes {
            let at = index.index(data.len());
            data[at] = byte;
        }
        data.truncate(data.len() - removed.min(data.len()));
        let Ok(batch) = Batch::new(u32::try_from(rows).unwrap() + more_rows, data) else { return Ok(()) };
        for view in batch.columns() {
            for row in 0..batch.rows() {
                prop_assert!(view.cell(row).is_some());
            }
        }
    }
}
