//! Dates and times, as the types of the crate whose feature is on: chrono's before time's.

use crate::error::Result;
use crate::row::Row;
use crate::value::ValueRef;
use ::sea_orm::Value;

#[cfg(feature = "chrono")]
mod types {
    pub(super) use chrono::{NaiveDate as Date, NaiveDateTime as DateTime, NaiveTime as Time};
    pub(super) type Timestamp = chrono::DateTime<chrono::Utc>;
}

#[cfg(all(feature = "time", not(feature = "chrono")))]
mod types {
    pub(super) use time::{Date, OffsetDateTime as Timestamp, PrimitiveDateTime as DateTime, Time};
}

/// A DATE, TIME, DATETIME or TIMESTAMP, which is the one in UTC.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn value(row: &Row, position: usize, in_utc: bool, cell: ValueRef<'_>) -> Result<Value> {
    Ok(match cell {
        ValueRef::Date(_) => row.get::<types::Date>(position)?.into(),
        ValueRef::Time(_) => row.get::<types::Time>(position)?.into(),
        _ if in_utc => row.get::<types::Timestamp>(position)?.into(),
        _ => row.get::<types::DateTime>(position)?.into(),
    })
}

/// The text of a DATE, TIME, DATETIME or TIMESTAMP.
#[cfg(not(any(feature = "chrono", feature = "time")))]
pub(super) fn value(row: &Row, position: usize, _: bool, cell: ValueRef<'_>) -> Result<Value> {
    Ok(match cell {
        ValueRef::Date(date) => date.to_string().into(),
        ValueRef::Time(time) => time.to_string().into(),
        _ => row.get::<crate::DateTime>(position)?.to_string().into(),
    })
}
