//! uuid: `Uuid` is 16 bytes, for BINARY(16); `Hyphenated` is text, for CHAR(36) and for the UUID of MariaDB, which takes no
//! bytes as a parameter. Either is read from all of these.

use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{Value, ValueRef};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Bytes(value.into_bytes().to_vec())
    }
}

impl From<Hyphenated> for Value {
    fn from(value: Hyphenated) -> Self {
        Self::Text(value.to_string())
    }
}

impl Decode<'_> for Uuid {
    const NAME: &'static str = "Uuid";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bytes(bytes) => Self::from_slice(bytes).map_err(Mismatch::invalid),
            ValueRef::Text(text) => Self::try_parse(text).map_err(Mismatch::invalid),
            value => Err(unfit(value)),
        }
    }
}

impl Decode<'_> for Hyphenated {
    const NAME: &'static str = "Hyphenated";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Uuid::decode(value).map(Uuid::hyphenated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_text_are_the_same_uuid() {
        let uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(Value::from(uuid), Value::Bytes(uuid.as_bytes().to_vec()));
        assert_eq!(Value::from(uuid.hyphenated()), Value::from("01234567-89ab-cdef-0123-456789abcdef"));
        assert_eq!(Uuid::decode(ValueRef::Bytes(uuid.as_bytes())), Ok(uuid));
        assert_eq!(Uuid::decode(ValueRef::Text("01234567-89AB-CDEF-0123-456789ABCDEF")), Ok(uuid));
        assert!(matches!(Uuid::decode(ValueRef::Bytes(b"short")), Err(Mismatch::Invalid(_))));
        assert_eq!(Uuid::decode(ValueRef::Signed(1)), Err(Mismatch::Type));
    }
}
