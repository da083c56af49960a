//! The lexer. Where another dialect has a comment or a string, the server may see SQL, and a
//! statement could bypass its grant. Where the servers' grammar decides what a token is (`t.5INTO`,
//! `@into`), the lexer returns a keyword.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use crate::token::Token;

/// A token and its byte range in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<'a> {
    /// The token.
    pub token: Token<'a>,
    /// Its byte range.
    pub at: Range<usize>,
}

/// An error of the lexer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LexError {
    /// A string literal is not closed.
    UnclosedString,
    /// A name in backticks is not closed.
    UnclosedName,
    /// A comment is not closed.
    UnclosedComment,
    /// The text has an executable comment: `/*! ... */` or `/*M! ... */`. Which tokens a server
    /// finds in it depends on the server's version.
    ExecutableComment,
}

impl fmt::Display for LexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LexError::UnclosedString => "a string is not closed",
            LexError::UnclosedName => "a name in backticks is not closed",
            LexError::UnclosedComment => "a comment is not closed",
            LexError::ExecutableComment => {
                "executable comments (/*! ... */) are not allowed in statements; write the SQL without the comment"
            }
        })
    }
}

impl Error for LexError {}

/// Returns the tokens of `sql`, without white space and comments.
///
/// # Errors
///
/// If a string, name or comment is not closed, or the text has an executable comment.
pub fn tokens(sql: &str) -> Result<Vec<Located<'_>>, LexError> {
    Tokens::new(sql).collect()
}

/// An iterator over the tokens of a statement. Callers can stop early, because a text can have a
/// million tokens. It ends after an error.
#[derive(Debug)]
pub struct Tokens<'a> {
    reader: Reader<'a>,
}

impl<'a> Tokens<'a> {
    /// Starts at the beginning of a text.
    #[must_use]
    pub fn new(sql: &'a str) -> Self {
        Self { reader: Reader::new(sql, 0) }
    }

    fn read(&mut self) -> Result<Option<Located<'a>>, LexError> {
        self.reader.skip_blanks()?;
        let start = self.reader.at;
        Ok(self.reader.token()?.map(|token| Located { token, at: start..self.reader.at }))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Located<'a>, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        let token = self.read();
        if token.is_err() {
            self.reader.at = self.reader.bytes.len();
        }
        token.transpose()
    }
}

/// A part of a text whose content is not SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opaque {
    String,
    Name,
    Comment,
    ExecutableComment,
}

/// Reads bytes, as the server does. In UTF-8 no byte of a non-ASCII character is an ASCII byte.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sql: &'a str, at: usize) -> Self {
        Self { sql, bytes: sql.as_bytes(), at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn take_while(&mut self, matches: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&matches) {
            self.at += 1;
        }
    }

    /// Skips a string, a quoted name or a comment, if one begins here.
    pub(crate) fn skip_opaque(&mut self) -> Result<Option<Opaque>, LexError> {
        let Some(first) = self.peek(0) else { return Ok(None) };
        let opaque = match (first, self.peek(1)) {
            (b'\'' | b'"', _) => {
                self.skip_quoted(first, true).ok_or(LexError::UnclosedString)?;
                Opaque::String
            }
            (b'`', _) => {
                self.skip_quoted(first, false).ok_or(LexError::UnclosedName)?;
                Opaque::Name
            }
            (b'#', _) => {
                self.skip_line();
                Opaque::Comment
            }
            // `--` without a blank or a control character after it is two minus signs.
            (b'-', Some(b'-')) if self.peek(2).is_none_or(|next| next == b' ' || next.is_ascii_control()) => {
                self.at += 2;
                self.skip_line();
                Opaque::Comment
            }
            (b'/', Some(b'*')) => {
                let inside = &self.bytes[self.at + 2..];
                let is_executable = inside.starts_with(b"!") || inside.starts_with(b"M!");
                // Comments do not nest.
                let length = inside.windows(2).position(|pair| pair == b"*/").ok_or(LexError::UnclosedComment)?;
                self.at += 2 + length + 2;
                if is_executable { Opaque::ExecutableComment } else { Opaque::Comment }
            }
            _ => return Ok(None),
        };
        Ok(Some(opaque))
    }

    fn skip_blanks(&mut self) -> Result<(), LexError> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t'..=b'\r' => self.at += 1,
                b'#' | b'-' | b'/' => match self.skip_opaque()? {
                    Some(Opaque::Comment) => {}
                    Some(_) => return Err(LexError::ExecutableComment),
                    None => break,
                },
                _ => break,
            }
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        self.take_while(|byte| byte != b'\n' && byte != 0);
    }

    fn token(&mut self) -> Result<Option<Token<'a>>, LexError> {
        let start = self.at;
        let Some(first) = self.peek(0) else { return Ok(None) };
        let token = match first {
            b'\'' | b'"' => {
                self.skip_opaque()?;
                Token::Text
            }
            b'`' => {
                self.skip_opaque()?;
                Token::Quoted(&self.sql[start + 1..self.at - 1])
            }
            b'0'..=b'9' if self.is_number() => Token::Number,
            _ if is_word_part(first) => {
                self.take_while(is_word_part);
                Token::Word(&self.sql[start..self.at])
            }
            _ => {
                // `\N` is NULL, even if letters follow.
                self.at += if first == b'\\' && self.peek(1) == Some(b'N') { 2 } else { 1 };
                if first == b'?' { Token::Placeholder } else { Token::Symbol(first.into()) }
            }
        };
        Ok(Some(token))
    }

    /// Skips up to and including the closing quote. A doubled quote and an escaped character are
    /// part of the text. `None` if the quote is not closed.
    fn skip_quoted(&mut self, quote: u8, escapes: bool) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek(0)? {
                b'\\' if escapes => self.at += 2,
                byte if byte == quote && self.peek(1) == Some(quote) => self.at += 2,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Some(());
                    }
                }
            }
        }
    }

    /// Reads digits and an optional exponent. Letters after plain digits make a name. Letters after
    /// an exponent or a point don't: `1e1INTO`, `1.e1INTO` and `1.5INTO` are a number and a
    /// keyword. Other points are symbols, because a name can follow a name and a point.
    fn is_number(&mut self) -> bool {
        let after_point = self.bytes[..self.at].ends_with(b".");
        let start = self.at;
        self.take_while(|byte| byte.is_ascii_digit());
        let point = usize::from(self.peek(0) == Some(b'.'));
        let sign = usize::from(matches!(self.peek(point + 1), Some(b'+' | b'-')));
        let digit = point + 1 + sign;
        if matches!(self.peek(point), Some(b'e' | b'E')) && self.peek(digit).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += digit;
            self.take_while(|byte| byte.is_ascii_digit());
            return true;
        }
        let is_number = after_point || !self.peek(0).is_some_and(is_word_part);
        if !is_number {
            self.at = start;
        }
        is_number
    }
}

fn is_word_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{Token::*, *};

    #[track_caller]
    fn check(sql: &str, expected: &[Token<'_>]) {
        let tokens = tokens(sql).expect(sql);
        assert_eq!(tokens.iter().map(|located| located.token).collect::<Vec<_>>(), expected, "{sql}");
    }

    #[test]
    fn comments_follow_server_rules() {
        check("a -- b\nc", &[Word("a"), Word("c")]);
        check("a --\u{1}'\nc --", &[Word("a"), Word("c")]);
        check("a --b\nc", &[Word("a"), Symbol('-'), Symbol('-'), Word("b"), Word("c")]);
        check("a --\u{2003}b", &[Word("a"), Symbol('-'), Symbol('-'), Word("\u{2003}b")]);
        check("a # '\nc", &[Word("a"), Word("c")]);
        check("a/*/*/c/**/d", &[Word("a"), Word("c"), Word("d")]);
        check("a|/*'*/b", &[Word("a"), Symbol('|'), Word("b")]);
        check("a\u{b}\u{c}\rb\u{a0}", &[Word("a"), Word("b\u{a0}")]);
        assert_eq!(tokens("a /*!1 b */"), Err(LexError::ExecutableComment));
        assert_eq!(tokens("a /*M! b */"), Err(LexError::ExecutableComment));
    }

    #[test]
    fn strings_and_names_follow_server_rules() {
        check(r"'a\'b''c' x", &[Text, Word("x")]);
        check(r#"b"\"'" x"#, &[Word("b"), Text, Word("x")]);
        check(r"'\\' x'41'", &[Text, Word("x"), Text]);
        check(r"`a\` `b``'` x", &[Quoted(r"a\"), Quoted("b``'"), Word("x")]);
        check("$$ a $$", &[Word("$$"), Word("a"), Word("$$")]);
        for open in ["'a", r"'a\'", "\"a'", "`a", "/* a", "'a''", "`a``", "'a\\"] {
            assert!(tokens(open).is_err(), "{open}");
        }
    }

    #[test]
    fn keywords_after_numbers_are_found() {
        check("1.5INTO", &[Number, Symbol('.'), Number, Word("INTO")]);
        check("1.e1INTO 1.INTO", &[Number, Word("INTO"), Number, Symbol('.'), Word("INTO")]);
        check("1e-5INTO 1e1into", &[Number, Word("INTO"), Number, Word("into")]);
        check("1eINTO 1INTO 0SELECT 0x1F", &[Word("1eINTO"), Word("1INTO"), Word("0SELECT"), Word("0x1F")]);
        check(r"\NINTO ?", &[Symbol('\\'), Word("INTO"), Placeholder]);
        check("t1e5INTO @into", &[Word("t1e5INTO"), Symbol('@'), Word("into")]);
    }
}
