//! A second implementation of the limits of parameters, and of their conversion for the driver.

use mysql_async::Value as Sent;

use crate::bindings::types::Value;

/// Returns the size that counts against the limits.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Decimal(text) | Value::Text(text) => 4 + text.len(),
        Value::Bytes(bytes) => 4 + bytes.len(),
        _ => 13,
    }
}

/// Returns the value for the driver, or `None` if no server can store the value.
pub(super) fn sent(value: &Value) -> Option<Sent> {
    match value {
        Value::Null => Some(Sent::NULL),
        Value::Signed(number) => Some(Sent::Int(*number)),
        Value::Unsigned(number) => Some(Sent::UInt(*number)),
        Value::Float(number) => number.is_finite().then_some(Sent::Float(*number)),
        Value::Double(number) => number.is_finite().then_some(Sent::Double(*number)),
        Value::Decimal(text) => {
            (is_number(text) && fits_a_decimal(text)).then(|| Sent::Bytes(text.clone().into_bytes()))
        }
        Value::Text(text) => Some(Sent::Bytes(text.clone().into_bytes())),
        Value::Bytes(bytes) => Some(Sent::Bytes(bytes.clone())),
        Value::Date(date) => {
            let text = format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
            is_of_the_calendar(date.year, date.month, date.day).then(|| Sent::Bytes(text.into_bytes()))
        }
        Value::Datetime(at) => {
            let is_date = is_of_the_calendar(at.year, at.month, at.day);
            let is_time = at.hour < 24 && at.minute < 60 && at.second < 60 && at.microsecond < 1_000_000;
            (is_date && is_time).then_some(Sent::Date(
                at.year,
                at.month,
                at.day,
                at.hour,
                at.minute,
                at.second,
                at.microsecond,
            ))
        }
        Value::Time(time) => {
            let is_time = time.hours < 839 && time.minutes < 60 && time.seconds < 60 && time.microseconds < 1_000_000;
            let days = time.hours / 24;
            let hours = u8::try_from(time.hours - days * 24).ok()?;
            is_time.then_some(Sent::Time(
                time.negative,
                days.into(),
                hours,
                time.minutes,
                time.seconds,
                time.microseconds,
            ))
        }
        Value::Raw(_) => None,
    }
}

/// Returns whether the text is `[+-] digits [. digits] [e [+-] digits]`, with at least one digit
/// before or after the point.
fn is_number(text: &str) -> bool {
    let mut rest = text.chars().peekable();
    let digits = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let mut count = 0;
        while rest.next_if(char::is_ascii_digit).is_some() {
            count += 1;
        }
        count
    };
    rest.next_if(|c| matches!(c, '+' | '-'));
    let mut mantissa = digits(&mut rest);
    if rest.next_if_eq(&'.').is_some() {
        mantissa += digits(&mut rest);
    }
    let mut exponent = 1;
    if rest.next_if(|c| matches!(c, 'e' | 'E')).is_some() {
        rest.next_if(|c| matches!(c, '+' | '-'));
        exponent = digits(&mut rest);
    }
    mantissa > 0 && exponent > 0 && rest.next().is_none()
}

/// Returns whether the calendar has this day. Year, month and day can each be zero.
fn is_of_the_calendar(year: u16, month: u8, day: u8) -> bool {
    const DAYS: [u8; 13] = [31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let divides = |years: u16| year.is_multiple_of(years);
    let leaps = month == 2 && year > 0 && divides(4) && (!divides(100) || divides(400));
    year < 10_000 && DAYS.get(usize::from(month)).is_some_and(|days| day <= days + u8::from(leaps))
}

/// Returns whether the number fits into 65 digits, with at most 38 after the point. Leading and
/// trailing zeros don't count.
fn fits_a_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = mantissa.trim_start_matches(['+', '-']);
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.chars().chain(fraction.chars()).all(|digit| digit == '0') {
        return true;
    }
    let digits = integer.len() + fraction.len();
    let Ok(exponent) = exponent.parse::<i64>() else { return false };
    // The digits of the text can't compensate for a larger exponent.
    if exponent.unsigned_abs() > digits as u64 + 100 {
        return false;
    }
    let Ok(shift) = usize::try_from(exponent.unsigned_abs()) else { return false };
    let (integer, fraction) = match exponent >= 0 {
        true => {
            let padded = format!("{fraction:0<shift$}");
            (format!("{integer}{}", &padded[..shift]), padded[shift..].to_owned())
        }
        false => {
            let padded = format!("{integer:0>shift$}");
            let at = padded.len() - shift;
            (padded[..at].to_owned(), format!("{}{fraction}", &padded[at..]))
        }
    };
    let (integer, fraction) = (integer.trim_start_matches('0').len(), fraction.trim_end_matches('0').len());
    fraction <= 38 && integer + fraction <= 65
}
