//! Finds statements that use or change user variables.

use wasmysql_sql::{Token, Tokens};

use super::kind::StatementKind;

/// Returns whether a statement may use a user variable, such as `@total`. `@@name` is a system
/// variable. Also true for accounts, such as `a@localhost`, and for a text that can't be parsed.
pub(crate) fn may_use_user_variables(sql: &str) -> bool {
    if !sql.contains('@') {
        return false;
    }
    // The number of `@` in succession.
    let mut run = 0;
    for located in Tokens::new(sql) {
        match located.map(|located| located.token) {
            Ok(Token::Symbol('@')) => run += 1,
            Ok(_) if run == 1 => return true,
            Ok(_) => run = 0,
            Err(_) => return true,
        }
    }
    run == 1
}

/// Returns whether a statement of this kind may change a user variable: by `:=`, by `INTO @name`,
/// or because it is neither a query nor a change of rows or tables and uses a variable. The last
/// are CALL with its OUT parameters, LOAD DATA, GET DIAGNOSTICS, and definitions with a body. Also
/// true for a text that can't be parsed.
pub(crate) fn may_change_user_variables(sql: &str, kind: StatementKind) -> bool {
    if !sql.contains('@') {
        return false;
    }
    let only_reads = matches!(Tokens::new(sql).next(), Some(Ok(first)) if only_reads(first.token, kind));
    if !only_reads && may_use_user_variables(sql) {
        return true;
    }
    let (mut targets, mut last) = (Targets::default(), None);
    for located in Tokens::new(sql) {
        let Ok(located) = located else { return true };
        let token = located.token;
        if (last, token) == (Some(Token::Symbol(':')), Token::Symbol('=')) || targets.take(token) {
            return true;
        }
        last = Some(token);
    }
    false
}

/// Returns whether a statement can only read the variables that it names, except by `:=` and INTO.
fn only_reads(first: Token<'_>, kind: StatementKind) -> bool {
    const QUERIES_AND_CHANGES: &str =
        "SELECT WITH TABLE VALUES INSERT REPLACE UPDATE DELETE DO EXPLAIN DESCRIBE DESC ANALYZE";
    match first {
        Token::Symbol('(') => true,
        first if first.is("CALL") => false,
        first => first.is_one_of(QUERIES_AND_CHANGES) || kind < StatementKind::ANY,
    }
}

/// The list of targets after INTO.
#[derive(Debug, Default)]
enum Targets {
    #[default]
    Outside,
    /// A target follows.
    Next,
    /// The name of a target was read.
    Named,
}

impl Targets {
    /// Takes a token, and returns whether it begins a user variable that is a target.
    fn take(&mut self, token: Token<'_>) -> bool {
        *self = match (&self, token) {
            (Targets::Next, Token::Symbol('@')) => return true,
            (_, token) if token.is("INTO") => Targets::Next,
            (Targets::Next, Token::Word(_) | Token::Quoted(_)) => Targets::Named,
            (Targets::Named, Token::Symbol(',')) => Targets::Next,
            _ => Targets::Outside,
        };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_variables_are_told_from_system_variables_and_texts() {
        for sql in [
            "SELECT @a",
            "SET @@x = @a",
            "SELECT @`a b`",
            "SELECT 1 INTO @'a'",
            "SELECT @a := 5",
            "SELECT 'a' /*@*/, @",
        ] {
            assert!(may_use_user_variables(sql), "{sql}");
        }
        for sql in ["SELECT @@sql_mode", "SELECT '@a'", "SELECT 1 /* @a */", "SELECT @@session.sql_mode, `a@b`", "DO 1"]
        {
            assert!(!may_use_user_variables(sql), "{sql}");
        }
    }

    #[track_caller]
    fn check(kind: StatementKind, changes: bool, statements: &[&str]) {
        for sql in statements {
            assert_eq!(may_change_user_variables(sql, kind), changes, "{sql}");
        }
    }

    #[test]
    fn assignments_and_targets_change_variables() {
        let queries = [
            "SELECT @tenant := 'b'",
            "SELECT (@tenant:='b')",
            "(SELECT @a /* x */ := 1)",
            "WITH c AS (SELECT @`tenant` := 1) SELECT * FROM c",
            "SELECT 1 INTO @tenant",
            "SELECT 1, 2 INTO @`a`, @tenant",
            "SELECT a, b FROM t INTO local, @tenant",
            "EXPLAIN FORMAT = JSON INTO @tenant SELECT 1",
            "SELECT '@' INTO @",
            "SELECT '@",
        ];
        check(StatementKind::READ, true, &queries);
        let changes = [
            "INSERT INTO t VALUES (@tenant := 2)",
            "INSERT INTO t SET a = 1 ON DUPLICATE KEY UPDATE a = @tenant := 2",
            "UPDATE t SET a = (@tenant := a)",
            "DELETE FROM t WHERE (@tenant := 2)",
            "DO @tenant := 2",
            "CALL p(@tenant)",
            "CALL p(1, @'tenant')",
        ];
        check(StatementKind::DML, true, &changes);
        let others = [
            "LOAD DATA INFILE 'f' INTO TABLE t (a, @tenant)",
            "LOAD DATA INFILE 'f' INTO TABLE t (@tenant) SET a = 1",
            "GET DIAGNOSTICS @tenant = NUMBER",
            "CREATE PROCEDURE p() SET @tenant = 2",
            "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1, @tenant = 2",
            "ANALYZE SELECT @tenant := 1",
        ];
        check(StatementKind::ANY, true, &others);
    }

    #[test]
    fn uses_do_not_change_variables() {
        check(StatementKind::READ, false, &["SELECT @tenant", "SELECT a FROM t WHERE b = @tenant", "SELECT ':=' , @a"]);
        let changes = [
            "INSERT INTO t VALUES (@tenant)",
            "INSERT INTO t SELECT @tenant",
            "INSERT INTO t SELECT a, @tenant FROM u",
            "REPLACE INTO t (a, b) VALUES (1, @tenant)",
            "UPDATE t SET a = @tenant",
            "CALL p('a@b.example')",
            "CALL p()",
        ];
        check(StatementKind::DML, false, &changes);
        check(StatementKind::DDL, false, &["CREATE TABLE t AS SELECT @tenant AS a"]);
        check(StatementKind::ANY, false, &["CREATE PROCEDURE p() SET @@sql_mode = ''", "SELECT LOAD_FILE(@tenant)"]);
    }
}
