//! Takes a file of SQL apart into statements, as the `mysql` client does.

/// A statement of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Statement<'t> {
    /// Where it begins, from 1.
    pub(crate) line: usize,
    /// Without its delimiter, and without what only comments say before it.
    pub(crate) sql: &'t str,
}

/// What makes the rest of a file unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Where that begins, from 1.
    pub(crate) line: usize,
    pub(crate) problem: &'static str,
}

/// The statements of a file, in order. They end with `;`, or what a line `DELIMITER ...` before them says, outside of
/// strings, quoted names and comments; the last one may end with the file.
pub(crate) fn split(text: &str) -> Result<Vec<Statement<'_>>, Unreadable> {
    let mut scanner = Scanner { text, position: 0, delimiter: ";" };
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
}

impl<'t> Scanner<'t> {
    fn statement(&mut self) -> Result<Option<Statement<'t>>, Unreadable> {
        let start = loop {
            self.skip_ignored()?;
            if let Some(rest) = self.rest().strip_prefix(self.delimiter) {
                self.position = self.text.len() - rest.len(); // an empty one
            } else if !self.take_delimiter()? {
                break self.position;
            }
        };
        if self.rest().is_empty() {
            return Ok(None);
        }
        let mut end = self.text.len();
        while !self.rest().is_empty() {
            if self.rest().starts_with(self.delimiter) {
                end = self.position;
                self.position += self.delimiter.len();
                break;
            }
            self.skip_token()?;
        }
        let sql = self.text[start..end].trim_end();
        Ok(Some(Statement { line: self.line(start), sql }))
    }

    /// Skips what says nothing before a statement: white space and comments, but for `/*! ... */`, which a server reads.
    fn skip_ignored(&mut self) -> Result<(), Unreadable> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            if blank > 0 {
                self.position += blank;
            } else if is_comment(rest) && !rest.starts_with("/*!") && !rest.starts_with("/*M!") {
                self.skip_token()?;
            } else {
                return Ok(());
            }
        }
    }

    /// Takes a line `DELIMITER ...`, if there is one.
    fn take_delimiter(&mut self) -> Result<bool, Unreadable> {
        const WORD: &str = "DELIMITER";
        let line = self.rest().lines().next().unwrap_or_default();
        let Some((word, rest)) = line.split_at_checked(WORD.len()) else { return Ok(false) };
        if !word.eq_ignore_ascii_case(WORD) || rest.starts_with(|c: char| !c.is_whitespace()) {
            return Ok(false);
        }
        self.delimiter = rest
            .split_whitespace()
            .next()
            .ok_or_else(|| self.unreadable(self.position, "DELIMITER needs to be followed by one, such as //"))?;
        self.position += line.len();
        Ok(true)
    }

    /// Skips a comment, a string, a quoted name, or one character of anything else.
    fn skip_token(&mut self) -> Result<(), Unreadable> {
        let (start, rest) = (self.position, self.rest());
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").ok_or_else(|| self.unreadable(start, "this comment does not end"))?;
            end + 4
        } else if is_comment(rest) {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            match rest.chars().next() {
                Some(quote @ ('\'' | '"' | '`')) => {
                    end_of_quoted(rest, quote).ok_or_else(|| self.unreadable(start, "this quote is not closed"))?
                }
                Some(other) => other.len_utf8(),
                None => 0,
            }
        };
        self.position += length;
        Ok(())
    }

    fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    fn line(&self, position: usize) -> usize {
        self.text[..position].matches('\n').count() + 1
    }

    fn unreadable(&self, position: usize, problem: &'static str) -> Unreadable {
        Unreadable { line: self.line(position), problem }
    }
}

/// `--` is a comment only before white space: `1--1` is 2.
fn is_comment(text: &str) -> bool {
    let dashes = text.strip_prefix("--").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    dashes || text.starts_with('#') || text.starts_with("/*")
}

/// The length of what begins with this quote. Two quotes in a row are one of the text, and would also be read well as the end
/// of one and the start of another. A backslash escapes in strings, not in names.
fn end_of_quoted(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    while let Some((position, character)) = characters.next() {
        match character {
            '\\' if quote != '`' => drop(characters.next()),
            end if end == quote => return Some(position + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str)]) {
        let statements: Vec<_> = expected.iter().map(|&(line, sql)| Statement { line, sql }).collect();
        assert_eq!(split(text), Ok(statements), "{text}");
    }

    #[track_caller]
    fn check_unreadable(text: &str, line: usize, problem: &str) {
        let unreadable = split(text).unwrap_err();
        assert_eq!((unreadable.line, unreadable.problem.contains(problem)), (line, true), "{text}: {unreadable:?}");
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
    fn semicolons_in_strings_names_and_comments_end_nothing() {
        check("SELECT ';', \";\", `;`; SELECT 2", &[(1, "SELECT ';', \";\", `;`"), (1, "SELECT 2")]);
        check(r"SELECT 'it''s; \'; x', `\`; SELECT 2", &[(1, r"SELECT 'it''s; \'; x', `\`"), (1, "SELECT 2")]);
        check(
            "SELECT 1 -- one;\n+ 1; # two;\nSELECT /* three; */ 3;",
            &[(1, "SELECT 1 -- one;\n+ 1"), (3, "SELECT /* three; */ 3")],
        );
        check("SELECT 1--1; SELECT 2", &[(1, "SELECT 1--1"), (1, "SELECT 2")]);
    }

    #[test]
    fn comments_alone_are_no_statement() {
        check("-- it's; nothing\n/* ' */ # \"\n--", &[]);
        check("-- first\n\n/* second */ SELECT 1; -- last", &[(3, "SELECT 1")]);
        check("/*!40101 SET NAMES utf8mb4 */;", &[(1, "/*!40101 SET NAMES utf8mb4 */")]);
    }

    #[test]
    fn procedures_have_a_delimiter_of_their_own() {
        let text = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\ndelimiter ;\nCALL p();";
        check(text, &[(2, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END"), (4, "CALL p()")]);
        check("SELECT 1; DELIMITER $$\nSELECT 2; $$", &[(1, "SELECT 1"), (2, "SELECT 2;")]);
        check("DELIMITERS;", &[(1, "DELIMITERS")]);
    }

    #[test]
    fn what_does_not_end_is_told_where_it_begins() {
        check_unreadable("SELECT 1;\nSELECT 'a;\n\nb", 2, "quote");
        check_unreadable("\n\n/* SELECT 1;\n", 3, "comment");
        check_unreadable("SELECT 1;\nDELIMITER\nSELECT 2", 2, "DELIMITER");
    }
}
