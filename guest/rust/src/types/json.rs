//! Types of serde_json: `Value`, and `Json` for any type that implements serde's traits.

use serde::{Deserialize, Serialize};

use crate::decode::{Decode, Mismatch, type_mismatch};
use crate::value::{RawValue, Value, ValueRef};

/// The protocol's type code of JSON.
const JSON: u8 = 245;

/// A value that is stored as JSON: `Json(&order)` as a parameter, `Json<Order>` from a cell
/// (feature `serde_json`).
///
/// It is sent as text, for a JSON or a text column. A type that borrows, such as `Json<Order<'_>>`
/// or `Json<&str>`, is read without a copy if the text contains no escapes.
///
/// A value that serde can't serialize is refused with `ValueUnsupported` when the statement is
/// executed.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Json, Result};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Seat {
///     row: u8,
///     letter: char,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let seat = Seat { row: 12, letter: 'A' };
/// conn.execute("INSERT INTO bookings (seat) VALUES (?)", (Json(&seat),)).await?;
/// let Json(seat): Json<Seat> = conn.query_scalar("SELECT seat FROM bookings", ()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::Text(value.to_string())
    }
}

impl<'r> Decode<'r> for serde_json::Value {
    const NAME: &'static str = "serde_json::Value";

    fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Json::decode(value).map(|Json(value)| value)
    }
}

impl<T: Serialize> From<Json<T>> for Value {
    /// A value that serde can't serialize, such as a map with keys that are not text, becomes a raw
    /// value. The host refuses a raw value as a parameter (`ValueUnsupported`).
    fn from(Json(value): Json<T>) -> Self {
        match serde_json::to_string(&value) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Raw(RawValue { type_code: JSON, data: error.to_string().into_bytes() }),
        }
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r> for Json<T> {
    const NAME: &'static str = "Json";

    fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        let read = match value {
            ValueRef::Text(text) => serde_json::from_str(text),
            ValueRef::Bytes(bytes) => serde_json::from_slice(bytes),
            value => return Err(type_mismatch(value)),
        };
        read.map(Json).map_err(Mismatch::invalid)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn serializable_value_is_read_back() {
        let Value::Text(text) = Value::from(Json(vec![(1, "één")])) else { panic!("text") };
        assert_eq!(text, r#"[[1,"één"]]"#);
        assert_eq!(Json::decode(ValueRef::Text(&text)), Ok(Json(vec![(1, "één")])));
        assert_eq!(serde_json::Value::decode(ValueRef::Bytes(b"[1]")), Ok(serde_json::json!([1])));
        assert_eq!(Value::from(serde_json::json!({"a": null})), Value::from(r#"{"a":null}"#));
    }

    #[test]
    fn invalid_json_is_a_mismatch_with_a_reason() {
        let Err(Mismatch::Invalid(reason)) = Json::<u8>::decode(ValueRef::Text("300")) else { panic!("not a u8") };
        assert!(reason.contains("invalid value: integer `300`, expected u8"), "{reason}");
        assert_eq!(Json::<u8>::decode(ValueRef::Null), Err(Mismatch::Null));
        let unwritable = HashMap::from([(vec![1], 1)]);
        assert!(matches!(Value::from(Json(unwritable)), Value::Raw(_)));
    }
}
