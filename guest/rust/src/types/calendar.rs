//! What the calendar types of every crate are made from and into.

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

/// A signed duration from whole microseconds.
pub(super) fn duration(microseconds: i128) -> Time {
    let size = microseconds.unsigned_abs();
    let seconds = size / 1_000_000;
    Time {
        negative: microseconds < 0,
        hours: in_range(seconds / 3_600),
        minutes: in_range(seconds / 60 % 60),
        seconds: in_range(seconds % 60),
        microseconds: in_range(size % 1_000_000),
    }
}

/// A signed duration in whole microseconds.
pub(super) fn microseconds(time: Time) -> i64 {
    let seconds = (i64::from(time.hours) * 60 + i64::from(time.minutes)) * 60 + i64::from(time.seconds);
    let size = seconds * 1_000_000 + i64::from(time.microseconds);
    if time.negative { -size } else { size }
}

/// The largest value, which the host refuses, for one that does not fit.
fn in_range<T, U: TryFrom<T> + Bounded>(value: T) -> U {
    U::try_from(value).unwrap_or(U::MAX)
}

/// The integers of the contract's dates and times.
trait Bounded {
    const MAX: Self;
}

impl Bounded for u8 {
    const MAX: Self = u8::MAX;
}

impl Bounded for u16 {
    const MAX: Self = u16::MAX;
}

impl Bounded for u32 {
    const MAX: Self = u32::MAX;
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
    fn durations_come_back() {
        for size in [0, 1, 999_999, 1_000_000, 3_020_399_999_999] {
            for sign in [1, -1] {
                assert_eq!(microseconds(duration(i128::from(sign * size))), sign * size);
            }
        }
        assert_eq!(duration(-3_661_000_001).to_string(), "-01:01:01.000001");
    }

    #[test]
    fn what_mysql_can_not_have_is_out_of_its_range() {
        assert_eq!(date(-1, 1, 1).year, u16::MAX);
        assert_eq!(date(10_000, 1, 1).year, 10_000);
        assert_eq!(duration(i128::from(i64::MAX)).hours, u16::MAX);
    }

    #[test]
    fn a_leap_second_is_the_last_microsecond_before_it() {
        assert_eq!(Clock(23, 59, 59, 1_500_000_000).time().to_string(), "23:59:59.999999");
    }
}
