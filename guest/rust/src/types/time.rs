//! Types of time: `Date` for DATE, `PrimitiveDateTime` for DATETIME, `OffsetDateTime` and
//! `UtcDateTime` for times in UTC. A TIME is a `Duration`, or a `Time` if it is a time of day.

use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

use super::calendar::{self, TimeOfDay};
use super::duration;
use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{Value, ValueRef};

fn date(value: Date) -> crate::value::Date {
    calendar::date(value.year(), u8::from(value.month()).into(), value.day().into())
}

fn time_of_day(value: Time) -> TimeOfDay {
    TimeOfDay(value.hour().into(), value.minute().into(), value.second().into(), value.nanosecond())
}

impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Date(date(value))
    }
}

impl From<Time> for Value {
    fn from(value: Time) -> Self {
        Self::Time(time_of_day(value).time())
    }
}

impl From<PrimitiveDateTime> for Value {
    fn from(value: PrimitiveDateTime) -> Self {
        Self::Datetime(time_of_day(value.time()).on(date(value.date())))
    }
}

impl From<UtcDateTime> for Value {
    fn from(value: UtcDateTime) -> Self {
        Self::Datetime(time_of_day(value.time()).on(date(value.date())))
    }
}

impl From<OffsetDateTime> for Value {
    fn from(value: OffsetDateTime) -> Self {
        // `None` is the end of the crate's range, which is far outside MySQL's range.
        match value.checked_to_offset(UtcOffset::UTC) {
            Some(utc) => Self::Datetime(time_of_day(utc.time()).on(date(utc.date()))),
            None => Self::Datetime(time_of_day(value.time()).on(calendar::date(i32::MAX, 1, 1))),
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
        let ValueRef::Date(date) = value else { return Err(type_mismatch(value)) };
        read_date(date.year, date.month, date.day)
    }
}

impl Decode<'_> for Time {
    const NAME: &'static str = "Time";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(type_mismatch(value)) };
        let hours = u8::try_from(time.hours).ok().filter(|_| !time.negative).ok_or(Mismatch::Range)?;
        Self::from_hms_micro(hours, time.minutes, time.seconds, time.microseconds).map_err(|_| Mismatch::Range)
    }
}

impl Decode<'_> for PrimitiveDateTime {
    const NAME: &'static str = "PrimitiveDateTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::DateTime(at) = value else { return Err(type_mismatch(value)) };
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
        let ValueRef::Time(time) = value else { return Err(type_mismatch(value)) };
        Ok(Self::microseconds(duration::microseconds(time)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::tests::{check, read_back};
    use super::*;

    #[test]
    fn values_are_read_back_unchanged() {
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
    fn time_with_offset_is_sent_in_utc() {
        let date = Date::from_calendar_date(2013, Month::January, 1).unwrap();
        let east = PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        let Value::Datetime(at) = Value::from(east) else { panic!("a DATETIME") };
        assert_eq!(at.to_string(), "2012-12-31 22:00:00");
    }

    #[test]
    fn value_outside_the_crates_range_is_refused() {
        let zero = ValueRef::Date(crate::value::Date { year: 0, month: 0, day: 0 });
        assert_eq!(Date::decode(zero), Err(Mismatch::Range));
        assert_eq!(read_back::<Time>(&Duration::hours(24).into()), Err(Mismatch::Range));
        assert_eq!(read_back::<Time>(&Duration::hours(-1).into()), Err(Mismatch::Range));
    }
}
