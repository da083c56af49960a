//! The user variables that the host sets on each session of a guest.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use crate::types::ConfigError;

/// The maximum length of a variable's name, in bytes. Both servers have this limit.
const MAX_NAME_BYTES: usize = 64;
/// The maximum length of a text, in bytes. An assignment has two bytes for each byte of the text,
/// and all assignments must fit into a packet.
const MAX_TEXT_BYTES: usize = 4096;
/// The maximum number of variables of a guest.
const MAX_VARIABLES: usize = 16;

/// The value of a user variable that the host sets on the sessions of a guest; see
/// [`WasmysqlCtxBuilder::variable`](crate::WasmysqlCtxBuilder::variable).
///
/// A text of ASCII characters has the character set `ascii`, so that the server compares it with
/// a column in the collation of the column, and can use the index of the column. Any other text
/// has the character set `utf8mb4` and its default collation.
///
/// # Examples
///
/// ```
/// use wasmysql_host::VariableValue;
///
/// assert_eq!(VariableValue::from("acme"), VariableValue::Text("acme".to_owned()));
/// assert_eq!(VariableValue::from(7), VariableValue::Integer(7));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VariableValue {
    /// A text of at most 4,096 bytes.
    Text(String),
    /// A signed integer.
    Integer(i64),
    /// An unsigned integer.
    Unsigned(u64),
}

impl From<&str> for VariableValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for VariableValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for VariableValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for VariableValue {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u64> for VariableValue {
    fn from(number: u64) -> Self {
        Self::Unsigned(number)
    }
}

impl VariableValue {
    /// Returns the SQL of the value. A text is a hexadecimal literal, because the rules for quotes
    /// depend on the SQL mode of the session.
    fn sql(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => "_ascii''".to_owned(),
            Self::Text(text) => {
                let mut sql = if text.is_ascii() { "_ascii 0x" } else { "_utf8mb4 0x" }.to_owned();
                for byte in text.bytes() {
                    // Writing to a String can't fail.
                    let _ = write!(sql, "{byte:02x}");
                }
                sql
            }
            Self::Integer(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
        }
    }
}

/// The user variables of a guest. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserVariables(Option<Arc<BTreeMap<String, VariableValue>>>);

impl PartialEq for UserVariables {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(this), Some(other)) => Arc::ptr_eq(this, other) || this == other,
            _ => false,
        }
    }
}

impl Eq for UserVariables {}

impl UserVariables {
    /// Adds a variable, or replaces it. The server does not distinguish upper and lower case.
    pub(crate) fn set(&mut self, name: &str, value: VariableValue) -> Result<(), ConfigError> {
        let invalid = |problem: String| Err(ConfigError::invalid(format!("variable '{name}': {problem}")));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(is_plain) {
            return invalid(format!("a name has 1 to {MAX_NAME_BYTES} letters, digits or '_', without '@'"));
        }
        if let VariableValue::Text(text) = &value
            && text.len() > MAX_TEXT_BYTES
        {
            return invalid(format!("its text has {} bytes, {MAX_TEXT_BYTES} are allowed", text.len()));
        }
        let variables = Arc::make_mut(self.0.get_or_insert_default());
        variables.insert(name.to_ascii_lowercase(), value);
        if variables.len() > MAX_VARIABLES {
            return invalid(format!("a guest can have {MAX_VARIABLES} variables"));
        }
        Ok(())
    }

    /// Returns no variables, for a guest that may not change any.
    #[cfg(feature = "config")]
    pub(crate) fn fixed() -> Self {
        Self(Some(Arc::default()))
    }

    /// Returns whether the guest may not change any variable.
    pub(crate) fn are_fixed(&self) -> bool {
        self.0.is_some()
    }

    fn iter(&self) -> impl Iterator<Item = (&String, &VariableValue)> {
        self.0.iter().flat_map(|variables| variables.iter())
    }

    /// Returns the assignments of a SET statement that set these variables, each without a comma.
    /// Variables of `previous` that are not set again become NULL, so that no guest sees the
    /// variables of another.
    pub(super) fn assignments(&self, previous: &Self) -> Vec<String> {
        let is_kept = |name: &String| self.0.as_ref().is_some_and(|variables| variables.contains_key(name));
        let removed = previous.iter().filter(|(name, _)| !is_kept(name)).map(|(name, _)| format!("@{name}=NULL"));
        self.iter().map(|(name, value)| format!("@{name}={}", value.sql())).chain(removed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(values: &[(&str, VariableValue)]) -> UserVariables {
        let mut variables = UserVariables::default();
        for (name, value) in values {
            variables.set(name, value.clone()).unwrap();
        }
        variables
    }

    #[test]
    fn values_need_no_quotes() {
        let set = variables(&[
            ("Tenant", "a'c\\".into()),
            ("city", "Ü".into()),
            ("empty", "".into()),
            ("shard", (-7).into()),
            ("top", u64::MAX.into()),
        ]);
        assert_eq!(
            set.assignments(&UserVariables::default()),
            [
                "@city=_utf8mb4 0xc39c",
                "@empty=_ascii''",
                "@shard=-7",
                "@tenant=_ascii 0x6127635c",
                "@top=18446744073709551615",
            ]
        );
    }

    #[test]
    fn variables_of_the_previous_guest_become_null() {
        let (first, second) =
            (variables(&[("tenant", 1.into()), ("region", 2.into())]), variables(&[("tenant", 3.into())]));
        assert_eq!(second.assignments(&first), ["@tenant=3", "@region=NULL"]);
        assert_eq!(UserVariables::default().assignments(&second), ["@tenant=NULL"]);
    }

    #[test]
    fn the_same_variables_are_equal() {
        let set = || variables(&[("tenant", "acme".into())]);
        assert_eq!(set(), set());
        assert_ne!(set(), UserVariables::default());
        assert_ne!(set(), variables(&[("tenant", "other".into())]));
    }

    #[test]
    fn invalid_variables_are_refused() {
        for (name, value) in [
            ("", "x".into()),
            ("@tenant", "x".into()),
            ("a b", "x".into()),
            ("a`b", "x".into()),
            (&*"n".repeat(65), "x".into()),
            ("long", VariableValue::Text("x".repeat(4097))),
        ] {
            assert!(UserVariables::default().set(name, value).is_err(), "{name}");
        }
        let mut many = UserVariables::default();
        (0..16).for_each(|n| many.set(&format!("v{n}"), n.into()).unwrap());
        assert!(many.set("one_more", 1.into()).is_err());
    }
}
