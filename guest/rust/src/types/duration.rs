//! `std::time::Duration`: a TIME that is not negative.

use super::calendar;
use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{Value, ValueRef};
use std::time::Duration;

impl From<Duration> for Value {
    fn from(value: Duration) -> Self {
        // No u128 of a Duration is near its end.
        Self::Time(calendar::duration(value.as_micros().cast_signed()))
    }
}

impl Decode<'_> for Duration {
    const NAME: &'static str = "Duration";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Time(time) => {
                u64::try_from(calendar::microseconds(time)).map(Self::from_micros).map_err(|_| Mismatch::Range)
            }
            value => Err(unfit(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Time;

    #[test]
    fn a_duration_is_a_time_that_is_not_negative() {
        let duration = Duration::from_micros(3_661_000_001);
        let Value::Time(time) = Value::from(duration) else { panic!("a TIME") };
        assert_eq!(time.to_string(), "01:01:01.000001");
        assert_eq!(Duration::decode(ValueRef::Time(time)), Ok(duration));
        let negative = Time { negative: true, ..time };
        assert_eq!(Duration::decode(ValueRef::Time(negative)), Err(Mismatch::Range));
        assert_eq!(Duration::decode(ValueRef::Null), Err(Mismatch::Null));
    }
}
