//! The words and symbols of a statement, from sqlparser's tokenizer with MySQL's lexical rules.

use std::any::TypeId;

use sqlparser::dialect::{Dialect, MySqlDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use crate::types::{Error, ErrorKind, Result};

/// MySQL's lexical rules, but a `/*! ... */` stays a comment, so that it can be seen and refused: sqlparser's own
/// dialect reads its inside as SQL, and so does the server.
#[derive(Debug)]
struct ServerDialect;

impl Dialect for ServerDialect {
    fn dialect(&self) -> TypeId {
        TypeId::of::<MySqlDialect>()
    }
    fn is_identifier_start(&self, ch: char) -> bool {
        MySqlDialect {}.is_identifier_start(ch)
    }
    fn is_identifier_part(&self, ch: char) -> bool {
        MySqlDialect {}.is_identifier_part(ch)
    }
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '`'
    }
    fn supports_string_literal_backslash_escape(&self) -> bool {
        true
    }
    fn ignores_wildcard_escapes(&self) -> bool {
        true
    }
    fn supports_numeric_prefix(&self) -> bool {
        true
    }
    fn requires_single_line_comment_whitespace(&self) -> bool {
        true
    }
}

/// The tokens of `sql` without white space and comments, each with where it stands. Fails with `argument` where the
/// text can't be read (an unclosed string or comment), and with `statement-denied` where an executable comment hides SQL.
pub(super) fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>> {
    let tokens = Tokenizer::new(&ServerDialect, sql)
        .tokenize_with_location()
        .map_err(|error| Error::argument(format!("the statement can't be read: {error}")))?;
    let hides_sql = |comment: &str| comment.starts_with('!') || comment.starts_with("M!");
    if tokens
        .iter()
        .any(|token| matches!(&token.token, Token::Whitespace(Whitespace::MultiLineComment(text)) if hides_sql(text)))
    {
        return Err(Error::new(
            ErrorKind::StatementDenied,
            "executable comments (/*! ... */) are not allowed in statements",
        ));
    }
    Ok(tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect())
}

/// The upper-case text of a word that is not quoted, else `None`.
pub(super) fn keyword(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_ascii_uppercase()),
        _ => None,
    }
}

/// A name as the server compares it, quoted or not: letters in lower case, `İ` too, which it takes for an I.
pub(super) fn identifier(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) => Some(word.value.chars().filter_map(|letter| letter.to_lowercase().next()).collect()),
        _ => None,
    }
}
