//! Conversions shared by the calendar types of `chrono` and `time`.

use super::range::in_range;
use crate::value::{Date, DateTime, Time};

/// Creates a date. A year that MySQL can't represent becomes a value that the host refuses.
pub(super) fn date(year: i32, month: u32, day: u32) -> Date {
    Date { year: in_range(year), month: in_range(month), day: in_range(day) }
}

/// Hour, minute, second and nanosecond. MySQL has no leap seconds: a leap second becomes the last
/// microsecond before it.
pub(super) struct TimeOfDay(pub(super) u32, pub(super) u32, pub(super) u32, pub(super) u32);

impl TimeOfDay {
    fn microseconds(&self) -> u32 {
        (self.3 / 1_000).min(999_999)
    }

    /// Converts to a TIME.
    pub(super) fn time(self) -> Time {
        Time {
            negative: false,
            hours: in_range(self.0),
            minutes: in_range(self.1),
            seconds: in_range(self.2),
            microseconds: self.microseconds(),
        }
    }

    /// Converts to a DATETIME on a date.
    pub(super) fn on(self, date: Date) -> DateTime {
        DateTime {
            year: date.year,
            month: date.month,
            day: date.day,
            hour: in_range(self.0),
            minute: in_range(self.1),
            second: in_range(self.2),
            microsecond: self.microseconds(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::decode::{Decode, Mismatch};
    use crate::value::{Value, ValueRef};

    /// Asserts that a value is sent as this text, and read back unchanged.
    #[track_caller]
    pub(in super::super) fn check<T>(value: T, text: &str)
    where
        T: Into<Value> + for<'r> Decode<'r> + PartialEq + Debug + Copy,
    {
        let sent = value.into();
        let shown = match &sent {
            Value::Date(date) => date.to_string(),
            Value::Time(time) => time.to_string(),
            Value::Datetime(at) => at.to_string(),
            other => panic!("{other:?} is not a date or a time"),
        };
        assert_eq!(shown, text);
        assert_eq!(read_back::<T>(&sent), Ok(value));
    }

    /// Reads a date or time that was sent.
    pub(in super::super) fn read_back<T: for<'r> Decode<'r>>(sent: &Value) -> Result<T, Mismatch> {
        T::decode(match sent {
            Value::Date(date) => ValueRef::Date(*date),
            Value::Time(time) => ValueRef::Time(*time),
            Value::Datetime(at) => ValueRef::DateTime(*at),
            other => panic!("{other:?} is not a date or a time"),
        })
    }

    #[test]
    fn year_outside_mysqls_range_stays_out_of_range() {
        assert_eq!(date(-1, 1, 1).year, u16::MAX);
        assert_eq!(date(10_000, 1, 1).year, 10_000);
    }

    #[test]
    fn leap_second_becomes_the_last_microsecond() {
        assert_eq!(TimeOfDay(23, 59, 59, 1_500_000_000).time().to_string(), "23:59:59.999999");
    }
}
