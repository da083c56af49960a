//! Splits an SQL file into statements, as the `mysql` client does.

use std::error::Error;
use std::fmt;

use crate::lexer::{LexError, Opaque, Reader};
use crate::stored_programs::{is_cut, may_define_stored_program};

/// The length of the beginning of a statement that messages show, in characters.
const SHOWN_CHARACTERS: usize = 60;

/// A statement of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'t> {
    /// The line where the statement begins, from 1.
    pub line: usize,
    /// The statement without its delimiter and without leading comments.
    pub sql: &'t str,
    /// The delimiter in effect.
    pub delimiter: &'t str,
}

/// The advice for a stored program whose body ends at its first `;`.
pub const DELIMITER_ADVICE: &str = "the body of a stored program contains `;`, so put a line `DELIMITER //` before the \
     statement, end the statement with `//`, and put a line `DELIMITER ;` after it";

impl Statement<'_> {
    /// Returns whether [`DELIMITER_ADVICE`] may explain a syntax error of the server: the statement
    /// seems to define a stored program, and its delimiter is `;`.
    #[must_use]
    pub fn may_need_delimiter(&self) -> bool {
        self.delimiter == ";" && may_define_stored_program(self.sql)
    }
}

/// Returns the beginning of a statement in one line, for messages.
#[must_use]
pub fn beginning(sql: &str) -> String {
    // A statement can have megabytes, of which few words are shown.
    let words = sql.split_whitespace().take(SHOWN_CHARACTERS).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words,
    }
}

/// An error that makes the rest of a file unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitError {
    /// The line of the error, from 1.
    pub line: usize,
    /// The problem.
    pub problem: &'static str,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Error for SplitError {}

/// Returns the statements of a file in order.
///
/// A statement ends with the delimiter outside of strings, quoted names and comments, or with the
/// file. The delimiter is `;` until a `DELIMITER ...` line sets another delimiter. Executable
/// comments (`/*! ... */`, `/*M! ... */`) are part of statements.
///
/// # Errors
///
/// - If a string, name or comment is not closed.
/// - If a `DELIMITER` line has no delimiter, or a delimiter of more than 15 bytes. The `mysql`
///   client truncates longer delimiters.
/// - If the delimiter `;` certainly ends a stored program inside of its body. The server reports
///   the other such programs.
pub fn split(text: &str) -> Result<Vec<Statement<'_>>, SplitError> {
    let mut scanner = Scanner { text, position: 0, delimiter: ";", counted: 0, line: 1 };
    let mut statements = Vec::new();
    while let Some(statement) = scanner.statement()? {
        statements.push(statement);
    }
    Ok(statements)
}

struct Scanner<'t> {
    text: &'t str,
    position: usize,
    delimiter: &'t str,
    /// The position up to which lines are counted.
    counted: usize,
    /// The line of `counted`.
    line: usize,
}

/// The maximum length of a delimiter. Each position of the text is compared with the delimiter.
const DELIMITER_BYTES: usize = 15;

impl<'t> Scanner<'t> {
    fn statement(&mut self) -> Result<Option<Statement<'t>>, SplitError> {
        let start = loop {
            self.skip_ignored()?;
            if let Some(rest) = self.rest().strip_prefix(self.delimiter) {
                self.position = self.text.len() - rest.len(); // an empty statement
            } else if !self.take_delimiter()? {
                break self.position;
            }
        };
        if self.rest().is_empty() {
            return Ok(None);
        }
        let (mut end, delimiter) = (self.text.len(), self.delimiter);
        while let Some(next) = self.rest().chars().next() {
            if self.rest().starts_with(self.delimiter) {
                end = self.position;
                self.position += self.delimiter.len();
                break;
            }
            if self.skip_opaque()?.is_none() {
                self.position += next.len_utf8();
            }
        }
        let (sql, line) = (self.text[start..end].trim_end(), self.line(start));
        if delimiter == ";" && is_cut(sql) {
            return Err(SplitError { line, problem: DELIMITER_ADVICE });
        }
        Ok(Some(Statement { line, sql, delimiter }))
    }

    /// Skips white space and comments, except for executable ones.
    fn skip_ignored(&mut self) -> Result<(), SplitError> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            self.position += blank;
            let start = self.position;
            if self.skip_opaque()? != Some(Opaque::Comment) {
                self.position = start;
                return Ok(());
            }
        }
    }

    /// Parses a line `DELIMITER ...` at this position. Returns whether there is one.
    fn take_delimiter(&mut self) -> Result<bool, SplitError> {
        const WORD: &str = "DELIMITER";
        let Some((word, rest)) = self.rest().split_at_checked(WORD.len()) else { return Ok(false) };
        if !word.eq_ignore_ascii_case(WORD) || rest.starts_with(|c: char| !c.is_whitespace()) {
            return Ok(false);
        }
        // Only now: the rest of the line can contain many statements.
        let line = rest.lines().next().unwrap_or_default();
        self.delimiter = match line.split_whitespace().next() {
            None => return Err(self.error("DELIMITER must be followed by a delimiter, such as //")),
            Some(long) if long.len() > DELIMITER_BYTES => {
                return Err(self.error("the delimiter is longer than 15 bytes"));
            }
            Some(delimiter) => delimiter,
        };
        self.position += WORD.len() + line.len();
        Ok(true)
    }

    fn skip_opaque(&mut self) -> Result<Option<Opaque>, SplitError> {
        let mut reader = Reader::new(self.text, self.position);
        let skipped = reader.skip_opaque().map_err(|error| {
            self.error(match error {
                LexError::UnclosedString => "this string is not closed",
                LexError::UnclosedName => "this name in backticks is not closed",
                LexError::UnclosedComment | LexError::ExecutableComment => "this comment is not closed",
            })
        })?;
        self.position = reader.at();
        Ok(skipped)
    }

    fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    /// Returns the line of a position. Positions must not decrease from call to call.
    fn line(&mut self, position: usize) -> usize {
        self.line += self.text[self.counted..position].matches('\n').count();
        self.counted = position;
        self.line
    }

    /// Returns an error at the current position.
    fn error(&mut self, problem: &'static str) -> SplitError {
        SplitError { line: self.line(self.position), problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str)]) {
        let statements = split(text).map(|statements| statements.iter().map(|found| (found.line, found.sql)).collect());
        assert_eq!(statements, Ok(expected.to_vec()), "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, line: usize, problem: &str) {
        let error = split(text).unwrap_err();
        assert_eq!((error.line, error.problem.contains(problem)), (line, true), "{text}: {error:?}");
    }

    #[test]
    fn statements_end_with_a_semicolon_or_the_file() {
        check("", &[]);
        check(" \n;; \n;", &[]);
        check("SELECT 1", &[(1, "SELECT 1")]);
        check("SELECT 1;SELECT\n2 ;\n\nSELECT 3 \n", &[(1, "SELECT 1"), (1, "SELECT\n2"), (4, "SELECT 3")]);
        check("\u{feff}SELECT 'é'; SELECT 2;", &[(1, "SELECT 'é'"), (1, "SELECT 2")]);
    }

    #[test]
    fn semicolons_in_strings_names_and_comments_are_ignored() {
        check("SELECT ';', \";\", `;`; SELECT 2", &[(1, "SELECT ';', \";\", `;`"), (1, "SELECT 2")]);
        check(r"SELECT 'it''s; \'; x', `\`; SELECT 2", &[(1, r"SELECT 'it''s; \'; x', `\`"), (1, "SELECT 2")]);
        check(
            "SELECT 1 -- one;\n+ 1; # two;\nSELECT /* three; */ 3;",
            &[(1, "SELECT 1 -- one;\n+ 1"), (3, "SELECT /* three; */ 3")],
        );
        check("SELECT 1--1; SELECT 2", &[(1, "SELECT 1--1"), (1, "SELECT 2")]);
    }

    #[test]
    fn comments_are_not_statements() {
        check("-- it's; nothing\n/* ' */ # \"\n--", &[]);
        check("-- first\n\n/* second */ SELECT 1; -- last", &[(3, "SELECT 1")]);
        check("/*!40101 SET NAMES utf8mb4 */;", &[(1, "/*!40101 SET NAMES utf8mb4 */")]);
    }

    #[test]
    fn delimiter_lines_change_the_delimiter() {
        let text = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\ndelimiter ;\nCALL p();";
        check(text, &[(2, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END"), (4, "CALL p()")]);
        check("SELECT 1; DELIMITER $$\nSELECT 2; $$", &[(1, "SELECT 1"), (2, "SELECT 2;")]);
        check("DELIMITER 0123456789abcde\nSELECT 1 0123456789abcde", &[(2, "SELECT 1")]);
        check("DELIMITER //\r\nSELECT 1 //\r\nSELECT 2", &[(2, "SELECT 1"), (3, "SELECT 2")]);
        check("DELIMITERS;", &[(1, "DELIMITERS")]);
    }

    #[test]
    fn unclosed_tokens_are_reported_at_their_first_line() {
        check_error("SELECT 1;\nSELECT 'a;\n\nb", 2, "string");
        check_error("\n\n/* SELECT 1;\n", 3, "comment");
        check_error("SELECT 1;\nDELIMITER\nSELECT 2", 2, "DELIMITER");
        check_error("SELECT 1;\nDELIMITER 0123456789abcdef\nSELECT 2", 2, "longer");
    }

    #[test]
    fn beginning_of_a_long_statement_is_truncated() {
        assert_eq!(beginning("CREATE TABLE t (\n    id INT\n)"), "CREATE TABLE t ( id INT )");
        assert_eq!(beginning(&"é ".repeat(100)), format!("{}...", "é ".repeat(30)));
    }

    #[test]
    fn stored_program_without_delimiter_is_an_error() {
        let program = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND;\n";
        check_error(&format!("SELECT 1;\n\n{program}"), 3, "DELIMITER //");
        let statement = |text: &'static str| split(text).map(|statements| statements[0].may_need_delimiter());
        assert_eq!(statement("CREATE /*!50017 DEFINER=a */ PROCEDURE p() BEGIN SELECT 1; END;"), Ok(true));
        assert_eq!(statement("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //"), Ok(false));
        assert_eq!(statement("CREATE TABLE t (id INT);"), Ok(false));
    }
}
