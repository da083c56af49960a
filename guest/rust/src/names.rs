//! `:name` placeholders, which become `?` before anything is sent.

use crate::error::{Error, Result};
use crate::value::Value;

/// A statement whose placeholders were names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The text, with `?` in place of each.
    pub(crate) sql: String,
    /// The names, in the order of the text.
    pub(crate) names: Vec<String>,
    /// Whether there were placeholders without a name as well.
    pub(crate) others: bool,
}

/// Finds the `:name` placeholders of a statement: not those in quotes and in comments. Quotes are as in the sessions of
/// the host: backslashes escape, and double quotes are those of text.
pub(crate) fn place(sql: &str) -> Placed {
    let bytes = sql.as_bytes();
    let mut placed = Placed { sql: String::with_capacity(sql.len()), names: Vec::new(), others: false };
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        at = match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => after_quote(bytes, at + 1, quote),
            b'#' => after(bytes, at, b"\n"),
            b'-' if bytes[at..].starts_with(b"--") && bytes.get(at + 2).is_none_or(|next| *next <= b' ') => {
                after(bytes, at, b"\n")
            }
            b'/' if bytes[at..].starts_with(b"/*") => after(bytes, at + 2, b"*/"),
            b'?' => {
                placed.others = true;
                at + 1
            }
            b':' => {
                let length = name_length(&bytes[at + 1..]);
                if length > 0 {
                    placed.sql.push_str(&sql[copied..at]);
                    placed.sql.push('?');
                    placed.names.push(sql[at + 1..=at + length].to_owned());
                    copied = at + 1 + length;
                }
                at + 1 + length
            }
            _ => at + 1,
        };
    }
    placed.sql.push_str(&sql[copied..]);
    placed
}

/// The place after the end of a quoted text. A quote that is doubled is the end of one and the beginning of another.
fn after_quote(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' if quote != b'`' => 2,
            _ if byte == quote => return at + 1,
            _ => 1,
        };
    }
    bytes.len()
}

fn after(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let found = bytes[from..].windows(end.len()).position(|window| window == end);
    found.map_or(bytes.len(), |position| from + position + end.len())
}

/// How long the name is that something begins with; 0 where it is none.
fn name_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(byte) if !byte.is_ascii_digit() => {
            bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii()).count()
        }
        _ => 0,
    }
}

/// Which of a row's values goes to each placeholder.
#[derive(Debug)]
pub(crate) struct Order(Vec<Choice>);

#[derive(Debug)]
struct Choice {
    value: usize,
    /// Whether no placeholder after this one wants the same.
    last: bool,
}

impl Order {
    /// Errors: `Argument` when a placeholder has no value, or the statement has placeholders without a name.
    pub(crate) fn of(placeholders: &[String], names: &[&str]) -> Result<Self> {
        let found = placeholders.iter().map(|placeholder| {
            names.iter().position(|name| name == placeholder).ok_or_else(|| unknown(placeholder, names))
        });
        let found = found.collect::<Result<Vec<_>>>()?;
        let last = |at: usize| !found[at + 1..].contains(&found[at]);
        Ok(Self(found.iter().enumerate().map(|(at, &value)| Choice { value, last: last(at) }).collect()))
    }

    /// Appends the values in the order of the placeholders.
    pub(crate) fn arrange(&self, mut named: Vec<Value>, values: &mut Vec<Value>) {
        values.extend(self.0.iter().map(|choice| match named.get_mut(choice.value) {
            Some(value) if choice.last => std::mem::replace(value, Value::Null),
            Some(value) => value.clone(),
            None => Value::Null,
        }));
    }
}

#[cold]
fn unknown(placeholder: &str, names: &[&str]) -> Error {
    let names = names.join("', '");
    Error::argument(format!("the statement has ':{placeholder}', and its parameters are '{names}'"))
}

/// What is said where parameters have names and placeholders have none.
#[cold]
pub(crate) fn nameless() -> Error {
    Error::argument("the parameters have names, and the statement has '?': write ':name', or give them in order")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str, names: &[&str]) {
        let placed = place(sql);
        assert_eq!(
            (placed.sql.as_str(), placed.names.iter().map(String::as_str).collect()),
            (expected, names.to_vec())
        );
    }

    #[test]
    fn names_become_question_marks() {
        check("SELECT :a, :b_2+:a", "SELECT ?, ?+?", &["a", "b_2", "a"]);
        check(":größe", "?", &["größe"]);
        check("SELECT 1", "SELECT 1", &[]);
        check("", "", &[]);
        check(":", ":", &[]);
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for sql in [
            "SELECT ':a', \":b\", `:c`",
            r"SELECT 'it\':a', 'it'':a', `a``:b`",
            "SELECT 1 -- :a",
            "SELECT 1 # :a\n",
            "SELECT /* :a */ 1",
            "SELECT @x := 1, 12:30",
            "SELECT ':a",
            r"SELECT ':a\",
            "/* :a",
        ] {
            check(sql, sql, &[]);
        }
        check("SELECT 1--:a", "SELECT 1--?", &["a"]);
        check("SELECT 1 -- :a\n, :b", "SELECT 1 -- :a\n, ?", &["b"]);
        assert!(place("SELECT ?").others && !place("SELECT '?'").others);
    }

    #[test]
    fn values_go_where_their_names_are() {
        let placeholders = ["b", "a", "b"].map(str::to_owned);
        let order = Order::of(&placeholders, &["a", "b", "unused"]).unwrap();
        let mut values = vec![Value::Null];
        order.arrange(vec!["x".into(), "y".into(), 3.into()], &mut values);
        assert_eq!(values, [Value::Null, "y".into(), "x".into(), "y".into()]);
        let error = Order::of(&placeholders, &["a", "c"]).unwrap_err();
        assert_eq!(error.to_string(), "the statement has ':b', and its parameters are 'a', 'c'");
    }
}
