//! Protects statements from the driver's parser of `:name` placeholders. The driver rewrites
//! everything that it takes for such a placeholder, also in strings and comments that it misreads.
//! The host's own tokenizer decides whether a statement has `:name` placeholders.

use std::borrow::Cow;

use mysql_common::named_params::ParsedNamedParams;
use wasmysql_sql::placeholders;

use crate::sql;
use crate::types::{Error, Result};

/// Returns the statement in a form that the driver sends without rewriting it.
///
/// # Errors
///
/// Fails with `argument` for `:name` placeholders. The driver would send the wrong number of
/// parameters and lose the connection.
pub(crate) fn readable(sql: &str) -> Result<Cow<'_, str>> {
    // Without a colon, the driver finds no placeholder.
    if !sql.contains(':') {
        return Ok(Cow::Borrowed(sql));
    }
    for placeholder in placeholders(sql) {
        let Some(name) = placeholder?.name else { continue };
        return Err(Error::argument(format!("placeholders are written '?'; this statement has ':{name}'")));
    }
    if is_unchanged_by_driver(sql) {
        return Ok(Cow::Borrowed(sql));
    }
    let rewritten = sql::rewritten_for_driver(sql)?;
    if is_unchanged_by_driver(&rewritten) {
        return Ok(Cow::Owned(rewritten));
    }
    Err(Error::argument(
        "a hint of this statement (/*+ ... */) has a ':name', which is not supported; remove it from the hint",
    ))
}

fn is_unchanged_by_driver(sql: &str) -> bool {
    ParsedNamedParams::parse(sql.as_bytes()).is_ok_and(|parsed| parsed.params().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_rewritten_only_if_the_driver_would_misread_it() {
        for sql in ["SELECT 1 -- a", "SELECT ?, ':x' /* :y */", "SELECT @x := 1", "lbl: BEGIN"] {
            assert!(matches!(readable(sql), Ok(Cow::Borrowed(_))), "{sql}");
        }
        for sql in ["SELECT 20 -'8:x'", "SELECT /**/ '*/:x'", "SELECT 1 /* **/, '*/:x'", "lbl:begin", "SELECT 1/'8:x'"]
        {
            assert!(!is_unchanged_by_driver(sql), "the driver finds a placeholder: {sql}");
            assert!(readable(sql).is_ok_and(|text| is_unchanged_by_driver(&text) && text != sql), "{sql}");
        }
        for (sql, words) in
            [("SELECT :a", "placeholders"), ("SELECT ?, :Id", "placeholders"), ("SELECT /*+ :a */ 1", "hint")]
        {
            assert!(readable(sql).is_err_and(|error| error.message.contains(words)), "{sql}");
        }
    }
}
