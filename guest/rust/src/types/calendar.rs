//! What the calendar types of every crate are made from and into.

use super::range::in_range;
use crate::value::{Date, DateTime, Time};

/// A date, with whatever year its crate can have.
pub(super) fn date(year: i32, month: u32, day: u32) -> Date {
    Date { year: in_range(year), month: in_range(month), day: in_range(day) }
}

/// Hour, minute, second and nanosecond. A leap second, which MySQL does not know, is the last microsecond before it.
pub(super) struct Clock(pub(super) u32, pub(super) u32, pub(super) u32, pub(super) u32);

impl Clock {
    fn microseconds(&self) -> u32 {
        (self.3 / 1_000).min(999_999)
    }

    /// A time of day.
    pub(super) fn time(self) -> Time {
        Time {
            negative: false,
            hours: in_range(self.0),
            minutes: in_range(self.1),
            seconds: in_range(self.2),
            microseconds: self.microseconds(),
        }
    }

    /// A time of a date.
    pub(super) fn of(self, date: Date) -> DateTime {
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
    use super::*;
    use crate::decode::{Decode, Mismatch};
    use crate::value::{Value, ValueRef};
    use std::fmt::Debug;

    /// Asserts that a value is sent as this text has it, and read as what it was.
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
            other => panic!("{other:?} is no date or time"),
        };
        assert_eq!(shown, text);
        assert_eq!(back::<T>(&sent), Ok(value));
    }

    /// What a date or a time is read as.
    pub(in super::super) fn back<T: for<'r> Decode<'r>>(sent: &Value) -> Result<T, Mismatch> {
        T::decode(match sent {
            Value::Date(date) => ValueRef::Date(*date),
            Value::Time(time) => ValueRef::Time(*time),
            Value::Datetime(at) => ValueRef::DateTime(*at),
            other => panic!("{other:?} is no date or time"),
        })
    }

    #[test]
    fn what_mysql_can_not_have_is_out_of_its_range() {
        assert_eq!(date(-1, 1, 1).year, u16::MAX);
        assert_eq!(date(10_000, 1, 1).year, 10_000);
    }

    #[test]
    fn a_leap_second_is_the_last_microsecond_before_it() {
        assert_eq!(Clock(23, 59, 59, 1_500_000_000).time().to_string(), "23:59:59.999999");
    }
}
