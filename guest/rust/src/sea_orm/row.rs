//! Conversion of rows for SeaORM. Each cell becomes the Rust type of its column.

use std::collections::BTreeMap;

use ::sea_orm::{ProxyRow, QueryResult, Value};

use super::calendar;
use crate::column::Column;
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;
use crate::value::ValueRef;

/// Type codes of the protocol, for types that the value alone does not distinguish.
mod code {
    pub(super) const TINYINT: u8 = 1;
    pub(super) const SMALLINT: u8 = 2;
    pub(super) const INT: u8 = 3;
    pub(super) const TIMESTAMP: u8 = 7;
    pub(super) const MEDIUMINT: u8 = 9;
    pub(super) const YEAR: u8 = 13;
    pub(super) const JSON: u8 = 245;
    pub(super) const BLOB: u8 = 252;
    pub(super) const STRING: u8 = 254;
}

/// Converts a row, so that it can be read by name and by position.
///
/// # Errors
///
/// `Decode` if the Rust type of a column can't hold the value.
pub(super) fn converted(row: &Row) -> Result<QueryResult> {
    let columns = row.columns();
    let mut values = BTreeMap::new();
    // SeaORM counts positions in the order of the keys. If that is not the order of the columns,
    // insert all columns a second time, under keys that sort first.
    let ordered = columns.is_sorted_by(|first, second| first.name < second.name);
    for (position, column) in columns.iter().enumerate() {
        let value = value(row, position, column)?;
        if !ordered {
            values.insert(format!("\0{position:04}"), value.clone());
        }
        values.entry(column.name.clone()).or_insert(value);
    }
    Ok(ProxyRow::new(values).into())
}

fn value(row: &Row, position: usize, column: &Column) -> Result<Value> {
    Ok(match row.get(position)? {
        // SeaORM reads a NULL of any type as `None` of the requested type.
        ValueRef::Null => Value::String(None),
        ValueRef::Signed(number) if is_bool(column) => (number != 0).into(),
        ValueRef::Signed(number) => match column.type_code {
            code::TINYINT => row.get::<i8>(position)?.into(),
            code::SMALLINT => row.get::<i16>(position)?.into(),
            code::INT | code::MEDIUMINT => row.get::<i32>(position)?.into(),
            _ => number.into(),
        },
        ValueRef::Unsigned(number) => match column.type_code {
            code::TINYINT => row.get::<u8>(position)?.into(),
            code::SMALLINT | code::YEAR => row.get::<u16>(position)?.into(),
            code::INT | code::MEDIUMINT => row.get::<u32>(position)?.into(),
            _ => number.into(),
        },
        ValueRef::Float(number) => number.into(),
        ValueRef::Double(number) => number.into(),
        ValueRef::Decimal(digits) => decimal(row, position, digits)?,
        ValueRef::Text(text) => self::text(column, text)?,
        ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) => self::bytes(column, bytes),
        cell @ (ValueRef::Date(_) | ValueRef::Time(_) | ValueRef::DateTime(_)) => {
            calendar::value(row, position, column.type_code == code::TIMESTAMP, cell)?
        }
        ValueRef::Raw(type_code, _) => {
            let message = format!("column `{}` has the unknown type code {type_code}", column.name);
            return Err(Error::new(ErrorKind::Decode, message));
        }
    })
}

/// Returns whether the column is a BOOLEAN, which is an alias of TINYINT(1).
fn is_bool(column: &Column) -> bool {
    column.type_code == code::TINYINT && column.length == 1
}

#[cfg(feature = "rust_decimal")]
fn decimal(row: &Row, position: usize, _: &str) -> Result<Value> {
    Ok(row.get::<rust_decimal::Decimal>(position)?.into())
}

#[cfg(not(feature = "rust_decimal"))]
fn decimal(_: &Row, _: usize, digits: &str) -> Result<Value> {
    Ok(digits.into())
}

/// Converts text, or JSON in text. MySQL has a type for JSON. MariaDB stores JSON as LONGTEXT, so a
/// LONGTEXT that looks like an object or an array is parsed.
#[cfg(feature = "serde_json")]
fn text(column: &Column, text: &str) -> Result<Value> {
    let is_long = column.type_code == code::BLOB && column.length == u32::MAX;
    if column.type_code != code::JSON && !(is_long && text.starts_with(['{', '['])) {
        return Ok(text.into());
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => Ok(json.into()),
        Err(_) if is_long => Ok(text.into()),
        Err(error) => {
            Err(Error::new(ErrorKind::Decode, format!("column `{}` does not hold valid JSON: {error}", column.name)))
        }
    }
}

#[cfg(not(feature = "serde_json"))]
fn text(_: &Column, text: &str) -> Result<Value> {
    Ok(text.into())
}

/// Converts bytes. A BINARY(16) is a UUID.
fn bytes(column: &Column, bytes: &[u8]) -> Value {
    #[cfg(feature = "uuid")]
    if column.type_code == code::STRING
        && column.length == 16
        && let Ok(uuid) = uuid::Uuid::from_slice(bytes)
    {
        return uuid.into();
    }
    let _ = column;
    bytes.to_vec().into()
}
