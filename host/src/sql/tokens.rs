//! The words and symbols of a statement, by the lexical rules of MariaDB and MySQL in the SQL mode that every session is given. Where a
//! reader of another dialect sees a comment or a string, the server can see SQL, and a grant would not hold: so this is a reader for
//! these servers and nothing else. Where they leave it to the grammar what a token is (`t.5INTO`, `@into`), it sees a keyword.

use std::ops::Range;

use crate::types::{Error, ErrorKind, Result};

/// What is told apart of a statement's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword, or a name without quotes.
    Word(&'a str),
    /// A name in backticks, as it stands between them.
    Quoted(&'a str),
    /// A string.
    Text,
    Number,
    /// `?`.
    Placeholder,
    /// Anything else, a character at a time.
    Symbol(char),
}

/// A token, and the bytes of the statement that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<'a> {
    pub(crate) token: Token<'a>,
    pub(crate) at: Range<usize>,
}

/// The tokens of `sql` without white space and comments. Fails with `argument` where the text can't be read (an unclosed string or
/// comment), and with `statement-denied` where an executable comment hides SQL.
pub(crate) fn tokens(sql: &str) -> Result<Vec<Located<'_>>> {
    Tokens::of(sql).collect()
}

/// Reads the tokens of a statement one by one, so that a reader can stop at any of them: a text can have a million. After an error
/// it must not be asked again.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    reader: Reader<'a>,
}

impl<'a> Tokens<'a> {
    pub(crate) fn of(sql: &'a str) -> Tokens<'a> {
        Tokens { reader: Reader { sql, bytes: sql.as_bytes(), at: 0 } }
    }

    fn read(&mut self) -> Result<Option<Located<'a>>> {
        self.reader.skip_blanks()?;
        let start = self.reader.at;
        Ok(self.reader.token()?.map(|token| Located { token, at: start..self.reader.at }))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Located<'a>>;

    fn next(&mut self) -> Option<Result<Located<'a>>> {
        self.read().transpose()
    }
}

/// The upper-case text of a word that is not quoted, else `None`.
pub(super) fn keyword(token: Token<'_>) -> Option<String> {
    match token {
        Token::Word(word) => Some(word.to_ascii_uppercase()),
        _ => None,
    }
}

/// A name as a server may compare it, quoted or not: letters in one case, `İ` and `ſ` too, which some take for an I and an S.
pub(super) fn identifier(token: Token<'_>) -> Option<String> {
    let folded = |letter: char| letter.to_uppercase().next()?.to_lowercase().next();
    match token {
        Token::Word(name) | Token::Quoted(name) => Some(name.chars().filter_map(folded).collect()),
        _ => None,
    }
}

impl Token<'_> {
    /// Whether it is this keyword, or a name without quotes that is written like it.
    pub(super) fn is(self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is one of these keywords, which have blanks between them.
    pub(super) fn is_one_of(self, keywords: &str) -> bool {
        matches!(self, Token::Word(_)) && keywords.split_ascii_whitespace().any(|keyword| self.is(keyword))
    }

    /// Whether a server may take it for this name, quoted or not, which is of ASCII letters and has no backtick. Which other letters a
    /// server takes for one of ASCII (`İ` and `ſ` for I and S, perhaps `É` for E) is for its collation to know, so here each is any.
    pub(super) fn may_name(self, name: &str) -> bool {
        let (Token::Word(written) | Token::Quoted(written)) = self else { return false };
        if written.len() <= name.len() || written.is_ascii() {
            return written.eq_ignore_ascii_case(name);
        }
        let same = |(letter, wanted): (char, char)| letter.eq_ignore_ascii_case(&wanted) || !letter.is_ascii();
        written.chars().count() == name.len() && written.chars().zip(name.chars()).all(same)
    }
}

/// The server reads bytes too: in UTF-8 none of another character is one of ASCII.
#[derive(Debug)]
struct Reader<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn take_while(&mut self, matches: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&matches) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) -> Result<()> {
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b' ' | b'\t'..=b'\r', _) => self.at += 1,
                (b'#', _) => self.skip_line(),
                // Without a blank after it, it is two times minus.
                (b'-', Some(b'-')) if self.peek(2).is_none_or(|next| next == b' ' || next.is_ascii_control()) => {
                    self.at += 2;
                    self.skip_line();
                }
                (b'/', Some(b'*')) => self.skip_comment()?,
                _ => break,
            }
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        self.take_while(|byte| byte != b'\n' && byte != 0);
    }

    /// Comments do not nest.
    fn skip_comment(&mut self) -> Result<()> {
        let inside = &self.bytes[self.at + 2..];
        if inside.starts_with(b"!") || inside.starts_with(b"M!") {
            return Err(Error::new(
                ErrorKind::StatementDenied,
                "executable comments (/*! ... */) are not allowed in statements",
            ));
        }
        match inside.windows(2).position(|pair| pair == b"*/") {
            Some(length) => self.at += 2 + length + 2,
            None => return Err(Error::argument("the statement can't be read: a comment is not closed")),
        }
        Ok(())
    }

    fn token(&mut self) -> Result<Option<Token<'a>>> {
        let start = self.at;
        let Some(first) = self.peek(0) else { return Ok(None) };
        let token = match first {
            b'\'' | b'"' => {
                self.quoted(first, true)?;
                Token::Text
            }
            b'`' => {
                self.quoted(first, false)?;
                Token::Quoted(&self.sql[start + 1..self.at - 1])
            }
            b'0'..=b'9' if self.is_number() => Token::Number,
            _ if is_word_part(first) => {
                self.take_while(is_word_part);
                Token::Word(&self.sql[start..self.at])
            }
            _ => {
                // `\N` is NULL, whatever follows it.
                self.at += if first == b'\\' && self.peek(1) == Some(b'N') { 2 } else { 1 };
                if first == b'?' { Token::Placeholder } else { Token::Symbol(first.into()) }
            }
        };
        Ok(Some(token))
    }

    /// Up to and with the quote that ends it. One that is doubled is meant itself, and what is escaped.
    fn quoted(&mut self, quote: u8, escapes: bool) -> Result<()> {
        self.at += 1;
        loop {
            match self.peek(0) {
                None => {
                    let what = if escapes { "string" } else { "name in backticks" };
                    return Err(Error::argument(format!("the statement can't be read: a {what} is not closed")));
                }
                Some(b'\\') if escapes => self.at += 2,
                Some(byte) if byte == quote && self.peek(1) == Some(quote) => self.at += 2,
                Some(byte) => {
                    self.at += 1;
                    if byte == quote {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Takes digits, and an exponent. More letters after digits make it a name, but not after an exponent or a point: `1e1INTO`, `1.e1INTO`
    /// and `1.5INTO` are numbers and a keyword. Other points are symbols, since after a name a name follows.
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
    fn comments_are_those_of_the_server() {
        check("a -- b\nc", &[Word("a"), Word("c")]);
        check("a --\u{1}'\nc --", &[Word("a"), Word("c")]);
        check("a --b\nc", &[Word("a"), Symbol('-'), Symbol('-'), Word("b"), Word("c")]);
        check("a --\u{2003}b", &[Word("a"), Symbol('-'), Symbol('-'), Word("\u{2003}b")]);
        check("a # '\nc", &[Word("a"), Word("c")]);
        check("a/*/*/c/**/d", &[Word("a"), Word("c"), Word("d")]);
        check("a|/*'*/b", &[Word("a"), Symbol('|'), Word("b")]);
        check("a\u{b}\u{c}\rb\u{a0}", &[Word("a"), Word("b\u{a0}")]);
    }

    #[test]
    fn strings_and_names_end_where_the_server_ends_them() {
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
    fn a_number_hides_no_keyword() {
        check("1.5INTO", &[Number, Symbol('.'), Number, Word("INTO")]);
        check("1.e1INTO 1.INTO", &[Number, Word("INTO"), Number, Symbol('.'), Word("INTO")]);
        check("1e-5INTO 1e1into", &[Number, Word("INTO"), Number, Word("into")]);
        check("1eINTO 1INTO 0SELECT 0x1F", &[Word("1eINTO"), Word("1INTO"), Word("0SELECT"), Word("0x1F")]);
        check(r"\NINTO ?", &[Symbol('\\'), Word("INTO"), Placeholder]);
        check("t1e5INTO @into", &[Word("t1e5INTO"), Symbol('@'), Word("into")]);
    }
}
