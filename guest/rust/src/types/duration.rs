//! Conversion between a TIME, which is a signed duration, and `std::time::Duration`, which is never
//! negative.

use std::time::Duration;

use super::range::in_range;
use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{Time, Value, ValueRef};

/// Converts microseconds to a TIME.
pub(super) fn time(microseconds: i128) -> Time {
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

/// Converts a TIME to microseconds.
pub(super) fn microseconds(time: Time) -> i64 {
    let seconds = (i64::from(time.hours) * 60 + i64::from(time.minutes)) * 60 + i64::from(time.seconds);
    let size = seconds * 1_000_000 + i64::from(time.microseconds);
    if time.negative { -size } else { size }
}

impl From<Duration> for Value {
    fn from(value: Duration) -> Self {
        // The microseconds of a `Duration` are far below `i128::MAX`, so the cast is exact.
        Self::Time(time(value.as_micros().cast_signed()))
    }
}

impl Decode<'_> for Duration {
    const NAME: &'static str = "Duration";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Time(time) => {
                u64::try_from(microseconds(time)).map(Self::from_micros).map_err(|_| Mismatch::Range)
            }
            value => Err(type_mismatch(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_converted_and_back() {
        for size in [0, 1, 999_999, 1_000_000, 3_020_399_999_999] {
            for sign in [1, -1] {
                assert_eq!(microseconds(time(i128::from(sign * size))), sign * size);
            }
        }
        assert_eq!(time(-3_661_000_001).to_string(), "-01:01:01.000001");
        assert_eq!(time(i128::from(i64::MAX)).hours, u16::MAX, "the host refuses this value");
    }

    #[test]
    fn negative_time_is_not_a_duration() {
        let duration = Duration::from_micros(3_661_000_001);
        let Value::Time(time) = Value::from(duration) else { panic!("a TIME") };
        assert_eq!(time.to_string(), "01:01:01.000001");
        assert_eq!(Duration::decode(ValueRef::Time(time)), Ok(duration));
        let negative = Time { negative: true, ..time };
        assert_eq!(Duration::decode(ValueRef::Time(negative)), Err(Mismatch::Range));
        assert_eq!(Duration::decode(ValueRef::Null), Err(Mismatch::Null));
    }
}
