//! Converts rows and columns of the driver. Each cell is appended directly to its column of the
//! batch.

use std::str::FromStr;

use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Row, Value as Cell};
use wasmysql_batch::{Column as Cells, Values};

use crate::sql::without_casts;
use crate::types::{BatchBuilder, Column, ColumnKind, Date, DateTime, Error, ErrorKind, Limit, Result, Time};

/// The collation id of bytes. Only this id distinguishes bytes from text, because the BINARY flag
/// is also set for text (JSON, UUID and `_bin` collations).
const BINARY: u16 = 63;

/// Converts the description of a column.
pub(super) fn column(driver: &mysql_async::Column) -> Column {
    Column {
        name: without_casts(&driver.name_str()).into_owned(),
        table: driver.table_str().into_owned(),
        kind: kind(driver),
        type_code: driver.column_type() as u8,
        flags: driver.flags().bits(),
        charset: driver.character_set(),
        length: driver.column_length(),
        decimals: driver.decimals(),
    }
}

fn kind(driver: &mysql_async::Column) -> ColumnKind {
    use ColumnType as Type;
    match driver.column_type() {
        Type::MYSQL_TYPE_NULL => ColumnKind::Null,
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_LONGLONG
            if driver.flags().contains(ColumnFlags::UNSIGNED_FLAG) =>
        {
            ColumnKind::Unsigned
        }
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_LONGLONG => ColumnKind::Signed,
        Type::MYSQL_TYPE_YEAR => ColumnKind::Unsigned,
        Type::MYSQL_TYPE_FLOAT => ColumnKind::Float,
        Type::MYSQL_TYPE_DOUBLE => ColumnKind::Double,
        Type::MYSQL_TYPE_DECIMAL | Type::MYSQL_TYPE_NEWDECIMAL => ColumnKind::Decimal,
        Type::MYSQL_TYPE_DATE | Type::MYSQL_TYPE_NEWDATE => ColumnKind::Date,
        Type::MYSQL_TYPE_TIME | Type::MYSQL_TYPE_TIME2 => ColumnKind::Time,
        Type::MYSQL_TYPE_DATETIME
        | Type::MYSQL_TYPE_DATETIME2
        | Type::MYSQL_TYPE_TIMESTAMP
        | Type::MYSQL_TYPE_TIMESTAMP2 => ColumnKind::DateTime,
        Type::MYSQL_TYPE_BIT | Type::MYSQL_TYPE_GEOMETRY | Type::MYSQL_TYPE_VECTOR => ColumnKind::Bytes,
        Type::MYSQL_TYPE_JSON => ColumnKind::Text,
        Type::MYSQL_TYPE_VARCHAR
        | Type::MYSQL_TYPE_VAR_STRING
        | Type::MYSQL_TYPE_STRING
        | Type::MYSQL_TYPE_ENUM
        | Type::MYSQL_TYPE_SET
        | Type::MYSQL_TYPE_TINY_BLOB
        | Type::MYSQL_TYPE_MEDIUM_BLOB
        | Type::MYSQL_TYPE_LONG_BLOB
        | Type::MYSQL_TYPE_BLOB => match driver.character_set() {
            BINARY => ColumnKind::Bytes,
            _ => ColumnKind::Text,
        },
        _ => ColumnKind::Raw,
    }
}

/// Appends a row to the batch.
///
/// # Errors
///
/// Fails with `limit-exceeded(row-bytes)` if the texts and bytes of the row are longer than
/// `row_bytes` in total. Fails with `value-unsupported` if a cell does not fit the type of its
/// column.
pub(super) fn push(batch: &mut BatchBuilder, row: Row, row_bytes: usize) -> Result<()> {
    let mut bytes = 0;
    for (index, (cells, value)) in batch.cells().iter_mut().zip(row.unwrap_raw()).enumerate() {
        let value = value.unwrap_or(Cell::NULL);
        if let Cell::Bytes(data) = &value {
            bytes += data.len();
        }
        if !push_cell(cells, value) {
            return Err(Error::new(
                ErrorKind::ValueUnsupported,
                format!("column {index} of the result has a value that does not fit the column's type"),
            ));
        }
    }
    check_size(bytes, row_bytes)?;
    batch.row_done(bytes);
    Ok(())
}

/// Returns an error if a row is too large to be returned.
pub(super) fn check(row: &Row, row_bytes: usize) -> Result<()> {
    let bytes = |index| match row.as_ref(index) {
        Some(Cell::Bytes(data)) => data.len(),
        _ => 0,
    };
    check_size((0..row.len()).map(bytes).sum(), row_bytes)
}

fn check_size(bytes: usize, allowed: usize) -> Result<()> {
    if bytes <= allowed {
        return Ok(());
    }
    Err(Error::limit(
        Limit::RowBytes,
        format!(
            "a row of the result has {bytes} bytes, but the grant allows {allowed}; select fewer or shorter columns"
        ),
    ))
}

/// Appends a cell. Returns `false` if it does not fit the type of its column.
fn push_cell(cells: &mut Cells, value: Cell) -> bool {
    if matches!(value, Cell::NULL) {
        cells.push_null();
        return true;
    }
    let fits = match (cells.values(), value) {
        (Values::Signed(values), Cell::Int(number)) => {
            values.push(number);
            true
        }
        (Values::Unsigned(values), Cell::UInt(number)) => {
            values.push(number);
            true
        }
        (Values::Signed(values), Cell::UInt(number)) => push_converted(values, number),
        (Values::Unsigned(values), Cell::Int(number)) => push_converted(values, number),
        (Values::Float(values), Cell::Float(number)) => {
            values.push(number);
            true
        }
        (Values::Double(values), Cell::Double(number)) => {
            values.push(number);
            true
        }
        // Numbers of the text protocol.
        (Values::Signed(values), Cell::Bytes(text)) => push_parsed(values, &text),
        (Values::Unsigned(values), Cell::Bytes(text)) => push_parsed(values, &text),
        (Values::Float(values), Cell::Bytes(text)) => push_parsed(values, &text),
        (Values::Double(values), Cell::Bytes(text)) => push_parsed(values, &text),
        (
            Values::Text(values) | Values::Bytes(values) | Values::Decimal(values) | Values::Raw(values),
            Cell::Bytes(bytes),
        ) => values.push(&bytes),
        (Values::Date(values), Cell::Date(year, month, day, ..)) => {
            push_packed(values, Date { year, month, day }.pack())
        }
        (Values::DateTime(values), Cell::Date(year, month, day, hour, minute, second, microsecond)) => {
            push_packed(values, DateTime { year, month, day, hour, minute, second, microsecond }.pack())
        }
        (Values::Time(values), Cell::Time(negative, days, hours, minutes, seconds, microseconds)) => {
            match u16::try_from(u64::from(days) * 24 + u64::from(hours)) {
                Ok(hours) => push_packed(values, Time { negative, hours, minutes, seconds, microseconds }.pack()),
                Err(_) => false,
            }
        }
        _ => false,
    };
    if fits {
        cells.pushed();
    }
    fits
}

fn push_converted<Number, Other: TryInto<Number>>(values: &mut Vec<Number>, number: Other) -> bool {
    match number.try_into() {
        Ok(number) => {
            values.push(number);
            true
        }
        Err(_) => false,
    }
}

/// Appends the word of a date or time. It is absent if a field has an impossible value.
fn push_packed(values: &mut Vec<u64>, word: Option<u64>) -> bool {
    values.extend(word);
    word.is_some()
}

fn push_parsed<Number: FromStr>(values: &mut Vec<Number>, text: &[u8]) -> bool {
    match str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
        Some(number) => {
            values.push(number);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::BatchSizes;

    /// Pushes a cell of the text protocol. Returns the values of its column.
    fn pushed(ty: ColumnType, flags: ColumnFlags, text: &str) -> Option<Values> {
        let column = column(&mysql_async::Column::new(ty).with_flags(flags));
        let mut batch = BatchBuilder::new(&[column], 1, usize::MAX, &BatchSizes::first());
        let cells = &mut batch.cells()[0];
        push_cell(cells, Cell::Bytes(text.into())).then(|| cells.values().clone())
    }

    #[test]
    fn numbers_of_the_text_protocol_are_parsed() {
        let (signed, unsigned) = (ColumnFlags::empty(), ColumnFlags::UNSIGNED_FLAG);
        let of_longlong = |flags, text| pushed(ColumnType::MYSQL_TYPE_LONGLONG, flags, text);
        assert_eq!(of_longlong(signed, "-5"), Some(Values::Signed(vec![-5])));
        assert_eq!(of_longlong(unsigned, "18446744073709551615"), Some(Values::Unsigned(vec![u64::MAX])));
        assert_eq!(of_longlong(unsigned, "-5"), None);
        assert_eq!(of_longlong(signed, "five"), None);
        let time = |hours| {
            let column = column(&mysql_async::Column::new(ColumnType::MYSQL_TYPE_TIME));
            let mut batch = BatchBuilder::new(&[column], 1, usize::MAX, &BatchSizes::first());
            push_cell(&mut batch.cells()[0], Cell::Time(true, 34, hours, 59, 59, 999_999))
        };
        assert_eq!((time(22), time(255)), (true, false), "838 hours fit, 1071 do not");
        let double = pushed(ColumnType::MYSQL_TYPE_DOUBLE, signed, "11.11");
        assert_eq!(double, Some(Values::Double(vec![11.11])));
    }
}
