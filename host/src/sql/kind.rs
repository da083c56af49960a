//! What kind of statement a text is, by its keywords. Only one statement can be prepared at a time, so the first
//! keyword decides (after `WITH`, the one that follows the common table expressions).

use super::tokens::{Located, Token, identifier, keyword, tokens};
use crate::types::{Error, Result};

/// What a statement does, least first. A grant that allows one kind allows those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StatementKind {
    /// Reads: SELECT, TABLE, VALUES, EXPLAIN, DESCRIBE, SHOW of a schema.
    Read,
    /// Changes rows: INSERT, REPLACE, UPDATE, DELETE, CALL, DO.
    Dml,
    /// Changes the schema: CREATE, ALTER, DROP, RENAME, TRUNCATE of tables, views, indexes and sequences.
    Ddl,
    /// Anything else the host does not keep for itself: accounts, routines, server files, administration, what other sessions run.
    Any,
    /// Kept by the host, whatever the grant: transactions are begun and ended through the contract, and what sticks to
    /// a session (SET, USE, LOCK TABLES, PREPARE, HANDLER) would reach the next borrower.
    HostOnly,
}

impl StatementKind {
    /// What it is called where statements are counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            StatementKind::Read => "read",
            StatementKind::Dml => "dml",
            StatementKind::Ddl => "ddl",
            StatementKind::Any => "any",
            StatementKind::HostOnly => "host",
        }
    }
}

/// Which kind of statement `sql` is. Fails with `argument` where the text is empty or can't be read.
pub(crate) fn classify(sql: &str) -> Result<StatementKind> {
    let tokens = tokens(sql)?;
    let words = Words { tokens: &tokens };
    let Some((at, first)) = words.first_keyword() else {
        return Err(Error::argument("the statement is empty"));
    };
    let kind = match first.as_str() {
        "WITH" => words.statement_after(at + 1),
        "SELECT" | "TABLE" | "VALUES" => StatementKind::Read,
        // EXPLAIN FOR CONNECTION shows another session's statement; MariaDB's ANALYZE runs what it explains.
        "EXPLAIN" | "DESCRIBE" | "DESC" if words.explains_a_connection(at + 1) => StatementKind::Any,
        "EXPLAIN" | "DESCRIBE" | "DESC" if words.has("ANALYZE") => words.statement_after(at + 1),
        "EXPLAIN" | "DESCRIBE" | "DESC" => StatementKind::Read,
        "SHOW" => show(&words, at + 1),
        "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "CALL" | "DO" => StatementKind::Dml,
        "CREATE" | "ALTER" | "DROP" | "RENAME" => schema_change(&words, at + 1),
        "TRUNCATE" => StatementKind::Ddl,
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "XA" | "SET" | "USE" | "LOCK"
        | "UNLOCK" | "PREPARE" | "EXECUTE" | "DEALLOCATE" | "HANDLER" => StatementKind::HostOnly,
        "LOAD" if words.has("LOCAL") => StatementKind::HostOnly,
        _ => StatementKind::Any,
    };
    let reaches_further = words.names_other_sessions() || words.writes_file() || words.reads_file();
    Ok(if reaches_further { kind.max(StatementKind::Any) } else { kind })
}

/// Whether a statement is a CALL. Most are not by their first letter.
pub(crate) fn is_call(sql: &str) -> bool {
    sql.trim_start().starts_with(['c', 'C', '/', '-', '#', '('])
        && tokens(sql).is_ok_and(|tokens| {
            let first = Words { tokens: &tokens }.first_keyword();
            first.is_some_and(|(_, word)| word == "CALL")
        })
}

/// SHOW of the schema is reading; SHOW of accounts, other sessions or the server is not.
fn show(words: &Words<'_>, at: usize) -> StatementKind {
    let at = if matches!(words.at(at).as_deref(), Some("FULL" | "EXTENDED")) { at + 1 } else { at };
    match words.at(at).as_deref() {
        Some(
            "TABLES" | "COLUMNS" | "FIELDS" | "INDEX" | "INDEXES" | "KEYS" | "TABLE" | "WARNINGS" | "ERRORS" | "COUNT"
            | "COLLATION" | "DATABASES" | "SCHEMAS" | "CHARACTER" | "CHARSET",
        ) => StatementKind::Read,
        Some("CREATE") if matches!(words.at(at + 1).as_deref(), Some("TABLE" | "VIEW" | "SEQUENCE")) => {
            StatementKind::Read
        }
        _ => StatementKind::Any,
    }
}

/// CREATE, ALTER, DROP and RENAME are DDL for what holds rows, and `Any` for what holds code or rights.
fn schema_change(words: &Words<'_>, from: usize) -> StatementKind {
    for at in from..words.tokens.len() {
        match words.at(at).as_deref() {
            Some(
                "OR" | "REPLACE" | "TEMPORARY" | "UNIQUE" | "FULLTEXT" | "SPATIAL" | "ONLINE" | "OFFLINE" | "IGNORE"
                | "ALGORITHM" | "MERGE" | "TEMPTABLE" | "UNDEFINED",
            ) => {}
            Some("TABLE" | "TABLES" | "VIEW" | "INDEX" | "SEQUENCE") => return StatementKind::Ddl,
            // Of ALGORITHM = MERGE.
            None if words.tokens[at].token == Token::Symbol('=') => {}
            _ => return StatementKind::Any,
        }
    }
    StatementKind::Any
}

/// The tokens, read as keywords.
struct Words<'a> {
    tokens: &'a [Located<'a>],
}

impl Words<'_> {
    fn at(&self, at: usize) -> Option<String> {
        self.tokens.get(at).and_then(|located| keyword(located.token))
    }

    /// The first keyword, past the parentheses that may stand before a SELECT.
    fn first_keyword(&self) -> Option<(usize, String)> {
        let at = self.tokens.iter().position(|located| located.token != Token::Symbol('('))?;
        match self.at(at) {
            Some(word) => Some((at, word)),
            // Not a word: the server will say that it is no statement.
            None => Some((at, String::new())),
        }
    }

    fn has(&self, word: &str) -> bool {
        (0..self.tokens.len()).any(|at| self.at(at).as_deref() == Some(word))
    }

    /// SELECT ... INTO OUTFILE and INTO DUMPFILE write files on the server.
    fn writes_file(&self) -> bool {
        (0..self.tokens.len()).any(|at| {
            self.at(at).as_deref() == Some("INTO") && matches!(self.at(at + 1).as_deref(), Some("OUTFILE" | "DUMPFILE"))
        })
    }

    /// LOAD_FILE reads files on the server.
    fn reads_file(&self) -> bool {
        self.tokens.windows(2).any(|tokens| {
            let [function, open] = tokens else { return false };
            open.token == Token::Symbol('(') && identifier(function.token).as_deref() == Some("load_file")
        })
    }

    /// The statement after `WITH a AS (...), b AS (...)`, or that an EXPLAIN ANALYZE runs: the first verb outside of parentheses.
    fn statement_after(&self, from: usize) -> StatementKind {
        self.verb_outside_parentheses(from).unwrap_or(StatementKind::Any)
    }

    /// EXPLAIN [FORMAT = JSON] FOR CONNECTION: no statement stands before the FOR, as it does where a SELECT locks.
    fn explains_a_connection(&self, from: usize) -> bool {
        let words = (from..self.tokens.len()).filter_map(|at| self.at(at));
        let explained = ["SELECT", "WITH", "TABLE", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"];
        let mut telling = words.filter(|word| word == "FOR" || explained.contains(&word.as_str()));
        telling.next().is_some_and(|word| word == "FOR")
    }

    /// Whether it names the table of the server's sessions, where the statements of other guests with the same account are.
    fn names_other_sessions(&self) -> bool {
        self.tokens.windows(3).any(|tokens| {
            let [schema, dot, table] = tokens else { return false };
            let in_schema = |schema: &str| matches!(schema, "information_schema" | "performance_schema");
            dot.token == Token::Symbol('.')
                && identifier(table.token).as_deref() == Some("processlist")
                && identifier(schema.token).as_deref().is_some_and(in_schema)
        })
    }

    fn verb_outside_parentheses(&self, from: usize) -> Option<StatementKind> {
        let mut depth = 0_usize;
        for at in from..self.tokens.len() {
            match self.tokens[at].token {
                Token::Symbol('(') => depth += 1,
                Token::Symbol(')') => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                // The end of a number or a name, which no verb follows.
                Token::Number => return None,
                _ => match self.at(at).as_deref() {
                    Some("SELECT" | "TABLE" | "VALUES") => return Some(StatementKind::Read),
                    Some("INSERT" | "REPLACE" | "UPDATE" | "DELETE") => return Some(StatementKind::Dml),
                    _ => {}
                },
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{StatementKind::*, *};

    #[track_caller]
    fn check(kind: StatementKind, statements: &[&str]) {
        for sql in statements {
            assert_eq!(classify(sql).ok(), Some(kind), "{sql}");
        }
    }

    #[test]
    fn statements_are_told_by_their_keywords() {
        check(
            Read,
            &[
                "SELECT 1",
                "select 1",
                "  /* c */ -- d\n # e\n SELECT 1",
                "((SELECT 1) UNION (SELECT 2))",
                "WITH a AS (SELECT 1) SELECT * FROM a",
                "WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a), `delete` AS (SELECT 2) SELECT * FROM a",
                "VALUES (1), (2)",
                "EXPLAIN SELECT * FROM t FOR UPDATE",
                "EXPLAIN FORMAT=JSON (SELECT * FROM t FOR UPDATE)",
                "SELECT 'information_schema.processlist'",
                "SELECT processlist FROM information_schema.tables",
                "SELECT information_schema, processlist FROM shop.processlist",
                "TABLE t",
                "EXPLAIN DELETE FROM t",
                "DESC t",
                "SHOW FULL COLUMNS FROM t",
                "SHOW CREATE TABLE t",
                "SELECT ';DROP TABLE t' /* DELETE */",
            ],
        );
        check(
            Dml,
            &[
                "INSERT INTO t VALUES (1)",
                "replace into t values (1)",
                "UPDATE t SET a = 1",
                "DELETE FROM t",
                "WITH a AS (SELECT 1) DELETE FROM t WHERE x IN (SELECT * FROM a)",
                "WITH 0SELECT AS (SELECT 1) DELETE FROM t",
                "CALL p()",
                "DO SLEEP(0)",
                "EXPLAIN ANALYZE UPDATE t SET a = 1",
            ],
        );
        check(
            Ddl,
            &[
                "CREATE TABLE t (a INT)",
                "CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
                "CREATE UNIQUE INDEX i ON t (a)",
                "CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT 1",
                "ALTER TABLE t ADD b INT",
                "DROP TABLE IF EXISTS t",
                "TRUNCATE t",
                "RENAME TABLE a TO b",
            ],
        );
        check(
            Any,
            &[
                "CREATE USER u",
                "CREATE DEFINER = root PROCEDURE p() SELECT 1",
                "DROP DATABASE d",
                "GRANT ALL ON *.* TO u",
                "KILL 1",
                "SHOW GRANTS",
                "SHOW FULL PROCESSLIST",
                "SHOW CREATE USER",
                "FLUSH TABLES",
                "SELECT 1 INTO OUTFILE '/tmp/x'",
                "EXPLAIN SELECT 1 INTO OUTFILE '/tmp/x'",
                "SELECT LOAD_FILE('/etc/passwd')",
                "SELECT `load_file` /* c */ ('/etc/passwd')",
                "EXPLAIN ANALYZE (SELECT 1)",
                "WITH a AS (SELECT 1) SELECT * FROM a INTO DUMPFILE '/tmp/x'",
                "LOAD DATA INFILE '/x' INTO TABLE t",
                "EXPLAIN FOR CONNECTION 1",
                "EXPLAIN FORMAT=JSON FOR CONNECTION 5",
                "DESC FORMAT = JSON /* c */ FOR CONNECTION 5",
                "SELECT info FROM information_schema.processlist",
                "SELECT info FROM INFORMATION_SCHEMA . PROCESSLIST",
                "SELECT info FROM `information_schema` /* c */ . # d\n `Processlist` AS p",
                "SELECT info FROM `performance_schema`.processlist",
                "SELECT info FROM information_schema.PROCESSLİST",
                "SELECT info FROM ınformation_schema.proceſſlist",
                "SELECT (SELECT GROUP_CONCAT(info) FROM (information_schema.processlist))",
                "WITH a AS (SELECT * FROM information_schema.processlist) SELECT * FROM a",
                "TABLE information_schema.processlist",
                "INSERT INTO t SELECT info FROM information_schema.processlist",
                "UPDATE t SET a = (SELECT COUNT(*) FROM information_schema.processlist)",
                "DO (SELECT COUNT(*) FROM information_schema.processlist)",
                "CALL p((SELECT GROUP_CONCAT(info) FROM information_schema.processlist))",
                "CREATE VIEW v AS SELECT * FROM information_schema.processlist",
                "EXPLAIN SELECT * FROM information_schema.processlist",
                "ANALYZE TABLE t",
                "1",
            ],
        );
        check(
            HostOnly,
            &[
                "BEGIN",
                "BEGIN NOT ATOMIC SELECT 1; END",
                "START TRANSACTION",
                "COMMIT",
                "ROLLBACK TO a",
                "SAVEPOINT a",
                "XA START 'x'",
                "SET @a = 1",
                "SET STATEMENT max_statement_time = 0 FOR SELECT 1",
                "SET PASSWORD = ''",
                "USE d",
                "LOCK TABLES t READ",
                "PREPARE s FROM 'x'",
                "EXECUTE IMMEDIATE 'x'",
                "HANDLER t OPEN",
                "LOAD DATA LOCAL INFILE '/x' INTO TABLE t",
            ],
        );
    }

    /// Most of these MariaDB 10.11 takes for what needs the privilege FILE, or shows other sessions by; the rest are their likes.
    #[test]
    fn nothing_is_hidden_behind_what_other_dialects_read_differently() {
        check(
            Any,
            &[
                "SELECT 1.5INTO OUTFILE '/tmp/x'",
                "SELECT 1.e1INTO OUTFILE '/tmp/x'",
                "SELECT .1INTO OUTFILE '/tmp/x'",
                "SELECT \\NINTO OUTFILE '/tmp/x'",
                "SELECT 1 INTO\u{b}OUTFILE '/tmp/x'",
                "SELECT info FROM information_schema\u{c}.processlist",
                "SELECT 1 --\u{1}'\nINTO OUTFILE '/tmp/x' -- '",
                "SELECT 1 --\u{7f}'\nINTO OUTFILE '/tmp/x' -- '",
                "SELECT 1 --\u{2003} FROM (SELECT 1 AS `\u{2003}`) t INTO OUTFILE '/tmp/x'",
                "SELECT 1|/*'*/2 INTO OUTFILE '/tmp/x' -- '",
                "SELECT 1||/*'*/2 INTO OUTFILE '/tmp/x' -- '",
                "SELECT b\"\\\" , '\" FROM (SELECT 1 AS b) t INTO OUTFILE '/tmp/x' -- '",
                "SELECT 1 AS `a\\` INTO OUTFILE '/tmp/x' -- `",
                "SELECT 1 /* /* */ INTO OUTFILE '/tmp/x' -- */",
            ],
        );
    }

    #[test]
    fn calls_are_found_behind_spaces_and_comments() {
        for sql in ["CALL p()", " call p()", "/* a */ CALL p", "-- a\nCALL p(1)", "# a\ncall p"] {
            assert!(is_call(sql), "{sql}");
        }
        for sql in ["CREATE TABLE call_ (a INT)", "SELECT 'CALL p()'", "/* CALL */ SELECT 1", "", "callp()"] {
            assert!(!is_call(sql), "{sql}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for sql in ["", "  ", "/* only */", "SELECT 'open", "/*! DROP TABLE t */", "SELECT 1 /*M!100100 INTO @a */"] {
            assert!(classify(sql).is_err(), "{sql}");
        }
    }
}
