//! Placeholders that are names, which the contract does not know; and texts in which a careless reader finds some that are none.

use super::tokens::{Located, Token, Tokens, tokens};
use crate::types::Result;

/// Whether a statement has a `:name`. What BEGIN, LOOP, WHILE, REPEAT and FOR have before them is a label: `again:LOOP`.
pub(crate) fn has_named_placeholder(sql: &str) -> Result<bool> {
    let mut before: [Option<Located<'_>>; 2] = [None, None];
    for located in Tokens::of(sql) {
        let located = located?;
        let [second_last, last] = &before;
        let follows_colon =
            last.as_ref().is_some_and(|last| last.token == Token::Symbol(':') && last.at.end == located.at.start);
        let is_name = matches!(located.token, Token::Word(word) if !word.starts_with(|c: char| c.is_ascii_digit()));
        let is_labelled = located.token.is_one_of("BEGIN LOOP WHILE REPEAT FOR")
            && second_last.as_ref().is_some_and(|label| matches!(label.token, Token::Word(_) | Token::Quoted(_)));
        if follows_colon && is_name && !is_labelled {
            return Ok(true);
        }
        let [_, last] = before;
        before = [last, Some(located)];
    }
    Ok(false)
}

/// The same statement without what the reader of names in the driver stumbles over: comments, of which only hints of the optimizer stay, and
/// what follows a `-`, a `/` or a `:` at once, of which it loses the first character.
pub(crate) fn set_apart(sql: &str) -> Result<String> {
    let mut apart = String::with_capacity(sql.len() + 16);
    let mut end = 0;
    let mut last = None;
    for Located { token, at } in tokens(sql)? {
        let (gap, text) = (&sql[end..at.start], &sql[at.clone()]);
        let hides_next = matches!(last, Some(Token::Symbol('-' | '/' | ':')));
        let is_hidden = text.starts_with(['\'', '"', '`', '-', '/', ':', '?'])
            || (last == Some(Token::Symbol(':')) && matches!(token, Token::Word(_)));
        match gap {
            "" if hides_next && is_hidden => apart.push(' '),
            gap if gap.trim_matches(is_blank).is_empty() => apart.push_str(gap),
            gap => push_hints(&mut apart, gap),
        }
        apart.push_str(text);
        (end, last) = (at.end, Some(token));
    }
    Ok(apart)
}

/// A blank in the place of comments, and the hints among them.
fn push_hints(apart: &mut String, gap: &str) {
    apart.push(' ');
    let mut rest = gap.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let end = match rest.strip_prefix("/*") {
            Some(comment) => comment.find("*/").map(|length| length + 4),
            None => rest.find('\n'),
        };
        let (comment, after) = rest.split_at(end.unwrap_or(rest.len()));
        if comment.starts_with("/*+") {
            apart.push_str(comment);
            apart.push(' ');
        }
        rest = after.trim_start_matches(is_blank);
    }
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_what_looks_like_one() {
        for sql in [
            "SELECT :a",
            "SELECT 1--:a",
            "SELECT :_x, ?",
            "SELECT ::a",
            "WHERE a = :Id",
            "SELECT :é",
            "SELECT 1 :begin",
        ] {
            assert_eq!(has_named_placeholder(sql), Ok(true), "{sql}");
        }
        for sql in [
            "SELECT 20 - '8:x'",
            "SELECT 20 -'8:x'",
            "SELECT @x := 1, @y:=2, 12:30",
            "SELECT ':a', \":b\", `:c` -- :d\n # :e\n /* :f */",
            "CREATE PROCEDURE p() lbl:BEGIN again:loop LEAVE again; END LOOP; `x`:while 1 DO SELECT 1; END WHILE; END",
            "lbl: BEGIN",
            "SELECT : a",
        ] {
            assert_eq!(has_named_placeholder(sql), Ok(false), "{sql}");
        }
        assert!(has_named_placeholder("SELECT 'open").is_err());
    }

    #[test]
    fn what_is_set_apart_is_the_same_statement() {
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
            assert_eq!(set_apart(sql).as_deref(), Ok(expected), "{sql}");
        }
    }
}
