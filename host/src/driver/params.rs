//! Converts parameters to values of the driver.

use mysql_async::Value as Cell;

use crate::types::Value;

/// Converts a parameter. The caller has checked it with `Value::defect`. DECIMAL, bytes and DATE
/// are sent as text; a cast in the statement (`sql::with_casts`) gives them their type.
pub(crate) fn parameter(value: Value) -> Cell {
    match value {
        Value::Null | Value::Raw(_) => Cell::NULL,
        Value::Signed(number) => Cell::Int(number),
        Value::Unsigned(number) => Cell::UInt(number),
        Value::Float(number) => Cell::Float(number),
        Value::Double(number) => Cell::Double(number),
        Value::Decimal(text) | Value::Text(text) => Cell::Bytes(text.into_bytes()),
        Value::Bytes(bytes) => Cell::Bytes(bytes),
        // The driver would send a DATETIME. As text, the value is also right where the server
        // treats it as a string.
        Value::Date(date) => Cell::Bytes(format!("{:04}-{:02}-{:02}", date.year, date.month, date.day).into_bytes()),
        Value::DateTime(at) => Cell::Date(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond),
        Value::Time(time) => {
            // The protocol has a separate field for days. The maximum of 838 hours is 34 days, so
            // it fits.
            let (days, hours) = (u32::from(time.hours / 24), hour_of_day(time.hours));
            Cell::Time(time.negative, days, hours, time.minutes, time.seconds, time.microseconds)
        }
    }
}

fn hour_of_day(hours: u16) -> u8 {
    u8::try_from(hours % 24).unwrap_or(0)
}
