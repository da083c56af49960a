//! Values: parameters of statements, and cells of results.

use std::borrow::Cow;
use std::fmt;

pub use crate::bindings::types::{Date, Datetime as DateTime, RawValue, Time, Value};

/// A DECIMAL as its exact digits, for example `-12345.6700`.
///
/// The host checks it as a parameter: a text that is not a number is an `Argument` error.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Creates a DECIMAL from its digits.
    pub fn new(digits: impl Into<String>) -> Self {
        Self(digits.into())
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A cell of a result, borrowed from its batch.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'r> {
    /// SQL NULL.
    Null,
    /// TINYINT to BIGINT.
    Signed(i64),
    /// TINYINT UNSIGNED to BIGINT UNSIGNED, YEAR.
    Unsigned(u64),
    /// FLOAT.
    Float(f32),
    /// DOUBLE.
    Double(f64),
    /// DECIMAL, with all digits.
    Decimal(&'r str),
    /// Text: CHAR, VARCHAR, TEXT, ENUM, SET, JSON.
    Text(&'r str),
    /// Bytes: BINARY, VARBINARY, BLOB, GEOMETRY.
    Bytes(&'r [u8]),
    /// BIT, as at most eight bytes, big-endian.
    Bit(&'r [u8]),
    /// DATE.
    Date(Date),
    /// TIME.
    Time(Time),
    /// DATETIME, TIMESTAMP.
    DateTime(DateTime),
    /// A value of a type unknown to the contract: the protocol's type code, and the bytes that the
    /// server sent.
    Raw(u8, &'r [u8]),
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Signed(value) => Self::Signed(value),
            ValueRef::Unsigned(value) => Self::Unsigned(value),
            ValueRef::Float(value) => Self::Float(value),
            ValueRef::Double(value) => Self::Double(value),
            ValueRef::Decimal(digits) => Self::Decimal(digits.to_owned()),
            ValueRef::Text(text) => Self::Text(text.to_owned()),
            ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) => Self::Bytes(bytes.to_owned()),
            ValueRef::Date(date) => Self::Date(date),
            ValueRef::Time(time) => Self::Time(time),
            ValueRef::DateTime(datetime) => Self::Datetime(datetime),
            ValueRef::Raw(type_code, data) => Self::Raw(RawValue { type_code, data: data.to_owned() }),
        }
    }
}

/// Implements `From` for a type, with an expression that converts it.
macro_rules! from {
    ($($type:ty: $value:ident => $expression:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $expression
            }
        }
    )*};
}

from! {
    bool: value => Self::Signed(value.into());
    i8: value => Self::Signed(value.into());
    i16: value => Self::Signed(value.into());
    i32: value => Self::Signed(value.into());
    i64: value => Self::Signed(value);
    // A pointer has at most 64 bits, so the cast is exact.
    isize: value => Self::Signed(value as i64);
    u8: value => Self::Unsigned(value.into());
    u16: value => Self::Unsigned(value.into());
    u32: value => Self::Unsigned(value.into());
    u64: value => Self::Unsigned(value);
    usize: value => Self::Unsigned(value as u64);
    f32: value => Self::Float(value);
    f64: value => Self::Double(value);
    Decimal: value => Self::Decimal(value.0);
    &str: value => Self::Text(value.to_owned());
    &String: value => Self::Text(value.clone());
    String: value => Self::Text(value);
    Cow<'_, str>: value => Self::Text(value.into_owned());
    Box<str>: value => Self::Text(value.into());
    Date: value => Self::Date(value);
    Time: value => Self::Time(value);
    DateTime: value => Self::Datetime(value);
}

impl<T: Into<Value> + Clone> From<&Option<T>> for Value {
    fn from(value: &Option<T>) -> Self {
        value.clone().into()
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Date {
    /// Returns the date as the word of the contract, in which dates and datetimes compare as
    /// numbers. `None` if a field is out of range.
    pub fn pack(self) -> Option<u64> {
        let Self { year, month, day } = self;
        wasmysql_batch::Date { year, month, day }.pack()
    }

    /// Returns the date of a word of [`ColumnView::as_packed`](crate::ColumnView::as_packed).
    #[inline]
    pub fn unpack(word: u64) -> Self {
        let wasmysql_batch::Date { year, month, day } = wasmysql_batch::Date::unpack(word);
        Self { year, month, day }
    }
}

impl Time {
    /// Returns the time as the word of the contract. `None` if a field is out of range.
    pub fn pack(self) -> Option<u64> {
        let Self { negative, hours, minutes, seconds, microseconds } = self;
        wasmysql_batch::Time { negative, hours, minutes, seconds, microseconds }.pack()
    }

    /// Returns the time of a word of [`ColumnView::as_packed`](crate::ColumnView::as_packed).
    #[inline]
    pub fn unpack(word: u64) -> Self {
        let time = wasmysql_batch::Time::unpack(word);
        let wasmysql_batch::Time { negative, hours, minutes, seconds, microseconds } = time;
        Self { negative, hours, minutes, seconds, microseconds }
    }
}

impl DateTime {
    /// Returns the datetime as the word of the contract, in which dates and datetimes compare as
    /// numbers. `None` if a field is out of range.
    pub fn pack(self) -> Option<u64> {
        let Self { year, month, day, hour, minute, second, microsecond } = self;
        wasmysql_batch::DateTime { year, month, day, hour, minute, second, microsecond }.pack()
    }

    /// Returns the datetime of a word of [`ColumnView::as_packed`](crate::ColumnView::as_packed).
    #[inline]
    pub fn unpack(word: u64) -> Self {
        let at = wasmysql_batch::DateTime::unpack(word);
        let wasmysql_batch::DateTime { year, month, day, hour, minute, second, microsecond } = at;
        Self { year, month, day, hour, minute, second, microsecond }
    }
}

/// Displays `2013-01-31`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Displays `-838:59:59`, with six more digits if the microseconds are not zero.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        write!(f, "{sign}{:02}:{:02}:{:02}", self.hours, self.minutes, self.seconds)?;
        fraction(self.microseconds, f)
    }
}

/// Displays `2013-01-31 23:59:59`, with six more digits if the microseconds are not zero.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, microsecond } = *self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")?;
        fraction(microsecond, f)
    }
}

/// Displays the value as plain text: NULL, a number, a date or a time as MySQL writes it, a text as
/// it is, and bytes as `0x` and hexadecimal digits.
///
/// # Examples
///
/// ```
/// use wasmysql::{Value, ValueRef};
///
/// let cells = [ValueRef::Signed(-7), ValueRef::Text("Ada"), ValueRef::Bytes(&[0, 255]), ValueRef::Null];
/// let shown: Vec<String> = cells.iter().map(|cell| cell.to_string()).collect();
/// assert_eq!(shown, ["-7", "Ada", "0x00ff", "NULL"]);
/// assert_eq!(Value::from(0.5).to_string(), "0.5");
/// ```
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Null => f.pad("NULL"),
            Self::Signed(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::Decimal(text) | Self::Text(text) => f.pad(text),
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::DateTime(at) => at.fmt(f),
            Self::Bytes(bytes) | Self::Bit(bytes) | Self::Raw(_, bytes) => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// Displays the value as [`ValueRef`] does.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => ValueRef::Null,
            Self::Signed(value) => ValueRef::Signed(*value),
            Self::Unsigned(value) => ValueRef::Unsigned(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::Double(value) => ValueRef::Double(*value),
            Self::Decimal(digits) => ValueRef::Decimal(digits),
            Self::Text(text) => ValueRef::Text(text),
            Self::Bytes(bytes) => ValueRef::Bytes(bytes),
            Self::Date(date) => ValueRef::Date(*date),
            Self::Time(time) => ValueRef::Time(*time),
            Self::Datetime(at) => ValueRef::DateTime(*at),
            Self::Raw(raw) => ValueRef::Raw(raw.type_code, &raw.data),
        }
        .fmt(f)
    }
}

fn fraction(microseconds: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match microseconds {
        0 => Ok(()),
        _ => write!(f, ".{microseconds:06}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_values_are_converted_to_parameters() {
        assert_eq!(Value::from(true), Value::Signed(1));
        assert_eq!(Value::from(-7i8), Value::Signed(-7));
        assert_eq!(Value::from(u64::MAX), Value::Unsigned(u64::MAX));
        assert_eq!(Value::from("x"), Value::Text("x".to_owned()));
        assert_eq!(Value::from(Some(1.5)), Value::Double(1.5));
        assert_eq!(Value::from(None::<&str>), Value::Null);
        assert_eq!(Value::from(Decimal::new("1.50")), Value::Decimal("1.50".to_owned()));
    }

    #[test]
    fn packed_dates_and_times_are_unpacked() {
        let date = Date { year: 2024, month: 2, day: 29 };
        let at = DateTime { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70 };
        let time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };
        assert_eq!(date.pack().map(Date::unpack), Some(date));
        assert_eq!(at.pack().map(DateTime::unpack), Some(at));
        assert_eq!(time.pack().map(Time::unpack), Some(time));
        assert!(date.pack() < at.pack());
        assert_eq!(Date { month: 16, ..date }.pack(), None);
    }

    #[test]
    fn dates_and_times_are_displayed_as_in_mysql() {
        assert_eq!(Date { year: 0, month: 0, day: 0 }.to_string(), "0000-00-00");
        let time = Time { negative: true, hours: 838, minutes: 5, seconds: 9, microseconds: 70 };
        assert_eq!(time.to_string(), "-838:05:09.000070");
        let datetime = DateTime { year: 2013, month: 1, day: 2, hour: 3, minute: 4, second: 5, microsecond: 0 };
        assert_eq!(datetime.to_string(), "2013-01-02 03:04:05");
    }
}
