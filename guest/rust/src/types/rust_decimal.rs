//! `Decimal` of rust_decimal: a DECIMAL of up to 28 digits, without counting trailing zeros of the
//! fraction, or an integer. The conversion is exact.

use rust_decimal::Decimal;

use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{Value, ValueRef};

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value.to_string())
    }
}

impl Decode<'_> for Decimal {
    const NAME: &'static str = "Decimal";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Decimal(digits) => exact(digits),
            ValueRef::Signed(value) => Ok(value.into()),
            ValueRef::Unsigned(value) => Ok(value.into()),
            value => Err(type_mismatch(value)),
        }
    }
}

/// Parses all digits. If they do not fit, trailing zeros of the fraction are removed first: a
/// DECIMAL has as many fractional digits as its column.
fn exact(digits: &str) -> Result<Decimal, Mismatch> {
    let whole = Decimal::from_str_exact(digits);
    let trimmed = || match digits.contains('.') {
        true => Decimal::from_str_exact(digits.trim_end_matches('0').trim_end_matches('.')),
        false => whole.clone(),
    };
    whole.clone().or_else(|_| trimmed()).map_err(|_| Mismatch::Range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_exact_or_refused() {
        for digits in ["0", "-12345.6700", "0.0000000000000000000000000001", "79228162514264337593543950335"] {
            let decimal = Decimal::decode(ValueRef::Decimal(digits));
            assert_eq!(decimal.map(Value::from), Ok(Value::Decimal(digits.to_owned())));
        }
        for (digits, expected) in [
            ("1.500000000000000000000000000000", "1.5"),
            ("-0.000000000000000000000000000000", "0"),
            ("12345678.000000000000000000000000000000", "12345678"),
            ("79228162514264337593543950335.00", "79228162514264337593543950335"),
        ] {
            assert_eq!(
                Decimal::decode(ValueRef::Decimal(digits)).map(|value| value.to_string()),
                Ok(expected.to_owned())
            );
        }
        for digits in
            ["79228162514264337593543950336", "0.00000000000000000000000000001", "1.500000000000000000000000000001"]
        {
            assert_eq!(Decimal::decode(ValueRef::Decimal(digits)), Err(Mismatch::Range));
        }
        assert_eq!(Decimal::decode(ValueRef::Signed(-7)), Ok(Decimal::from(-7)));
        assert_eq!(Decimal::decode(ValueRef::Double(0.5)), Err(Mismatch::Type));
    }
}
