//! Finds the only statement of a text, for the text protocol, which executes all statements of a
//! text.

use wasmysql_sql::{Located, Token, Tokens, tokens};

use super::kind::StatementKind;

/// The number of first tokens that show the type of a created object. A DEFINER clause precedes it.
const FIRST_TOKENS: usize = 16;

/// Returns the statement of a text of this kind, without the semicolons and comments at its end.
/// Returns `None` if the text may have several statements.
///
/// Before its end the text has no `;`, except in the body of a stored program. Only the server can
/// find the end of a body. The parsers of the servers can take a NUL for the end of a statement, so
/// a text with a NUL is rejected.
pub(crate) fn only_statement(sql: &str, kind: StatementKind) -> Option<&str> {
    let tokens = tokens(sql).ok()?;
    let is_end = |located: &Located<'_>| located.token == Token::Symbol(';');
    let last = tokens.iter().rposition(|located| !is_end(located))?;
    let has_semicolons = tokens[..last].iter().any(is_end);
    let is_only = !has_semicolons || (kind == StatementKind::ANY && has_body(&tokens));
    (is_only && !sql.contains('\0')).then(|| &sql[..tokens[last].at.end])
}

/// Returns whether a statement that can't be prepared reads the warnings of an earlier statement:
/// SHOW WARNINGS, SHOW ERRORS or GET DIAGNOSTICS. Over the text protocol it would read the error of
/// its own prepare.
pub(crate) fn reads_diagnostics(sql: &str) -> bool {
    matches!(Tokens::new(sql).next(), Some(Ok(first)) if first.token.is_one_of("SHOW GET"))
}

/// Returns whether the statement creates a stored program.
fn has_body(tokens: &[Located<'_>]) -> bool {
    let programs = "PROCEDURE FUNCTION TRIGGER EVENT";
    tokens.first().is_some_and(|first| first.token.is("CREATE"))
        && tokens.iter().take(FIRST_TOKENS).any(|located| located.token.is_one_of(programs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: Option<&str>) {
        assert_eq!(only_statement(sql, StatementKind::ANY), expected, "{sql}");
    }

    #[test]
    fn statement_ends_before_its_semicolon() {
        for end in ["", ";", " ; ; -- c", " -- ;", ";\n/* ; */#"] {
            check(&format!("CHECK TABLE t{end}"), Some("CHECK TABLE t"));
        }
        for sql in [
            "HELP ';'",
            "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a; b'",
            "LOAD DATA INFILE 'a' INTO TABLE `;` /* ; */ FIELDS TERMINATED BY \";\"",
        ] {
            check(sql, Some(sql));
        }
    }

    #[test]
    fn several_statements_are_found() {
        for sql in [
            "CHECK TABLE t; DROP TABLE t",
            ";CHECK TABLE t",
            "CHECK TABLE t;\0DROP TABLE t",
            "HELP 'a\0'",
            "CHECK TABLE t /*! ; DROP TABLE t */",
            "HELP 'open",
            "HELP '\\'; DROP TABLE t; -- '; SELECT 1",
            "ALTER VIEW v AS SELECT 1 AS event; DROP TABLE t",
            "",
            ";",
        ] {
            check(sql, None);
        }
    }

    #[test]
    fn statements_that_read_warnings_are_found() {
        for sql in ["SHOW WARNINGS", "/**/ show count(*) errors", "GET DIAGNOSTICS @a = NUMBER"] {
            assert!(reads_diagnostics(sql), "{sql}");
        }
        for sql in ["SIGNAL SQLSTATE '01000'", "HELP 'SHOW'", "`SHOW`", "'"] {
            assert!(!reads_diagnostics(sql), "{sql}");
        }
    }

    #[test]
    fn stored_programs_have_semicolons() {
        for sql in [
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            "create definer = 'a'@'%' function f() returns int begin return 1; end",
            "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END",
            "CREATE DEFINER = `a`@`b` EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END",
        ] {
            check(&format!("{sql};"), Some(sql));
            assert_eq!(only_statement(sql, StatementKind::DDL), None, "{sql}");
        }
    }
}
