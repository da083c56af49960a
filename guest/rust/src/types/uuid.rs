//! Types of uuid. `Uuid` is sent as 16 bytes, for BINARY(16) and for MariaDB's type UUID.
//! `Hyphenated` is sent as text, for CHAR(36) and for MariaDB's type UUID. `Simple` is sent as text
//! for CHAR(32). All are read from bytes and from text.

use uuid::Uuid;
use uuid::fmt::{Hyphenated, Simple};

use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{Value, ValueRef};

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

impl From<Simple> for Value {
    fn from(value: Simple) -> Self {
        Self::Text(value.to_string())
    }
}

impl Decode<'_> for Uuid {
    const NAME: &'static str = "Uuid";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bytes(bytes) => Self::from_slice(bytes).map_err(Mismatch::invalid),
            ValueRef::Text(text) => Self::try_parse(text).map_err(Mismatch::invalid),
            value => Err(type_mismatch(value)),
        }
    }
}

impl Decode<'_> for Hyphenated {
    const NAME: &'static str = "Hyphenated";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Uuid::decode(value).map(Uuid::hyphenated)
    }
}

impl Decode<'_> for Simple {
    const NAME: &'static str = "Simple";

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Uuid::decode(value).map(Uuid::simple)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_text_are_read_as_the_same_uuid() {
        let uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(Value::from(uuid), Value::Bytes(uuid.as_bytes().to_vec()));
        assert_eq!(Value::from(uuid.hyphenated()), Value::from("01234567-89ab-cdef-0123-456789abcdef"));
        assert_eq!(Value::from(uuid.simple()), Value::from("0123456789abcdef0123456789abcdef"));
        assert_eq!(Simple::decode(ValueRef::Text("0123456789abcdef0123456789abcdef")), Ok(uuid.simple()));
        assert_eq!(Uuid::decode(ValueRef::Bytes(uuid.as_bytes())), Ok(uuid));
        assert_eq!(Uuid::decode(ValueRef::Text("01234567-89AB-CDEF-0123-456789ABCDEF")), Ok(uuid));
        assert!(matches!(Uuid::decode(ValueRef::Bytes(b"short")), Err(Mismatch::Invalid(_))));
        assert_eq!(Uuid::decode(ValueRef::Signed(1)), Err(Mismatch::Type));
    }
}
