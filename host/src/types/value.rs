//! One value, as a parameter carries it.

/// A calendar date; zero and partial dates are legal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// A signed duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) negative: bool,
    pub(crate) hours: u16,
    pub(crate) minutes: u8,
    pub(crate) seconds: u8,
    pub(crate) microseconds: u32,
}

/// A date with a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    pub(crate) microsecond: u32,
}

/// A value of a type unknown to the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawValue {
    pub(crate) type_code: u8,
}

/// A parameter, or a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Signed(i64),
    Unsigned(u64),
    Float(f32),
    Double(f64),
    Decimal(String),
    Text(String),
    Bytes(Vec<u8>),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Raw(RawValue),
}

impl Value {
    /// Bytes it takes in a packet, near enough for limits.
    pub(crate) fn size(&self) -> usize {
        match self {
            Value::Null => 1,
            Value::Decimal(text) | Value::Text(text) => text.len() + 4,
            Value::Bytes(bytes) => bytes.len() + 4,
            _ => 13,
        }
    }

    /// What of it can't be sent, if anything. The server would coerce some of these silently, and others would
    /// break the connection.
    pub(crate) fn defect(&self) -> Option<String> {
        match self {
            Value::Float(number) if !number.is_finite() => Some(format!("{number} is not a number MySQL can hold")),
            Value::Double(number) if !number.is_finite() => Some(format!("{number} is not a number MySQL can hold")),
            Value::Decimal(text) if !is_decimal(text) => {
                Some("a decimal must be digits with at most one point, a sign and an exponent".to_owned())
            }
            Value::Date(date) if date.year > 9999 || date.month > 12 || date.day > 31 => {
                Some(format!("{:04}-{:02}-{:02} is not a date", date.year, date.month, date.day))
            }
            Value::DateTime(at)
                if at.year > 9999
                    || at.month > 12
                    || at.day > 31
                    || at.hour > 23
                    || at.minute > 59
                    || at.second > 59
                    || at.microsecond > 999_999 =>
            {
                Some("a field of the datetime is out of range".to_owned())
            }
            Value::Time(time)
                if time.hours > 838 || time.minutes > 59 || time.seconds > 59 || time.microseconds > 999_999 =>
            {
                Some("a field of the time is out of range (at most 838:59:59.999999)".to_owned())
            }
            _ => None,
        }
    }
}

/// Whether MySQL reads the whole text as one number.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let points = mantissa.bytes().filter(|&byte| byte == b'.').count();
    let exponent_is_number = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit())
    });
    digits > 0 && points <= 1 && digits + points == mantissa.len() && exponent_is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_told_from_other_text() {
        for good in [
            "0",
            "-1.50",
            "+.5",
            "5.",
            "1e10",
            "1.5E-3",
            "99999999999999999999999999999999999.999999999999999999999999999999",
        ] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", "-", ".", "1.2.3", "1,5", " 1", "NaN", "1e", "0x10", "1'"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }
}
