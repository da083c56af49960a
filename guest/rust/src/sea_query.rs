//! Conversion of sea-query values to parameters.

use ::sea_query::{OptionEnum, Value as Built, Values};

use crate::error::{Error, Result};
use crate::value::Value;

/// Prefixes of `sea_query::Value` variants, and the feature that each prefix requires.
const FEATURES: [(&str, &str); 5] =
    [("Chrono", "chrono"), ("Decimal", "rust_decimal"), ("Json", "serde_json"), ("Time", "time"), ("Uuid", "uuid")];

/// Converts the parameters of a statement that sea-query built, in order.
///
/// # Errors
///
/// `Argument` for a value that can't be sent.
pub(crate) fn parameters(values: Values) -> Result<Vec<Value>> {
    let numbered = values.0.into_iter().zip(1..);
    numbered.map(|(value, number)| parameter(value).map_err(|value| refused(number, &value))).collect()
}

/// Converts a value, or returns it unchanged if it can't be sent.
fn parameter(value: Built) -> Result<Value, Built> {
    Ok(match value {
        Built::Bool(value) => value.into(),
        Built::TinyInt(value) => value.into(),
        Built::SmallInt(value) => value.into(),
        Built::Int(value) => value.into(),
        Built::BigInt(value) => value.into(),
        Built::TinyUnsigned(value) => value.into(),
        Built::SmallUnsigned(value) => value.into(),
        Built::Unsigned(value) => value.into(),
        Built::BigUnsigned(value) => value.into(),
        Built::Float(value) => value.into(),
        Built::Double(value) => value.into(),
        Built::String(value) => value.into(),
        Built::Enum(OptionEnum::Some(value)) => value.value.into_owned().into(),
        Built::Enum(OptionEnum::None(_)) => Value::Null,
        Built::Char(value) => value.map(String::from).into(),
        Built::Bytes(value) => value.into(),
        #[cfg(feature = "serde_json")]
        Built::Json(value) => value.map(|json| *json).into(),
        #[cfg(feature = "chrono")]
        Built::ChronoDate(value) => value.into(),
        #[cfg(feature = "chrono")]
        Built::ChronoTime(value) => value.into(),
        #[cfg(feature = "chrono")]
        Built::ChronoDateTime(value) => value.into(),
        #[cfg(feature = "chrono")]
        Built::ChronoDateTimeUtc(value) => value.into(),
        #[cfg(feature = "chrono")]
        Built::ChronoDateTimeLocal(value) => value.map(|at| at.to_utc()).into(),
        #[cfg(feature = "chrono")]
        Built::ChronoDateTimeWithTimeZone(value) => value.map(|at| at.to_utc()).into(),
        #[cfg(feature = "time")]
        Built::TimeDate(value) => value.into(),
        #[cfg(feature = "time")]
        Built::TimeTime(value) => value.into(),
        #[cfg(feature = "time")]
        Built::TimeDateTime(value) => value.into(),
        #[cfg(feature = "time")]
        Built::TimeDateTimeWithTimeZone(value) => value.into(),
        #[cfg(feature = "uuid")]
        Built::Uuid(value) => value.into(),
        #[cfg(feature = "rust_decimal")]
        Built::Decimal(value) => value.into(),
        #[allow(unreachable_patterns, reason = "features of sea-query add variants")]
        other => return Err(other),
    })
}

#[cold]
fn refused(number: usize, value: &Built) -> Error {
    let shown = format!("{value:?}");
    let name = shown.split('(').next().unwrap_or_default();
    let advice = match FEATURES.iter().find(|(beginning, _)| name.starts_with(beginning)) {
        Some((_, feature)) => format!("enable the feature `{feature}` of wasmysql"),
        None => "pass it as a number, text, bytes, a date or a time".to_owned(),
    };
    Error::argument(format!("parameter {number} is a sea_query::Value::{name}, which can't be sent: {advice}"))
}

#[cfg(test)]
mod tests {
    use ::sea_query::{ArrayType, Enum};

    use super::*;
    use crate::error::ErrorKind;

    #[track_caller]
    fn check(built: impl Into<Built>, expected: impl Into<Value>) {
        let built = built.into();
        let null = built.as_null();
        assert_eq!(parameter(built), Ok(expected.into()));
        assert_eq!(parameter(null), Ok(Value::Null));
    }

    #[test]
    fn plain_values_keep_their_type() {
        check(true, 1);
        check(i8::MIN, i8::MIN);
        check(i16::MIN, i16::MIN);
        check(i32::MIN, i32::MIN);
        check(i64::MIN, i64::MIN);
        check(u8::MAX, u8::MAX);
        check(u16::MAX, u16::MAX);
        check(u32::MAX, u32::MAX);
        check(u64::MAX, u64::MAX);
        check(0.5f32, 0.5f32);
        check(0.1f64, 0.1f64);
        check("één", "één");
        check('é', "é");
        check(vec![0u8, 255], vec![0u8, 255]);
        let size = Enum { type_name: "size".into(), value: "XL".into() };
        check(Built::Enum(OptionEnum::Some(Box::new(size))), "XL");
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn values_of_chrono_are_sent_in_utc() {
        use chrono::{FixedOffset, Local, NaiveDate};

        let date = NaiveDate::from_ymd_opt(2013, 1, 31).unwrap();
        let at = date.and_hms_micro_opt(23, 59, 58, 7).unwrap();
        check(date, date);
        check(at.time(), at.time());
        check(at, at);
        check(at.and_utc(), at);
        check(at.and_utc().with_timezone(&Local), at);
        check(at.and_utc().with_timezone(&FixedOffset::east_opt(7200).unwrap()), at);
    }

    #[cfg(feature = "time")]
    #[test]
    fn values_of_time_are_sent_in_utc() {
        use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

        let date = Date::from_calendar_date(2013, Month::January, 31).unwrap();
        let time = Time::from_hms_micro(23, 59, 58, 7).unwrap();
        let at = PrimitiveDateTime::new(date, time);
        check(date, date);
        check(time, time);
        check(at, at);
        check(at.assume_utc().to_offset(UtcOffset::from_hms(2, 0, 0).unwrap()), at);
    }

    #[cfg(all(feature = "serde_json", feature = "rust_decimal", feature = "uuid"))]
    #[test]
    fn values_of_other_crates_are_converted() {
        check(serde_json::json!({"a": [1, null]}), r#"{"a":[1,null]}"#);
        check(rust_decimal::Decimal::new(-12_345, 3), crate::Decimal::new("-12.345"));
        check(uuid::Uuid::from_u128(1), 1u128.to_be_bytes().to_vec());
    }

    #[test]
    fn unsupported_value_is_an_argument_error() {
        let array = Built::Array(ArrayType::Int, Some(Box::new(vec![1.into()])));
        let error = parameters(Values(vec![1.into(), array])).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Argument);
        assert_eq!(
            error.message(),
            "parameter 2 is a sea_query::Value::Array, which can't be sent: pass it as a number, text, bytes, a date or a \
             time"
        );
    }
}
