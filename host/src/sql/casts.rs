//! Casts that give placeholders the type of their values. The driver sends DECIMAL, bytes and DATE
//! as text, and the server would compute with text. A cast around the placeholder restores the type
//! that the guest passed.

use std::borrow::Cow;
use std::fmt;

use wasmysql_sql::{Located, Token, tokens};

use crate::types::{Value, decimal};

/// The start of a cast. The tab distinguishes the host's casts from a guest's casts, because the
/// server derives column names from the text.
const BEFORE: &str = "CAST(?\tAS ";

/// The maximum number of bytes that a cast adds to a placeholder.
pub(crate) const CAST_BYTES: usize = BEFORE.len() + "DECIMAL(65,38))".len();

/// The type that a placeholder is cast to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    /// DECIMAL(65, scale).
    Decimal(u8),
    Binary,
    Date,
}

impl Cast {
    /// Returns the cast that a value needs, or `None` if the driver sends the type of the value.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Decimal(text) => Some(Cast::Decimal(decimal::scale(text).unwrap_or(0))),
            Value::Bytes(_) => Some(Cast::Binary),
            Value::Date(_) => Some(Cast::Date),
            _ => None,
        }
    }
}

impl fmt::Display for Cast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cast::Decimal(scale) => write!(f, "DECIMAL(65,{scale})"),
            Cast::Binary => f.write_str("BINARY"),
            Cast::Date => f.write_str("DATE"),
        }
    }
}

/// Returns the statement with a cast around each placeholder that needs a cast, except where the
/// grammar accepts only a plain placeholder. Returns `None` if the text stays the same, or if the
/// numbers of placeholders and values differ.
pub(crate) fn with_casts(sql: &str, casts: &[Option<Cast>]) -> Option<String> {
    if casts.iter().all(Option::is_none) {
        return None;
    }
    let tokens = tokens(sql).ok()?;
    let calls_procedure = tokens.first().and_then(|located| located.token.keyword()).as_deref() == Some("CALL");
    let mut text = String::with_capacity(sql.len() + casts.len() * CAST_BYTES);
    let (mut end, mut depth) = (0, 0_usize);
    let mut casts = casts.iter();
    for (at, located) in tokens.iter().enumerate() {
        match located.token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => depth = depth.saturating_sub(1),
            Token::Placeholder => {
                let Some(cast) = casts.next()? else { continue };
                if must_be_plain(&tokens, at) || (calls_procedure && depth == 1 && is_argument(&tokens, at)) {
                    continue;
                }
                text.push_str(&sql[end..located.at.start]);
                // `SELECT?` is two tokens, and must not become `SELECTCAST`.
                if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()) {
                    text.push(' ');
                }
                text.push_str(&format!("{BEFORE}{cast})"));
                end = located.at.end;
            }
            _ => {}
        }
    }
    text.push_str(&sql[end..]);
    (end > 0 && casts.next().is_none()).then_some(text)
}

/// Returns a column name without the host's casts. The server names an expression by its text.
pub(crate) fn without_casts(name: &str) -> Cow<'_, str> {
    if !name.contains(BEFORE) {
        return Cow::Borrowed(name);
    }
    let mut parts = name.split(BEFORE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ty = ["BINARY)", "DATE)"].into_iter().find(|ty| part.starts_with(ty)).map(str::len);
        let decimal = || part.starts_with("DECIMAL(65,").then(|| part.find("))").map(|at| at + 2)).flatten();
        match ty.or_else(decimal) {
            Some(length) => {
                text.push('?');
                text.push_str(&part[length..]);
            }
            // The server truncated the name at its maximum length.
            None => text.push('?'),
        }
    }
    Cow::Owned(text)
}

/// Returns whether the grammar accepts only a plain placeholder here: after LIMIT, OFFSET and
/// similar keywords, and in the frame of a window.
fn must_be_plain(tokens: &[Located<'_>], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(|located| located.token.keyword());
    let counts = |back: usize| {
        let word = at.checked_sub(back).and_then(word);
        matches!(word.as_deref(), Some("LIMIT" | "OFFSET" | "FIRST" | "NEXT" | "EXAMINED"))
    };
    // LIMIT ?, ?
    let is_second = at >= 3 && tokens[at - 1].token == Token::Symbol(',') && counts(3);
    counts(1) || is_second || matches!(word(at + 1).as_deref(), Some("PRECEDING" | "FOLLOWING"))
}

/// Returns whether the placeholder is a whole argument of a procedure. It may then be an OUT
/// parameter.
fn is_argument(tokens: &[Located<'_>], at: usize) -> bool {
    let is = |at: Option<usize>, symbols: [char; 2]| {
        let token = at.and_then(|at| tokens.get(at)).map(|located| located.token);
        symbols.into_iter().any(|symbol| token == Some(Token::Symbol(symbol)))
    };
    is(at.checked_sub(1), ['(', ',']) && is(Some(at + 1), [',', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, casts: &[Option<Cast>], expected: Option<&str>) {
        let expected = expected.map(|text| text.replace("? AS", "?\tAS"));
        assert_eq!(with_casts(sql, casts), expected, "{sql}");
        if let Some(text) = &expected {
            assert_eq!(without_casts(text), sql);
        }
    }

    #[test]
    fn placeholders_get_the_type_of_their_value() {
        let (decimal, binary, date) = (Some(Cast::Decimal(2)), Some(Cast::Binary), Some(Cast::Date));
        check("SELECT ?", &[None], None);
        check("SELECT ?, ?", &[decimal], None);
        check("SELECT '?', ?", &[decimal], Some("SELECT '?', CAST(? AS DECIMAL(65,2))"));
        check(
            "SELECT ?+?, (?) -- ?",
            &[binary, None, date],
            Some("SELECT CAST(? AS BINARY)+?, (CAST(? AS DATE)) -- ?"),
        );
        assert_eq!(with_casts("SELECT?", &[date]).as_deref(), Some("SELECT CAST(?\tAS DATE)"));
        check(
            "INSERT INTO t VALUES (?,?)",
            &[date, binary],
            Some("INSERT INTO t VALUES (CAST(? AS DATE),CAST(? AS BINARY))"),
        );
        check(
            "SELECT ? IN (?, ?)",
            &[decimal, None, decimal],
            Some("SELECT CAST(? AS DECIMAL(65,2)) IN (?, CAST(? AS DECIMAL(65,2)))"),
        );
    }

    #[test]
    fn placeholders_stay_plain_where_required() {
        let decimal = Some(Cast::Decimal(0));
        for sql in [
            "SELECT 1 LIMIT ?",
            "TABLE t LIMIT /* c */ ?",
            "SELECT 1 LIMIT 1 OFFSET ?",
            "SELECT 1 LIMIT 5, ?",
            "CALL p(?)",
        ] {
            check(sql, &[decimal], None);
        }
        for sql in [
            "SELECT 1 LIMIT ?, ?",
            "SELECT 1 LIMIT ? OFFSET ?",
            "CALL p(?, ?)",
            "SELECT 1 OFFSET ? ROWS FETCH NEXT ? ROWS ONLY",
        ] {
            check(sql, &[decimal, decimal], None);
        }
        check(
            "CALL p(? + 1, f(?), ?)",
            &[decimal; 3],
            Some("CALL p(CAST(? AS DECIMAL(65,0)) + 1, f(CAST(? AS DECIMAL(65,0))), ?)"),
        );
        check(
            "SELECT SUM(a) OVER (ROWS ? PRECEDING), ?",
            &[decimal, decimal],
            Some("SELECT SUM(a) OVER (ROWS ? PRECEDING), CAST(? AS DECIMAL(65,0))"),
        );
    }

    #[test]
    fn column_names_keep_casts_of_guests() {
        assert_eq!(without_casts("CAST(? AS DATE)"), "CAST(? AS DATE)");
        assert_eq!(without_casts("CAST(CAST(?\tAS DATE) AS DATE) + CAST(?\tAS DECIMAL(65,38))"), "CAST(? AS DATE) + ?");
        assert_eq!(without_casts("1 + CAST(?\tAS DECI"), "1 + ?");
    }
}
