//! Properties of the statements of files that decide what an error means.

use wasmysql_sql::{Token, tokens};

/// Statements that a server applies completely or not at all.
const ATOMIC: &str = "ALTER CREATE DELETE DROP INSERT RENAME REPLACE SELECT SET TRUNCATE UPDATE USE WITH";
/// Statements that end a transaction and can begin the next one.
const BEGIN_OR_COMMIT: &str = "BEGIN COMMIT START";
const STORED_PROGRAMS: &str = "PROCEDURE FUNCTION TRIGGER EVENT PACKAGE";
/// The number of tokens in which a kind of stored program is searched.
const TOKENS_BEFORE_KIND: usize = 16;
/// The number of tokens in which the kind of another object is searched: CREATE OR REPLACE
/// TEMPORARY TABLE.
const TOKENS_BEFORE_OBJECT: usize = 5;

/// Returns whether the statement has changed nothing if the server reports an error.
///
/// The result is `false` for a CALL, for several statements in one text, and for these statements:
///
/// - a DROP of several tables, and statements on several accounts, which are applied one by one
/// - CREATE OR REPLACE TABLE, which drops the table first
/// - DROP DATABASE, which drops its tables one by one
pub(super) fn is_atomic(sql: &str) -> bool {
    let Ok(tokens) = tokens(sql) else { return false };
    let tokens: Vec<Token<'_>> = tokens.iter().map(|located| located.token).collect();
    let Some(first) = tokens.first() else { return true };
    let has = |symbol: char| tokens.contains(&Token::Symbol(symbol));
    let is_program =
        first.is("CREATE") && tokens.iter().take(TOKENS_BEFORE_KIND).any(|token| token.is_one_of(STORED_PROGRAMS));
    let begins_with = |words: &str| tokens.iter().take(TOKENS_BEFORE_OBJECT).any(|token| token.is_one_of(words));
    let is_list = has(',') && (first.is("DROP") || begins_with("USER ROLE"));
    let drops_first = first.is("CREATE") && tokens.get(1).is_some_and(|or| or.is("OR")) && begins_with("TABLE");
    let drops_schema = first.is("DROP") && begins_with("DATABASE SCHEMA");
    first.is_one_of(ATOMIC) && (is_program || !has(';')) && !is_list && !drops_first && !drops_schema
}

/// Returns whether the statement only changes the session: SET of its variables, and USE.
pub(super) fn is_setting(sql: &str) -> bool {
    const OTHER_EFFECTS: &str = "GLOBAL PERSIST PERSIST_ONLY PASSWORD DEFAULT RESOURCE STATEMENT";
    let Ok(tokens) = tokens(sql) else { return false };
    let has_other_effect = |token: Token<'_>| token == Token::Symbol(';') || token.is_one_of(OTHER_EFFECTS);
    tokens.first().is_some_and(|first| first.token.is_one_of("SET USE"))
        && !tokens.iter().any(|located| has_other_effect(located.token))
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
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE USER a@localhost",
            "DROP TABLE IF EXISTS t",
        ] {
            assert!(is_atomic(sql), "{sql}");
        }
        for sql in [
            "CALL p()",
            "DROP TABLE t, u",
            "DROP DATABASE d",
            "CREATE USER a@localhost, b@localhost",
            "ALTER USER IF EXISTS a, b ACCOUNT LOCK",
            "CREATE OR REPLACE TABLE t (a INT)",
            "create or replace temporary table t (a int)",
            "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
            "CREATE TABLE t (id INT); SELECT 1",
            "/*!50000 INSERT INTO t VALUES (1) */",
            "BEGIN NOT ATOMIC SELECT 1; END",
        ] {
            assert!(!is_atomic(sql), "{sql}");
        }
    }

    #[test]
    fn settings_of_the_session_are_no_change() {
        for sql in ["SET SESSION lock_wait_timeout = 10", "set @a = 1, sql_mode = ''", "USE shop", "SET NAMES utf8mb4"]
        {
            assert!(is_setting(sql), "{sql}");
        }
        for sql in [
            "SET GLOBAL max_connections = 5",
            "SET @@global.max_connections = 5",
            "SET PERSIST max_connections = 5",
            "SET PASSWORD = 'x'",
            "SET DEFAULT ROLE r TO u",
            "SET STATEMENT max_statement_time = 1 FOR DELETE FROM t",
            "SET @a = 1; DELETE FROM t",
            "INSERT INTO t VALUES (1)",
        ] {
            assert!(!is_setting(sql), "{sql}");
        }
    }

    #[test]
    fn transaction_can_end_and_begin_in_one_statement() {
        assert!(commits_before("start transaction") && commits_before("COMMIT AND CHAIN") && commits_before("BEGIN"));
        assert!(!commits_before("INSERT INTO t VALUES (1)") && !commits_before("SAVEPOINT a"));
    }
}
