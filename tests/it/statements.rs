//! The kinds of statements that a grant allows.

use std::fs;
use std::path::Path;
use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Schema, guest};

use crate::programs;

/// No grant allows the statement.
const NEVER: Option<Statements> = None;
const READ: Option<Statements> = Some(Statements::Read);
const DML: Option<Statements> = Some(Statements::Dml);
const DDL: Option<Statements> = Some(Statements::Ddl);
const ANY: Option<Statements> = Some(Statements::Any);

/// Statements, each with the least grant that allows it. The server may still refuse it.
const STATEMENTS: &[(&str, Option<Statements>)] = &[
    ("SELECT 1", READ),
    ("  /* a comment */ -- another\n select id FROM t", READ),
    ("(SELECT 1) UNION (SELECT 2)", READ),
    ("WITH a AS (SELECT 1) SELECT * FROM a", READ),
    ("VALUES (1)", READ),
    ("EXPLAIN SELECT * FROM t", READ),
    ("SHOW TABLES", READ),
    ("SELECT 'SET @a = 1'", READ),
    ("SELECT /*+ QB_NAME(a) */ 1", READ),
    ("SELECT /*+ MAX_EXECUTION_TIME(0) */ 1", ANY),
    ("SELECT * FROM (SELECT/*+RESOURCE_GROUP (a)*/1) a", ANY),
    ("INSERT INTO t VALUES (1)", DML),
    ("INSERT /* a comment */ /*+ Set_Var(foreign_key_checks = 0) */ INTO t VALUES (7)", ANY),
    ("REPLACE INTO t VALUES (1)", DML),
    ("UPDATE t SET id = 2", DML),
    ("DELETE FROM t", DML),
    ("WITH a AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM a)", DML),
    ("DO 1", DML),
    ("CALL nothing()", DML),
    ("CALL sys.execute_prepared_stmt('SELECT 1')", ANY),
    ("CALL `sys` /* a comment */ . execute_prepared_stmt('SELECT 1')", ANY),
    ("SELECT id FROM t FOR UPDATE", DML),
    ("SELECT id FROM t LOCK IN SHARE MODE", DML),
    ("WITH a AS (SELECT id FROM t FOR UPDATE) SELECT * FROM a", DML),
    ("SELECT (SELECT MAX(id) FROM t FOR UPDATE)", DML),
    ("SELECT id FROM t FOR UPDATE NOWAIT", DML),
    ("SELECT id FROM t FOR UPDATE SKIP LOCKED", DML),
    ("SELECT id FROM t LOCK IN SHARE MODE WAIT 1", DML),
    ("SELECT GET_LOCK('wasmysql_statements', 0)", DML),
    ("SELECT `get_lock` /* a comment */ ('wasmysql_statements', 0)", DML),
    ("SELECT IS_FREE_LOCK('wasmysql_statements')", READ),
    ("CREATE TABLE made (id INT)", DDL),
    ("ALTER TABLE made ADD name TEXT", DDL),
    ("TRUNCATE made", DDL),
    ("ALTER TABLE made ADD engine VARCHAR(20), ADD INDEX directory (engine(1)), ENGINE = InnoDB", DDL),
    ("CREATE TABLE elsewhere (id INT) DATA DIRECTORY = '/nowhere'", ANY),
    ("CREATE TABLE elsewhere (id INT) ENGINE = MyISAM INDEX DIRECTORY '/nowhere'", ANY),
    ("CREATE TABLE elsewhere (id INT) ENGINE = CONNECT", ANY),
    ("CREATE TABLE elsewhere (id INT) ENGINE 'FEDERATED' CONNECTION = 'mysql://a@b/c/d'", ANY),
    ("CREATE TABLE elsewhere (id INT) PARTITION BY HASH (id) (PARTITION p DATA DIRECTORY = '/nowhere')", ANY),
    ("ALTER TABLE made DISCARD TABLESPACE", ANY),
    ("DROP TABLE IF EXISTS made, elsewhere", DDL),
    ("KILL 999999999", ANY),
    ("SHOW GRANTS", ANY),
    ("SHOW PROCESSLIST", ANY),
    ("EXPLAIN FOR CONNECTION 5", ANY),
    ("EXPLAIN FORMAT=JSON FOR CONNECTION 5", ANY),
    ("EXPLAIN SELECT id FROM t FOR UPDATE", READ),
    ("SELECT info FROM information_schema.processlist", ANY),
    ("SELECT info FROM `INFORMATION_SCHEMA` /* a comment */ . `Processlist`", ANY),
    ("SELECT info FROM information_schema.PROCESSLİST", ANY),
    ("SELECT info FROM performance_schema . processlist", ANY),
    ("CREATE VIEW sessions AS SELECT * FROM information_schema.processlist", ANY),
    ("FLUSH STATUS", ANY),
    ("CREATE USER intruder", ANY),
    ("GRANT ALL ON *.* TO intruder", ANY),
    ("DROP DATABASE nothing", ANY),
    ("CREATE PROCEDURE nothing() SELECT 1", ANY),
    ("LOAD DATA INFILE '/etc/passwd' INTO TABLE t", ANY),
    ("SELECT 1 INTO OUTFILE '/tmp/wasmysql'", ANY),
    ("ANALYZE TABLE t", ANY),
    ("SET @a = 1", NEVER),
    ("SET GLOBAL max_connections = 1", NEVER),
    ("set autocommit = 0", NEVER),
    ("SET PASSWORD = ''", NEVER),
    ("SET STATEMENT max_statement_time = 0 FOR SELECT 1", NEVER),
    ("BEGIN", NEVER),
    ("BEGIN NOT ATOMIC SELECT 1; END", NEVER),
    ("START TRANSACTION", NEVER),
    ("COMMIT", NEVER),
    ("/* a comment */ ROLLBACK", NEVER),
    ("SAVEPOINT a", NEVER),
    ("RELEASE SAVEPOINT a", NEVER),
    ("XA START 'a'", NEVER),
    ("USE mysql", NEVER),
    ("LOCK TABLES t WRITE", NEVER),
    ("UNLOCK TABLES", NEVER),
    ("PREPARE a FROM 'SELECT 1'", NEVER),
    ("EXECUTE IMMEDIATE 'SET @a = 1'", NEVER),
    ("HANDLER t OPEN", NEVER),
    ("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", NEVER),
    ("/*! SET @a = 1 */", NEVER),
    ("/*!50000 DROP TABLE t */ SELECT 1", NEVER),
    ("SELECT 1 /*M!100100 INTO @a */", NEVER),
];

/// Texts that contain no statement, or are not terminated.
const UNREADABLE: &[&str] = &["", " -- a comment", "SELECT 'open", "SELECT `open"];

#[tokio::test(flavor = "multi_thread")]
async fn grant_allows_only_its_statement_kinds() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
    let database = schema.database_of(1);
    for granted in [Statements::Read, Statements::Dml, Statements::Ddl, Statements::Any] {
        let statements = STATEMENTS.iter().map(|(sql, _)| *sql).chain(UNREADABLE.iter().copied());
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(granted));
        let printed = guest.args(statements).run().await.success();
        let mut answers = printed.lines();
        for (sql, least) in STATEMENTS {
            let answer = answers.next().unwrap();
            let is_denied = answer.starts_with("StatementDenied: ");
            assert_eq!(is_denied, least.is_none_or(|least| granted < least), "{granted}: {sql}: {answer}");
        }
        for sql in UNREADABLE {
            let answer = answers.next().unwrap();
            assert!(answer.starts_with("Argument: "), "{granted}: {sql}: {answer}");
        }
        assert_eq!(answers.next(), None);
    }
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM mysql.user WHERE user = 'intruder'").await, 0);
}

/// Runs the corpus with which `fuzz/` tested the classifier, on a real server.
#[tokio::test(flavor = "multi_thread")]
async fn corpus_read_statements_need_no_global_privilege() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (a INT)").await;
    let database = schema.database_of(1);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/statement_kind");
    let (mut passed, mut refused) = (0, 0);
    for seed in fs::read_dir(corpus).unwrap() {
        let path = seed.unwrap().path();
        // A program argument cannot contain a zero byte.
        let sql = fs::read_to_string(&path).unwrap_or_default();
        if sql.is_empty() || sql.contains('\0') {
            continue;
        }
        let grant = Grant::new(Statements::Read).statement_timeout(Duration::from_millis(500));
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, grant);
        let answer = guest.args([sql]).run().await.success();
        // 1227: the statement needs a global privilege (FILE, SUPER, PROCESS or another).
        assert!(!answer.contains("(1227, "), "{}: {answer}", path.display());
        match answer.starts_with("StatementDenied: ") || answer.starts_with("Argument: ") {
            true => refused += 1,
            false => passed += 1,
        }
    }
    assert!(passed > 10 && refused > 10, "{passed} passed, {refused} were refused");
}
