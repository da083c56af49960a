//! Types of chrono: `NaiveDate` for DATE, `NaiveDateTime` for DATETIME, `DateTime<Utc>` for times
//! in UTC. A TIME is a `TimeDelta`, or a `NaiveTime` if it is a time of day.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::calendar::{self, TimeOfDay};
use super::duration;
use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{Value, ValueRef};

fn date(value: NaiveDate) -> crate::value::Date {
    calendar::date(value.year(), value.month(), value.day())
}

fn time_of_day(value: NaiveTime) -> TimeOfDay {
    TimeOfDay(value.hour(), value.minute(), value.second(), value.nanosecond())
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Self::Date(date(value))
    }
}

impl From<NaiveTime> for Value {
    fn from(value: NaiveTime) -> Self {
        Self::Time(time_of_day(value).time())
    }
}

impl From<NaiveDateTime> for Value {
    fn from(value: NaiveDateTime) -> Self {
        Self::Datetime(time_of_day(value.time()).on(date(value.date())))
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
        let ValueRef::Date(date) = value else { return Err(type_mismatch(value)) };
        Self::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or(Mismatch::Range)
    }
}

impl Decode<'_> for NaiveTime {
    const NAME: &'static str = "NaiveTime";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let ValueRef::Time(time) = value else { return Err(type_mismatch(value)) };
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
        let ValueRef::DateTime(at) = value else { return Err(type_mismatch(value)) };
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
        let ValueRef::Time(time) = value else { return Err(type_mismatch(value)) };
        Ok(Self::microseconds(duration::microseconds(time)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::tests::{check, read_back};
    use super::*;
    use crate::value::Date;

    #[test]
    fn values_are_read_back_unchanged() {
        let date = NaiveDate::from_ymd_opt(2013, 1, 31).unwrap();
        let time = NaiveTime::from_hms_micro_opt(23, 59, 58, 7).unwrap();
        check(date, "2013-01-31");
        check(time, "23:59:58.000007");
        check(date.and_time(time), "2013-01-31 23:59:58.000007");
        check(date.and_time(time).and_utc(), "2013-01-31 23:59:58.000007");
        check(TimeDelta::microseconds(-3_661_000_001), "-01:01:01.000001");
    }

    #[test]
    fn value_outside_chronos_range_is_refused() {
        let zero = ValueRef::Date(Date { year: 0, month: 0, day: 0 });
        assert_eq!(NaiveDate::decode(zero), Err(Mismatch::Range));
        assert_eq!(read_back::<NaiveTime>(&TimeDelta::hours(24).into()), Err(Mismatch::Range));
        assert_eq!(read_back::<NaiveTime>(&TimeDelta::hours(-1).into()), Err(Mismatch::Range));
        assert_eq!(read_back::<NaiveDateTime>(&Value::from(TimeDelta::hours(1))), Err(Mismatch::Type));
    }
}
