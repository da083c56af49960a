//! Conversions between cell types and Rust types.

use super::Mismatch::{Null, Range, Type};
use super::*;

#[test]
fn integers_are_checked_for_range() {
    assert_eq!(u8::decode(ValueRef::Signed(255)), Ok(255));
    assert_eq!(u8::decode(ValueRef::Signed(256)), Err(Range));
    assert_eq!(u8::decode(ValueRef::Signed(-1)), Err(Range));
    assert_eq!(i64::decode(ValueRef::Unsigned(u64::MAX)), Err(Range));
    assert_eq!(u64::decode(ValueRef::Unsigned(u64::MAX)), Ok(u64::MAX));
}

#[test]
fn decimals_with_fraction_are_no_integers() {
    assert_eq!(i64::decode(ValueRef::Decimal("-12345.00")), Ok(-12345));
    assert_eq!(i64::decode(ValueRef::Decimal("12345")), Ok(12345));
    assert_eq!(i64::decode(ValueRef::Decimal("0.5")), Err(Range));
    assert_eq!(u64::decode(ValueRef::Decimal("18446744073709551616")), Err(Range));
    assert_eq!(i64::decode(ValueRef::Decimal(&"9".repeat(65))), Err(Range));
}

#[test]
fn bits_of_any_width_are_read_as_numbers() {
    assert_eq!(bool::decode(ValueRef::Bit(&[1])), Ok(true));
    assert_eq!(bool::decode(ValueRef::Bit(&[0, 0])), Ok(false));
    assert_eq!(u8::decode(ValueRef::Bit(&[0, 255])), Ok(255));
    assert_eq!(u8::decode(ValueRef::Bit(&[1, 0])), Err(Range));
    assert_eq!(u64::decode(ValueRef::Bit(&[255; 8])), Ok(u64::MAX));
    assert_eq!(i64::decode(ValueRef::Bit(&[255; 8])), Err(Range));
    assert_eq!(u64::decode(ValueRef::Bit(&[0; 9])), Err(Range));
    assert_eq!(<&[u8]>::decode(ValueRef::Bit(&[1, 2])), Ok([1, 2].as_slice()));
    assert_eq!(Option::<bool>::decode(ValueRef::Null), Ok(None));
    assert_eq!(u8::decode(ValueRef::Bytes(&[1])), Err(Type));
    assert_eq!(f64::decode(ValueRef::Bit(&[1])), Err(Type));
    assert_eq!(Value::decode(ValueRef::Bit(&[5])), Ok(Value::Bytes(vec![5])));
}

#[test]
fn floats_are_read_from_decimals_and_exact_integers() {
    assert_eq!(f64::decode(ValueRef::Decimal("12.6391")), Ok(12.6391));
    assert_eq!(f64::decode(ValueRef::Float(0.5)), Ok(0.5));
    assert_eq!(f64::decode(ValueRef::Signed(1 << 53)), Ok(9_007_199_254_740_992.0));
    assert_eq!(f64::decode(ValueRef::Signed((1 << 53) + 1)), Err(Range));
    assert_eq!(f64::decode(ValueRef::Unsigned(u64::MAX)), Err(Range));
    assert_eq!(f32::decode(ValueRef::Signed((1 << 24) + 1)), Err(Range));
    assert_eq!(f32::decode(ValueRef::Double(0.5)), Err(Type));
}

#[test]
fn null_requires_an_option() {
    assert_eq!(Option::<i64>::decode(ValueRef::Null), Ok(None));
    assert_eq!(Option::<i64>::decode(ValueRef::Signed(1)), Ok(Some(1)));
    assert_eq!(Option::<i64>::decode(ValueRef::Text("1")), Err(Type));
    assert_eq!(i64::decode(ValueRef::Null), Err(Null));
    assert_eq!(Value::decode(ValueRef::Null), Ok(Value::Null));
}

#[test]
fn text_is_read_as_text_and_as_bytes() {
    assert_eq!(<&str>::decode(ValueRef::Text("é")), Ok("é"));
    assert_eq!(<&str>::decode(ValueRef::Decimal("1.50")), Ok("1.50"));
    assert_eq!(<&str>::decode(ValueRef::Bit(b"x")), Err(Type));
    assert_eq!(<&[u8]>::decode(ValueRef::Text("é")), Ok("é".as_bytes()));
    assert_eq!(bool::decode(ValueRef::Signed(2)), Ok(true));
}

#[test]
fn utf8_bytes_are_read_as_text() {
    let bytes = ValueRef::Bytes("é".as_bytes());
    assert_eq!(<&str>::decode(bytes), Ok("é"));
    assert_eq!(String::decode(bytes).as_deref(), Ok("é"));
    assert_eq!(Cow::<str>::decode(bytes).as_deref(), Ok("é"));
    assert_eq!(Option::<Box<str>>::decode(bytes).map(Option::unwrap_or_default).as_deref(), Ok("é"));
    assert_eq!(Value::decode(bytes), Ok(Value::Bytes("é".into())));

    let column = crate::column::tests::column("data", 253);
    let invalid = ValueRef::Bytes(&[0xff]);
    let error = String::decode(invalid).expect_err("no UTF-8").into_error(String::NAME, &column, invalid);
    assert!(error.message().ends_with("as String: its bytes are not valid UTF-8; read them as Vec<u8>"), "{error}");
}

#[test]
fn error_names_column_type_and_reason() {
    let column = crate::column::tests::column("delay", 8);
    let message = |mismatch: Mismatch, value| mismatch.into_error(u8::NAME, &column, value).to_string();
    assert_eq!(message(Null, ValueRef::Null), "column `delay` (BIGINT) is NULL: read it as Option<u8>");
    let mismatch = message(Type, ValueRef::Text("x"));
    let expected = "column `delay` (BIGINT) can't be read as u8; it can be read as String, &str, Vec<u8>";
    assert!(mismatch.starts_with(expected) && mismatch.ends_with(", Value"), "{mismatch}");
    assert_eq!(message(Range, ValueRef::Signed(300)), "column `delay` (BIGINT) holds 300, which u8 can't hold");
    let zero = ValueRef::Date(Date { year: 0, month: 0, day: 0 });
    assert_eq!(message(Range, zero), "column `delay` (BIGINT) holds 0000-00-00, which u8 can't hold");
    let reason = Mismatch::invalid("it is odd");
    assert_eq!(message(reason, ValueRef::Signed(1)), "column `delay` (BIGINT) can't be read as u8: it is odd");
}
