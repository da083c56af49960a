//! chrono: `NaiveDate`, `NaiveDateTime` and, for what is in UTC, `DateTime<Utc>`; a TIME is a `TimeDelta`, or a
//! `NaiveTime` where it is a time of day.

use super::calendar::{self, Clock};
use super::duration;
use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{Value, ValueRef};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

fn date(value: NaiveDate) -> crate::value::Date {
    calendar::date(value.year(), value.month(), value.day())
}

fn clock(value: NaiveTime) -> Clock {
    Clock(value.hour(), value.minute(), value.second(), value.nanosecond())
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Self::Date(date(value))
    }
}

impl From<NaiveTime> for Value {
    fn from(value: NaiveTime) -> Self {
        Self::Time(clock(value).time())
    }
}

impl From<NaiveDateTime> for Value {
    fn from(value: NaiveDateTime) -> Self {
        Self::Datetime(clock(value.time()).of(date(value.date())))
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(value: DateTime<Utc>) -> Self {
        value.naive_utc().into()
    }
}

impl From<TimeDelta> for Value {
    fn from(value: TimeDelta) -> Self {
        let microseconds = i128::from(value.num_seconds()) * 1_000_000 + i128::from(value.subsec_nanos() / 1_000);
        Self::Time(duration::time(microseconds))
    }
}

impl Decode<'_> for NaiveDate {
    const NAME: &'static str = "NaiveDate";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Date(date) = value else { return Err(unfit(value)) };
        Self::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or(Mismatch::Range)
    }
}

impl Decode<'_> for NaiveTime {
    const NAME: &'static str = "NaiveTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(unfit(value)) };
        if time.negative {
            return Err(Mismatch::Range);
        }
        Self::from_hms_micro_opt(time.hours.into(), time.minutes.into(), time.seconds.into(), time.microseconds)
            .ok_or(Mismatch::Range)
    }
}

impl Decode<'_> for NaiveDateTime {
    const NAME: &'static str = "NaiveDateTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::DateTime(at) = value else { return Err(unfit(value)) };
        NaiveDate::from_ymd_opt(at.year.into(), at.month.into(), at.day.into())
            .and_then(|date| date.and_hms_micro_opt(at.hour.into(), at.minute.into(), at.second.into(), at.microsecond))
            .ok_or(Mismatch::Range)
    }
}

impl Decode<'_> for DateTime<Utc> {
    const NAME: &'static str = "DateTime<Utc>";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        NaiveDateTime::decode(value).map(|at| at.and_utc())
    }
}

impl Decode<'_> for TimeDelta {
    const NAME: &'static str = "TimeDelta";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(unfit(value)) };
        Ok(Self::microseconds(duration::microseconds(time)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::tests::{back, check};
    use super::*;
    use crate::value::Date;

    #[test]
    fn each_type_comes_back_as_it_went() {
        let date = NaiveDate::from_ymd_opt(2013, 1, 31).unwrap();
        let time = NaiveTime::from_hms_micro_opt(23, 59, 58, 7).unwrap();
        check(date, "2013-01-31");
        check(time, "23:59:58.000007");
        check(date.and_time(time), "2013-01-31 23:59:58.000007");
        check(date.and_time(time).and_utc(), "2013-01-31 23:59:58.000007");
        check(TimeDelta::microseconds(-3_661_000_001), "-01:01:01.000001");
    }

    #[test]
    fn what_chrono_can_not_hold_is_out_of_range() {
        let zero = ValueRef::Date(Date { year: 0, month: 0, day: 0 });
        assert_eq!(NaiveDate::decode(zero), Err(Mismatch::Range));
        assert_eq!(back::<NaiveTime>(&TimeDelta::hours(24).into()), Err(Mismatch::Range));
        assert_eq!(back::<NaiveTime>(&TimeDelta::hours(-1).into()), Err(Mismatch::Range));
        assert_eq!(back::<NaiveDateTime>(&Value::from(TimeDelta::hours(1))), Err(Mismatch::Type));
    }
}
