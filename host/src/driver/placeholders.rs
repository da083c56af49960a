//! The driver has a reader of its own for `:name` placeholders, and rewrites what it takes for one: also in strings and comments that it
//! misreads. Whether a statement has any is for the host's reader to say.

use std::borrow::Cow;

use mysql_common::named_params::ParsedNamedParams;

use crate::sql;
use crate::types::{Error, Result};

/// The statement as the driver hands it to the server without a change. Refuses `:name` placeholders with `argument`: the driver would lose
/// the connection over the wrong number of parameters.
pub(crate) fn readable(sql: &str) -> Result<Cow<'_, str>> {
    // Without it there is neither a name nor what looks like one.
    if !sql.contains(':') {
        return Ok(Cow::Borrowed(sql));
    }
    if sql::has_named_placeholder(sql)? {
        return Err(Error::argument("placeholders are written '?'; this statement has a ':name'"));
    }
    if is_left_alone(sql) {
        return Ok(Cow::Borrowed(sql));
    }
    let apart = sql::set_apart(sql)?;
    if is_left_alone(&apart) {
        return Ok(Cow::Owned(apart));
    }
    Err(Error::argument("a hint of this statement (/*+ ... */) has a ':name'"))
}

fn is_left_alone(sql: &str) -> bool {
    ParsedNamedParams::parse(sql.as_bytes()).is_ok_and(|parsed| parsed.params().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_changed_only_where_the_driver_would_change_it() {
        for sql in ["SELECT 1 -- a", "SELECT ?, ':x' /* :y */", "SELECT @x := 1", "lbl: BEGIN"] {
            assert!(matches!(readable(sql), Ok(Cow::Borrowed(_))), "{sql}");
        }
        for sql in ["SELECT 20 -'8:x'", "SELECT /**/ '*/:x'", "SELECT 1 /* **/, '*/:x'", "lbl:begin", "SELECT 1/'8:x'"]
        {
            assert!(!is_left_alone(sql), "the driver reads it: {sql}");
            assert!(readable(sql).is_ok_and(|text| is_left_alone(&text) && text != sql), "{sql}");
        }
        for (sql, words) in
            [("SELECT :a", "placeholders"), ("SELECT ?, :Id", "placeholders"), ("SELECT /*+ :a */ 1", "hint")]
        {
            assert!(readable(sql).is_err_and(|error| error.message.contains(words)), "{sql}");
        }
    }
}
