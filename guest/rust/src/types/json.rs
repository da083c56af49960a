//! serde_json: `Value`, and with `Json` any type of serde's.

use crate::decode::{Decode, Mismatch, unfit};
use crate::value::{RawValue, Value, ValueRef};
use serde::{Deserialize, Serialize};

/// The protocol's code of the type.
const JSON: u8 = 245;

/// A value of serde's, stored as JSON: `Json(&order)` as a parameter, `Json<Order>` from a cell.
///
/// It goes to the server as text, for a JSON or a text column. A type that borrows, such as `Json<Order<'_>>` or
/// `Json<&str>`, is read without copying where the text holds no escapes.
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
    /// What serde can't write, such as a map whose keys are not text, becomes a raw value, which is refused as a parameter
    /// (`ValueUnsupported`).
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
            value => return Err(unfit(value)),
        };
        read.map(Json).map_err(Mismatch::invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn what_serde_knows_comes_back() {
        let Value::Text(text) = Value::from(Json(vec![(1, "één")])) else { panic!("text") };
        assert_eq!(text, r#"[[1,"één"]]"#);
        assert_eq!(Json::decode(ValueRef::Text(&text)), Ok(Json(vec![(1, "één")])));
        assert_eq!(serde_json::Value::decode(ValueRef::Bytes(b"[1]")), Ok(serde_json::json!([1])));
        assert_eq!(Value::from(serde_json::json!({"a": null})), Value::from(r#"{"a":null}"#));
    }

    #[test]
    fn what_is_no_json_says_why() {
        let Err(Mismatch::Invalid(why)) = Json::<u8>::decode(ValueRef::Text("300")) else { panic!("not a u8") };
        assert!(why.contains("invalid value: integer `300`, expected u8"), "{why}");
        assert_eq!(Json::<u8>::decode(ValueRef::Null), Err(Mismatch::Null));
        let unwritable = HashMap::from([(vec![1], 1)]);
        assert!(matches!(Value::from(Json(unwritable)), Value::Raw(_)));
    }
}
