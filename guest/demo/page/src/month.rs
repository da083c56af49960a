//! The month of the flights, and its days as times of the table.

use wasmysql::DateTime;

pub(crate) const YEAR: u16 = 2013;
pub(crate) const MONTH: u8 = 1;
pub(crate) const NAME: &str = "January 2013";
/// The last day.
pub(crate) const DAYS: u8 = 31;
/// The first and the last day as dates.
pub(crate) const DATES: [&str; 2] = ["2013-01-01", "2013-01-31"];

/// The time in UTC at which a day begins in New York, where no clock changes in January.
const BEGIN: u8 = 5;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Returns the time in UTC at which a day begins in New York. The day after the last day is the
/// first day of the next month.
pub(crate) fn begin(day: u8) -> DateTime {
    at(day, BEGIN)
}

/// Returns a time in UTC.
fn at(day: u8, hour: u8) -> DateTime {
    let (month, day) = if day > DAYS { (MONTH + 1, day - DAYS) } else { (MONTH, day) };
    DateTime { year: YEAR, month, day, hour, minute: 0, second: 0, microsecond: 0 }
}

/// Parses a date of the month, such as `2013-01-31`.
pub(crate) fn parse_date(text: &str) -> Option<u8> {
    (1..=DAYS).find(|day| text == date(*day))
}

/// Parses an hour in UTC at which a day of the month lasts in New York, such as `2013-01-31T23`.
pub(crate) fn parse_hour(text: &str) -> Option<DateTime> {
    let (date, hour) = text.split_once('T')?;
    let day = (1..=DAYS + 1).find(|day| *date == begin(*day).to_string()[..10])?;
    (0..24).find(|number| hour == format!("{number:02}")).map(|hour| at(day, hour))
}

/// Formats an hour in UTC as [`parse_hour`] reads it.
pub(crate) fn hour(time: &DateTime) -> String {
    time.to_string()[..13].replace(' ', "T")
}

/// Formats a day as a date, such as `2013-01-31`.
pub(crate) fn date(day: u8) -> String {
    format!("{YEAR}-{MONTH:02}-{day:02}")
}

/// Formats a day for readers, such as `Thu 31 Jan`.
pub(crate) fn readable(day: u8) -> String {
    // The first day of the month is a Tuesday.
    format!("{} {day} Jan", WEEKDAYS[usize::from(day % 7)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_outside_the_month_are_refused() {
        assert_eq!([1, 9, 31].map(|day| parse_date(&date(day))), [Some(1), Some(9), Some(31)]);
        for text in ["2013-02-01", "2013-01-32", "2013-01-00", "2013-1-1", "2013-01-01 ", "1", "é"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!([1, 6, 31].map(readable), ["Tue 1 Jan", "Sun 6 Jan", "Thu 31 Jan"]);
    }

    #[test]
    fn hours_are_read_as_they_are_written() {
        for text in ["2013-01-01T05", "2013-01-31T23", "2013-02-01T04"] {
            assert_eq!(parse_hour(text).map(|time| hour(&time)).as_deref(), Some(text));
        }
        for text in ["2013-02-02T00", "2013-01-01T24", "2013-01-01T5", "2013-01-01"] {
            assert!(parse_hour(text).is_none(), "{text}");
        }
        assert_eq!(begin(32).to_string(), "2013-02-01 05:00:00");
    }
}
