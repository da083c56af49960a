//! time: `Date`, `PrimitiveDateTime` and, for what is in UTC, `OffsetDateTime` and `UtcDateTime`; a TIME is a `Duration`, or a
//! `Time` where it is a time of day.

use super::calendar::{self, Clock};
use super::duration;
use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{Value, ValueRef};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

fn date(value: Date) -> crate::value::Date {
    calendar::date(value.year(), u8::from(value.month()).into(), value.day().into())
}

fn clock(value: Time) -> Clock {
    Clock(value.hour().into(), value.minute().into(), value.second().into(), value.nanosecond())
}

impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Date(date(value))
    }
}

impl From<Time> for Value {
    fn from(value: Time) -> Self {
        Self::Time(clock(value).time())
    }
}

impl From<PrimitiveDateTime> for Value {
    fn from(value: PrimitiveDateTime) -> Self {
        Self::Datetime(clock(value.time()).of(date(value.date())))
    }
}

impl From<UtcDateTime> for Value {
    fn from(value: UtcDateTime) -> Self {
        Self::Datetime(clock(value.time()).of(date(value.date())))
    }
}

impl From<OffsetDateTime> for Value {
    fn from(value: OffsetDateTime) -> Self {
        // None is the end of what the crate can hold, far outside of what MySQL can.
        match value.checked_to_offset(UtcOffset::UTC) {
            Some(utc) => Self::Datetime(clock(utc.time()).of(date(utc.date()))),
            None => Self::Datetime(clock(value.time()).of(calendar::date(i32::MAX, 1, 1))),
        }
    }
}

impl From<Duration> for Value {
    fn from(value: Duration) -> Self {
        Self::Time(duration::time(value.whole_microseconds()))
    }
}

fn read_date(year: u16, month: u8, day: u8) -> Result<Date, Mismatch> {
    let month = Month::try_from(month).map_err(|_| Mismatch::Range)?;
    Date::from_calendar_date(year.into(), month, day).map_err(|_| Mismatch::Range)
}

impl Decode<'_> for Date {
    const NAME: &'static str = "Date";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Date(date) = value else { return Err(unfit(value)) };
        read_date(date.year, date.month, date.day)
    }
}

impl Decode<'_> for Time {
    const NAME: &'static str = "Time";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(unfit(value)) };
        let hours = u8::try_from(time.hours).ok().filter(|_| !time.negative).ok_or(Mismatch::Range)?;
        Self::from_hms_micro(hours, time.minutes, time.seconds, time.microseconds).map_err(|_| Mismatch::Range)
    }
}

impl Decode<'_> for PrimitiveDateTime {
    const NAME: &'static str = "PrimitiveDateTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::DateTime(at) = value else { return Err(unfit(value)) };
        let time = Time::from_hms_micro(at.hour, at.minute, at.second, at.microsecond).map_err(|_| Mismatch::Range)?;
        Ok(Self::new(read_date(at.year, at.month, at.day)?, time))
    }
}

impl Decode<'_> for UtcDateTime {
    const NAME: &'static str = "UtcDateTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        PrimitiveDateTime::decode(value).map(|at| at.as_utc())
    }
}

impl Decode<'_> for OffsetDateTime {
    const NAME: &'static str = "OffsetDateTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        PrimitiveDateTime::decode(value).map(|at| at.assume_utc())
    }
}

impl Decode<'_> for Duration {
    const NAME: &'static str = "Duration";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(unfit(value)) };
        Ok(Self::microseconds(duration::microseconds(time)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::tests::{back, check};
    use super::*;

    #[test]
    fn each_type_comes_back_as_it_went() {
        let date = Date::from_calendar_date(2013, Month::January, 31).unwrap();
        let time = Time::from_hms_micro(23, 59, 58, 7).unwrap();
        check(date, "2013-01-31");
        check(time, "23:59:58.000007");
        check(PrimitiveDateTime::new(date, time), "2013-01-31 23:59:58.000007");
        check(PrimitiveDateTime::new(date, time).assume_utc(), "2013-01-31 23:59:58.000007");
        check(PrimitiveDateTime::new(date, time).as_utc(), "2013-01-31 23:59:58.000007");
        check(Duration::microseconds(-3_661_000_001), "-01:01:01.000001");
    }

    #[test]
    fn an_offset_is_taken_off() {
        let date = Date::from_calendar_date(2013, Month::January, 1).unwrap();
        let east = PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        let Value::Datetime(at) = Value::from(east) else { panic!("a DATETIME") };
        assert_eq!(at.to_string(), "2012-12-31 22:00:00");
    }

    #[test]
    fn what_the_crate_can_not_hold_is_out_of_range() {
        let zero = ValueRef::Date(crate::value::Date { year: 0, month: 0, day: 0 });
        assert_eq!(Date::decode(zero), Err(Mismatch::Range));
        assert_eq!(back::<Time>(&Duration::hours(24).into()), Err(Mismatch::Range));
        assert_eq!(back::<Time>(&Duration::hours(-1).into()), Err(Mismatch::Range));
    }
}
