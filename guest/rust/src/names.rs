//! `:name` placeholders. They are replaced with `?` before a statement is sent, because the
//! contract only supports `?`.

use wasmysql_sql::{Placeholder, placeholders};

use crate::error::{Error, Result};
use crate::parameter::{Param, Parameter, Parameters};
use crate::value::Value;

/// A statement whose named placeholders are replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The text, with `?` in place of each name.
    pub(crate) sql: String,
    /// The names, in the order of the text.
    pub(crate) names: Vec<String>,
    /// Whether the text also has `?` placeholders.
    pub(crate) has_unnamed: bool,
}

/// Replaces the `:name` placeholders of a statement. The rest of a statement that can't be parsed
/// stays as it is; the host refuses it.
pub(crate) fn parse_placeholders(sql: &str) -> Parsed {
    let mut parsed = Parsed { sql: String::with_capacity(sql.len()), names: Vec::new(), has_unnamed: false };
    let mut copied = 0;
    for Placeholder { name, at } in placeholders(sql).map_while(|placeholder| placeholder.ok()) {
        match name {
            None => parsed.has_unnamed = true,
            Some(name) => {
                parsed.sql.push_str(&sql[copied..at.start]);
                parsed.sql.push('?');
                parsed.names.push(name.to_owned());
                copied = at.end;
            }
        }
    }
    parsed.sql.push_str(&sql[copied..]);
    parsed
}

/// The text in place of the placeholder of an empty list: no row, so `IN` is false.
const EMPTY_LIST: &str = "SELECT NULL FROM DUAL WHERE FALSE";

/// Replaces the `?` placeholders at these positions with as many as the list has values. `lists`
/// has the positions and lengths, in order.
pub(crate) fn expand_lists(sql: &str, lists: &[(usize, usize)]) -> String {
    let mut expanded = String::with_capacity(sql.len() + lists.iter().map(|(_, length)| 3 * length).sum::<usize>());
    let (mut copied, mut lists) = (0, lists.iter().peekable());
    for (position, placeholder) in placeholders(sql).map_while(|placeholder| placeholder.ok()).enumerate() {
        let Some((_, length)) = lists.next_if(|(at, _)| *at == position) else { continue };
        expanded.push_str(&sql[copied..placeholder.at.start]);
        match length {
            0 => expanded.push_str(EMPTY_LIST),
            length => expanded.push_str(&vec!["?"; *length].join(", ")),
        }
        copied = placeholder.at.end;
    }
    expanded.push_str(&sql[copied..]);
    expanded
}

/// The index of the named value for each placeholder.
#[derive(Debug)]
pub(crate) struct Order(Vec<Choice>);

#[derive(Debug)]
struct Choice {
    value: usize,
    /// Whether no later placeholder uses the same value, so that it can be moved instead of cloned.
    last: bool,
}

impl Order {
    /// Matches placeholders to names.
    ///
    /// # Errors
    ///
    /// `Argument` if a placeholder has no value.
    pub(crate) fn of(placeholders: &[String], names: &[&str]) -> Result<Self> {
        let found = placeholders.iter().map(|placeholder| {
            names.iter().position(|name| name == placeholder).ok_or_else(|| unknown(placeholder, names))
        });
        let found = found.collect::<Result<Vec<_>>>()?;
        let last = |at: usize| !found[at + 1..].contains(&found[at]);
        Ok(Self(found.iter().enumerate().map(|(at, &value)| Choice { value, last: last(at) }).collect()))
    }

    /// Appends the parameters in the order of the placeholders.
    pub(crate) fn arrange(&self, named: Parameters, parameters: &mut Parameters) {
        let mut named: Vec<Option<Parameter>> = named.into_parameters().map(Some).collect();
        for choice in &self.0 {
            let parameter = named.get_mut(choice.value);
            let parameter = parameter.and_then(|it| if choice.last { it.take() } else { it.clone() });
            parameters.push(parameter.unwrap_or_else(|| Value::Null.into_parameter()));
        }
    }
}

#[cold]
fn unknown(placeholder: &str, names: &[&str]) -> Error {
    let names = names.join("', '");
    Error::argument(format!("placeholder ':{placeholder}' has no parameter; the parameters are '{names}'"))
}

/// The error for named parameters of a statement with `?` placeholders.
#[cold]
pub(crate) fn unnamed_placeholders() -> Error {
    Error::argument(
        "the statement has '?' placeholders, but the parameters have names; write ':name', or pass the values in order",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str, names: &[&str]) {
        let parsed = parse_placeholders(sql);
        assert_eq!(
            (parsed.sql.as_str(), parsed.names.iter().map(String::as_str).collect()),
            (expected, names.to_vec())
        );
    }

    #[test]
    fn names_are_replaced_with_question_marks() {
        check("SELECT :a, :b_2+:a", "SELECT ?, ?+?", &["a", "b_2", "a"]);
        check(":größe", "?", &["größe"]);
        check("SELECT 1", "SELECT 1", &[]);
        check("", "", &[]);
        check(":", ":", &[]);
    }

    #[test]
    fn colons_in_quotes_and_comments_are_kept() {
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
        assert!(parse_placeholders("SELECT ?").has_unnamed && !parse_placeholders("SELECT '?'").has_unnamed);
    }

    #[test]
    fn lists_get_a_placeholder_for_each_value() {
        let sql = "SELECT '?' FROM t WHERE a = ? AND b IN (?) /* ? */ AND c NOT IN (?) AND d = ?";
        let expected = "SELECT '?' FROM t WHERE a = ? AND b IN (?, ?, ?) /* ? */ AND c NOT IN \
                        (SELECT NULL FROM DUAL WHERE FALSE) AND d = ?";
        assert_eq!(expand_lists(sql, &[(1, 3), (2, 0)]), expected);
        assert_eq!(expand_lists("SELECT 1", &[(0, 2)]), "SELECT 1");
    }

    #[test]
    fn values_are_arranged_by_name() {
        let placeholders = ["b", "a", "b"].map(str::to_owned);
        let order = Order::of(&placeholders, &["a", "b", "unused"]).unwrap();
        let mut parameters = Parameters::after(vec![Value::Null]);
        order.arrange(Parameters::after(vec!["x".into(), "y".into(), 3.into()]), &mut parameters);
        assert_eq!(parameters.into_values().unwrap(), [Value::Null, "y".into(), "x".into(), "y".into()]);
        let error = Order::of(&placeholders, &["a", "c"]).unwrap_err();
        assert_eq!(error.to_string(), "placeholder ':b' has no parameter; the parameters are 'a', 'c'");
    }
}
