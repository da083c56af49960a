//! The tokens of a statement.

/// A token of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A keyword or an unquoted name.
    Word(&'a str),
    /// The raw text of a name in backticks, without the backticks.
    Quoted(&'a str),
    /// A string literal.
    Text,
    /// A number.
    Number,
    /// `?`.
    Placeholder,
    /// Any other character.
    Symbol(char),
}

impl Token<'_> {
    /// Returns whether the token is this keyword, or an unquoted name with the same spelling.
    #[must_use]
    pub fn is(self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Returns whether the token is one of these keywords, which are separated by blanks.
    #[must_use]
    pub fn is_one_of(self, keywords: &str) -> bool {
        matches!(self, Token::Word(_)) && keywords.split_ascii_whitespace().any(|keyword| self.is(keyword))
    }

    /// Returns the text of an unquoted word in upper case, or `None` for another token.
    #[must_use]
    pub fn keyword(self) -> Option<String> {
        match self {
            Token::Word(word) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }

    /// Returns a quoted or unquoted name in one case, as a server may compare it. This includes `İ`
    /// and `ſ`, which some collations compare as I and S.
    #[must_use]
    pub fn identifier(self) -> Option<String> {
        let folded = |letter: char| letter.to_uppercase().next()?.to_lowercase().next();
        match self {
            Token::Word(name) | Token::Quoted(name) => Some(name.chars().filter_map(folded).collect()),
            _ => None,
        }
    }

    /// Returns whether a server may resolve the token, quoted or not, to `name`. `name` consists of
    /// ASCII letters and has no backtick. Collations can treat other letters as ASCII letters: `İ`
    /// and `ſ` as I and S, perhaps `É` as E. So each non-ASCII letter matches any letter.
    #[must_use]
    pub fn may_name(self, name: &str) -> bool {
        let (Token::Word(written) | Token::Quoted(written)) = self else { return false };
        if written.len() <= name.len() || written.is_ascii() {
            return written.eq_ignore_ascii_case(name);
        }
        let same = |(letter, wanted): (char, char)| letter.eq_ignore_ascii_case(&wanted) || !letter.is_ascii();
        written.chars().count() == name.len() && written.chars().zip(name.chars()).all(same)
    }
}
