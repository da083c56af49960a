//! rust_decimal: a DECIMAL of up to 28 digits, exactly; an integer too.

use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{Value, ValueRef};
use rust_decimal::Decimal;

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value.to_string())
    }
}

impl Decode<'_> for Decimal {
    const NAME: &'static str = "Decimal";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Decimal(digits) => Self::from_str_exact(digits).map_err(|_| Mismatch::Range),
            ValueRef::Signed(value) => Ok(value.into()),
            ValueRef::Unsigned(value) => Ok(value.into()),
            value => Err(unfit(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_or_refused() {
        for digits in ["0", "-12345.6700", "0.0000000000000000000000000001", "79228162514264337593543950335"] {
            let decimal = Decimal::decode(ValueRef::Decimal(digits));
            assert_eq!(decimal.map(Value::from), Ok(Value::Decimal(digits.to_owned())));
        }
        for digits in ["79228162514264337593543950336", "0.00000000000000000000000000001"] {
            assert_eq!(Decimal::decode(ValueRef::Decimal(digits)), Err(Mismatch::Range));
        }
        assert_eq!(Decimal::decode(ValueRef::Signed(-7)), Ok(Decimal::from(-7)));
        assert_eq!(Decimal::decode(ValueRef::Double(0.5)), Err(Mismatch::Type));
    }
}
