//! Properties of the statements of files that decide what an error means.

use wasmysql_sql::{Token, tokens};

/// Statements that a server applies completely or not at all.
const ATOMIC: &str = "ALTER CREATE DELETE DROP INSERT RENAME REPLACE SELECT SET TRUNCATE UPDATE USE WITH";
/// Statements that end a transaction and can begin the next one.
const BEGIN_OR_COMMIT: &str = "BEGIN COMMIT START";
const STORED_PROGRAMS: &str = "PROCEDURE FUNCTION TRIGGER EVENT PACKAGE";
/// The number of tokens in which a kind of stored program is searched.
const TOKENS_BEFORE_KIND: usize = 16;

/// Returns whether the statement has changed nothing if the server reports an error.
///
/// The result is `false` for a CALL, for several statements in one text, and for a DROP of several
/// tables, which MariaDB applies one by one.
pub(super) fn is_atomic(sql: &str) -> bool {
    let Ok(tokens) = tokens(sql) else { return false };
    let tokens: Vec<Token<'_>> = tokens.iter().map(|located| located.token).collect();
    let Some(first) = tokens.first() else { return true };
    let has = |symbol: char| tokens.contains(&Token::Symbol(symbol));
    let is_program =
        first.is("CREATE") && tokens.iter().take(TOKENS_BEFORE_KIND).any(|token| token.is_one_of(STORED_PROGRAMS));
    first.is_one_of(ATOMIC) && (is_program || !has(';')) && !(first.is("DROP") && has(','))
}

/// Returns whether the statement commits the open transaction, if there is one, although a
/// transaction can be open after it.
pub(super) fn commits_before(sql: &str) -> bool {
    let first = wasmysql_sql::Tokens::new(sql).next();
    first.is_some_and(|first| first.is_ok_and(|first| first.token.is_one_of(BEGIN_OR_COMMIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_lists_of_statements_are_not_atomic() {
        for sql in [
            "CREATE TABLE t (id INT, n INT)",
            "/* x */ alter table t add column a int, add column b int",
            "INSERT INTO t VALUES (1), (2)",
            "DROP TABLE t",
            "CREATE DEFINER=a@b PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
        ] {
            assert!(is_atomic(sql), "{sql}");
        }
        for sql in [
            "CALL p()",
            "DROP TABLE t, u",
            "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
            "CREATE TABLE t (id INT); SELECT 1",
            "/*!50000 INSERT INTO t VALUES (1) */",
            "BEGIN NOT ATOMIC SELECT 1; END",
        ] {
            assert!(!is_atomic(sql), "{sql}");
        }
    }

    #[test]
    fn transaction_can_end_and_begin_in_one_statement() {
        assert!(commits_before("start transaction") && commits_before("COMMIT AND CHAIN") && commits_before("BEGIN"));
        assert!(!commits_before("INSERT INTO t VALUES (1)") && !commits_before("SAVEPOINT a"));
    }
}
