//! Rewrites texts in which the driver's parser would wrongly find named placeholders.

use wasmysql_sql::{Located, Token, tokens};

use super::hints::{hint_comments, is_blank};
use crate::types::Result;

/// Returns an equivalent statement that the driver's parser of names reads correctly. Comments
/// become blanks, except optimizer hints. A blank is inserted after `-`, `/` and `:`, because the
/// parser skips the character after them.
pub(crate) fn rewritten_for_driver(sql: &str) -> Result<String> {
    let mut rewritten = String::with_capacity(sql.len() + 16);
    let mut end = 0;
    let mut last = None;
    for Located { token, at } in tokens(sql)? {
        let (gap, text) = (&sql[end..at.start], &sql[at.clone()]);
        let hides_next = matches!(last, Some(Token::Symbol('-' | '/' | ':')));
        let is_hidden = text.starts_with(['\'', '"', '`', '-', '/', ':', '?'])
            || (last == Some(Token::Symbol(':')) && matches!(token, Token::Word(_)));
        match gap {
            "" if hides_next && is_hidden => rewritten.push(' '),
            gap if gap.trim_matches(is_blank).is_empty() => rewritten.push_str(gap),
            gap => push_hints(&mut rewritten, gap),
        }
        rewritten.push_str(text);
        (end, last) = (at.end, Some(token));
    }
    Ok(rewritten)
}

/// Appends a blank in place of the comments, and the optimizer hints among the comments.
fn push_hints(rewritten: &mut String, gap: &str) {
    rewritten.push(' ');
    for comment in hint_comments(gap) {
        rewritten.push_str(comment);
        rewritten.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewritten_statement_is_equivalent() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("SELECT 20 -'8:x'", "SELECT 20 - '8:x'"),
            ("SELECT 20/\"8:x\"", "SELECT 20/ \"8:x\""),
            ("SELECT --'8:x', 1-`a:b`", "SELECT - - '8:x', 1- `a:b`"),
            ("SELECT 1/-'x'", "SELECT 1/ - 'x'"),
            ("SELECT 1/**/+2 /* ' **/, 3 -- \"\n, 4 # x", "SELECT 1 +2 , 3 , 4"),
            ("SELECT /*+ MAX_EXECUTION_TIME(1) */ 1, a->'$.b'", "SELECT /*+ MAX_EXECUTION_TIME(1) */ 1, a->'$.b'"),
            ("SELECT/* a *//*+ b */# c\n/* d */1", "SELECT /*+ b */ 1"),
            ("lbl:BEGIN @x:=1", "lbl: BEGIN @x:=1"),
            ("lbl:/* x */BEGIN", "lbl: BEGIN"),
            ("SELECT\n1", "SELECT\n1"),
        ] {
            assert_eq!(rewritten_for_driver(sql).as_deref(), Ok(expected), "{sql}");
        }
    }
}
