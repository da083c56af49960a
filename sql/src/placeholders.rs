//! Placeholders. The servers have `?` only; SDKs replace `:name` by it.

use std::ops::Range;

use crate::lexer::{LexError, Located, Tokens};
use crate::token::Token;

/// A placeholder of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// The name after the colon of `:name`; `None` for `?`.
    pub name: Option<&'a str>,
    /// The byte range, with the colon.
    pub at: Range<usize>,
}

/// Returns the placeholders of a statement in order, lazily. Strings, quoted names and comments
/// have none. A name before BEGIN, LOOP, WHILE, REPEAT or FOR is a label: `again:LOOP`.
///
/// # Errors
///
/// The iterator ends with the error of the lexer, if there is one.
pub fn placeholders(sql: &str) -> impl Iterator<Item = Result<Placeholder<'_>, LexError>> {
    let mut before: [Option<Located<'_>>; 2] = [None, None];
    Tokens::new(sql).filter_map(move |located| {
        let located = match located {
            Ok(located) => located,
            Err(error) => return Some(Err(error)),
        };
        let placeholder = placeholder(&before, &located);
        before = [before[1].take(), Some(located)];
        placeholder.map(Ok)
    })
}

fn placeholder<'a>(before: &[Option<Located<'a>>; 2], located: &Located<'a>) -> Option<Placeholder<'a>> {
    let name = match located.token {
        Token::Placeholder => return Some(Placeholder { name: None, at: located.at.clone() }),
        Token::Word(name) => name,
        _ => return None,
    };
    let [second_last, last] = before;
    let colon = last.as_ref().filter(|last| last.token == Token::Symbol(':') && last.at.end == located.at.start)?;
    let is_labelled = located.token.is_one_of("BEGIN LOOP WHILE REPEAT FOR")
        && second_last.as_ref().is_some_and(|label| matches!(label.token, Token::Word(_) | Token::Quoted(_)));
    if name.starts_with(|c: char| c.is_ascii_digit()) || is_labelled {
        return None;
    }
    Some(Placeholder { name: Some(name), at: colon.at.start..located.at.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, names: &[&str]) {
        let found: Result<Vec<_>, _> = placeholders(sql).collect();
        let found: Vec<_> = found.expect(sql).iter().map(|found| found.name.unwrap_or("?")).collect();
        assert_eq!(found, names, "{sql}");
    }

    #[test]
    fn placeholders_are_found() {
        check("SELECT :a", &["a"]);
        check("SELECT 1--:a", &["a"]);
        check("SELECT :_x, ?, :b2", &["_x", "?", "b2"]);
        check("SELECT ::a", &["a"]);
        check("WHERE a = :Id AND b = :Id", &["Id", "Id"]);
        check("SELECT :é", &["é"]);
        check("SELECT 1 :begin", &["begin"]);
    }

    #[test]
    fn other_colons_are_no_placeholders() {
        for sql in [
            "SELECT 20 - '8:x'",
            "SELECT 20 -'8:x'",
            "SELECT @x := 1, @y:=2, 12:30",
            "SELECT ':a', \":b\", `:c` -- :d\n # :e\n /* :f */",
            "CREATE PROCEDURE p() lbl:BEGIN again:loop LEAVE again; END LOOP; `x`:while 1 DO SELECT 1; END WHILE; END",
            "lbl: BEGIN",
            "SELECT : a",
        ] {
            check(sql, &[]);
        }
        assert!(placeholders("SELECT :a, 'open").last().is_some_and(|last| last.is_err()));
    }
}
