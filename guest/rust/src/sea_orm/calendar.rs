//! Conversion of dates and times to the types of `chrono`, or of `time` if `chrono` is not enabled.

use ::sea_orm::Value;

use crate::error::Result;
use crate::row::Row;
use crate::value::ValueRef;

#[cfg(feature = "chrono")]
mod types {
    pub(super) use chrono::{NaiveDate as Date, NaiveDateTime as DateTime, NaiveTime as Time};
    pub(super) type Timestamp = chrono::DateTime<chrono::Utc>;
}

#[cfg(all(feature = "time", not(feature = "chrono")))]
mod types {
    pub(super) use time::{Date, OffsetDateTime as Timestamp, PrimitiveDateTime as DateTime, Time};
}

/// Converts a DATE, TIME, DATETIME or TIMESTAMP. `in_utc` marks a TIMESTAMP.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn value(row: &Row, position: usize, in_utc: bool, cell: ValueRef<'_>) -> Result<Value> {
    Ok(match cell {
        ValueRef::Date(_) => row.get::<types::Date>(position)?.into(),
        ValueRef::Time(_) => row.get::<types::Time>(position)?.into(),
        _ if in_utc => row.get::<types::Timestamp>(position)?.into(),
        _ => row.get::<types::DateTime>(position)?.into(),
    })
}

/// Converts a DATE, TIME, DATETIME or TIMESTAMP to text.
#[cfg(not(any(feature = "chrono", feature = "time")))]
pub(super) fn value(row: &Row, position: usize, _: bool, cell: ValueRef<'_>) -> Result<Value> {
    Ok(match cell {
        ValueRef::Date(date) => date.to_string().into(),
        ValueRef::Time(time) => time.to_string().into(),
        _ => row.get::<crate::DateTime>(position)?.to_string().into(),
    })
}
