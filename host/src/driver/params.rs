//! Parameters in the driver's terms.

use mysql_async::Value as Cell;

use crate::types::Value;

/// The driver's value. `Value::defect` must have found none. DECIMAL, bytes and DATE go as text, and have their type by a cast in the
/// statement (`sql::typed`).
pub(crate) fn parameter(value: Value) -> Cell {
    match value {
        Value::Null | Value::Raw(_) => Cell::NULL,
        Value::Signed(number) => Cell::Int(number),
        Value::Unsigned(number) => Cell::UInt(number),
        Value::Float(number) => Cell::Float(number),
        Value::Double(number) => Cell::Double(number),
        Value::Decimal(text) | Value::Text(text) => Cell::Bytes(text.into_bytes()),
        Value::Bytes(bytes) => Cell::Bytes(bytes),
        // The driver would send a DATETIME. Where the server takes it for text it is that of a DATE.
        Value::Date(date) => Cell::Bytes(format!("{:04}-{:02}-{:02}", date.year, date.month, date.day).into_bytes()),
        Value::DateTime(at) => Cell::Date(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond),
        Value::Time(time) => {
            // The protocol counts days apart; 838 hours are 34 of them, so it fits.
            let (days, hours) = (u32::from(time.hours / 24), hour_of_day(time.hours));
            Cell::Time(time.negative, days, hours, time.minutes, time.seconds, time.microseconds)
        }
    }
}

fn hour_of_day(hours: u16) -> u8 {
    u8::try_from(hours % 24).unwrap_or(0)
}
