//! A single value of the contract.

pub(crate) use wasmysql_batch::{Date, DateTime, Time};

use super::decimal;

/// A value whose type the contract does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawValue {
    pub(crate) type_code: u8,
}

/// A parameter or a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
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
    Raw(RawValue),
}

impl Value {
    /// Returns the approximate bytes of the value in a packet, for limits.
    pub(crate) fn size(&self) -> usize {
        match self {
            Value::Null => 1,
            Value::Decimal(text) | Value::Text(text) => text.len() + 4,
            Value::Bytes(bytes) => bytes.len() + 4,
            _ => 13,
        }
    }

    /// Returns an error message if the value can't be sent. The server would silently coerce some
    /// of these values, and others would break the connection.
    pub(crate) fn defect(&self) -> Option<String> {
        match self {
            Value::Float(number) if !number.is_finite() => {
                Some(format!("{number} can't be sent; MySQL stores finite numbers only"))
            }
            Value::Double(number) if !number.is_finite() => {
                Some(format!("{number} can't be sent; MySQL stores finite numbers only"))
            }
            Value::Decimal(text) => decimal::scale(text).err().map(str::to_owned),
            Value::Date(date) if !is_date(date.year, date.month, date.day) => {
                Some(format!("{:04}-{:02}-{:02} is not a date", date.year, date.month, date.day))
            }
            Value::DateTime(at) if !is_date(at.year, at.month, at.day) => {
                Some(format!("{:04}-{:02}-{:02} is not a date", at.year, at.month, at.day))
            }
            Value::DateTime(at) if at.hour > 23 || at.minute > 59 || at.second > 59 || at.microsecond > 999_999 => {
                Some("a field of the datetime is out of range (at most 23:59:59.999999)".to_owned())
            }
            Value::Time(time)
                if time.hours > 838 || time.minutes > 59 || time.seconds > 59 || time.microseconds > 999_999 =>
            {
                Some("a field of the time is out of range (at most 838:59:59.999999)".to_owned())
            }
            _ => None,
        }
    }
}

/// Returns whether the calendar has this day. Year, month and day can each be zero, as in MySQL.
fn is_date(year: u16, month: u8, day: u8) -> bool {
    let last = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || (year.is_multiple_of(400) && year > 0)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    year <= 9999 && month <= 12 && day <= last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_and_partial_dates_are_accepted() {
        for good in [(0, 0, 0), (2024, 0, 31), (2024, 2, 0), (2024, 2, 29), (2000, 2, 29), (9999, 12, 31)] {
            assert!(is_date(good.0, good.1, good.2), "{good:?}");
        }
        for bad in [(0, 2, 29), (1900, 2, 29), (2023, 2, 29), (2024, 4, 31), (2024, 13, 1), (10_000, 1, 1), (1, 0, 32)]
        {
            assert!(!is_date(bad.0, bad.1, bad.2), "{bad:?}");
        }
    }
}
