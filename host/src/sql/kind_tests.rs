//! The kind of each statement.

use super::StatementKind::HostOnly;
use super::*;
use crate::sql::takes_named_locks;

/// Classifies the whole text, in a database with the schema `shop`.
fn kind_of(sql: &str) -> Result<StatementKind> {
    classify(sql, Scope { most: HostOnly, schema: Some("shop") })
}

#[track_caller]
fn check(kind: StatementKind, statements: &[&str]) {
    for sql in statements {
        assert_eq!(kind_of(sql).ok(), Some(kind), "{sql}");
        for most in [StatementKind::READ, StatementKind::DML, StatementKind::DDL, StatementKind::ANY] {
            let found = classify(sql, Scope { most, schema: Some("shop") });
            match kind <= most {
                true => assert_eq!(found, Ok(kind), "{sql}: up to {most:?}"),
                false => assert!(found.is_ok_and(|found| most < found && found <= kind), "{sql}: up to {most:?}"),
            }
        }
    }
}

#[test]
fn keywords_decide_the_kind() {
    check(
        StatementKind::READ,
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
        StatementKind::DML,
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
        StatementKind::DDL,
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
        StatementKind::ANY,
        &[
            "CREATE USER u",
            "CREATE DEFINER = root PROCEDURE p() SELECT 1",
            "DROP DATABASE d",
            "GRANT ALL ON *.* TO u",
            "KILL 1",
            "SHOW GRANTS",
            "SHOW FULL PROCESSLIST",
            "SHOW CREATE USER",
            "SHOW REPLICA STATUS",
            "SHOW ALL SLAVES STATUS",
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
            "SELECT master_host FROM information_schema.slave_status",
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

/// MySQL 9.7 skips the foreign key with the first of these statements.
#[test]
fn hints_that_change_settings_need_any() {
    check(
        StatementKind::ANY,
        &[
            "INSERT /*+ SET_VAR(foreign_key_checks=0) */ INTO t VALUES (1)",
            "INSERT/*+SET_VAR(foreign_key_checks=0)*/INTO t VALUES (1)",
            "SELECT /*+ MAX_EXECUTION_TIME(0) */ 1",
            "SELECT a FROM (SELECT /*+ MAX_EXECUTION_TIME(0) */ 1 AS a) t",
            "UPDATE /*+ RESOURCE_GROUP(g) */ t SET a = 1",
            "WITH a AS (SELECT 1) DELETE /*+ SET_VAR(sql_safe_updates=0) */ FROM t",
            "EXPLAIN SELECT /*+ SET_VAR(a=1) */ 1",
            "CREATE VIEW v AS SELECT /*+ SET_VAR(a=1) */ 1",
            "SELECT /*+ SET_VAR(a=1) */",
        ],
    );
    check(
        StatementKind::READ,
        &["SELECT /*+ NO_MERGE() */ 1", "SELECT /* + SET_VAR(a=1) */ 1", "SELECT 1 /*+ SET_VAR(a=1) */"],
    );
    check(StatementKind::DML, &["DELETE /*+ QB_NAME(q) */ FROM t"]);
    assert!(kind_of("SELECT /*! /*+ SET_VAR(a=1) */ */ 1").is_err());
}

/// MariaDB 10.11 runs most of these as statements that need the FILE privilege or show other
/// sessions. The rest are variants.
#[test]
fn lexer_of_another_dialect_would_miss_these() {
    check(
        StatementKind::ANY,
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
fn unparsable_text_is_rejected() {
    for sql in ["", "  ", "/* only */", "SELECT 'open", "/*! DROP TABLE t */", "SELECT 1 /*M!100100 INTO @a */"] {
        assert!(kind_of(sql).is_err(), "{sql}");
    }
}

#[test]
fn locks_need_dml() {
    check(
        StatementKind::DML,
        &[
            "SELECT * FROM t FOR UPDATE",
            "SELECT * FROM t for/**/update",
            "SELECT * FROM t FOR SHARE",
            "SELECT * FROM t LOCK IN SHARE MODE",
            "SELECT * FROM t lock /* c */ in # d\n share mode",
            "SELECT * FROM t FOR UPDATE OF t NOWAIT",
            "SELECT * FROM t FOR UPDATE SKIP LOCKED",
            "SELECT * FROM t FOR SHARE OF t SKIP LOCKED",
            "SELECT * FROM t FOR UPDATE WAIT 5",
            "SELECT * FROM t LOCK IN SHARE MODE NOWAIT",
            "(SELECT * FROM t FOR UPDATE)",
            "((SELECT 1) UNION (SELECT a FROM t FOR UPDATE))",
            "SELECT * FROM (SELECT * FROM t FOR UPDATE) a",
            "SELECT (SELECT a FROM t LIMIT 1 LOCK IN SHARE MODE)",
            "SELECT 1 WHERE EXISTS (SELECT * FROM t FOR SHARE)",
            "WITH a AS (SELECT * FROM t FOR UPDATE) SELECT * FROM a",
            "WITH a AS (SELECT 1) SELECT * FROM a, t FOR UPDATE",
            "SELECT 1.FOR UPDATE",
            "TABLE t FOR UPDATE",
            "EXPLAIN ANALYZE SELECT * FROM t FOR UPDATE",
            "EXPLAIN FORMAT=TREE ANALYZE SELECT * FROM t LOCK IN SHARE MODE",
            "SELECT GET_LOCK('a', 0)",
            "SELECT get_lock ('a', 0)",
            "SELECT `GET_LOCK` /* c */ ('a', 0)",
            "SELECT GET_LOC\u{212a}('a', 0)",
            "SELECT * FROM t WHERE GET_LOCK(a, 0)",
            "VALUES (GET_LOCK('a', 0))",
            "EXPLAIN SELECT GET_LOCK('a', 0)",
            "SELECT service_get_write_locks('a', 'b', 0)",
            "SELECT version_tokens_lock_shared('a', 0)",
            "INSERT INTO t SELECT GET_LOCK('a', 0)",
        ],
    );
    check(
        StatementKind::READ,
        &[
            "SELECT * FROM t WHERE t.lock IN (1, 2)",
            "SELECT a FROM t USE INDEX FOR ORDER BY (i)",
            "SELECT SUBSTRING(a FROM 1 FOR 2) FROM t",
            "SELECT 'FOR UPDATE', `FOR`, `UPDATE` FROM t -- FOR UPDATE",
            "SELECT IS_FREE_LOCK('a'), IS_USED_LOCK('a'), RELEASE_LOCK('a'), RELEASE_ALL_LOCKS()",
            "SELECT get_lock, t.get_lock FROM t",
            "EXPLAIN SELECT * FROM t LOCK IN SHARE MODE",
            "EXPLAIN EXTENDED SELECT * FROM t FOR UPDATE",
            "SELECT * FROM t FOR SYSTEM_TIME ALL",
        ],
    );
    check(
        StatementKind::DDL,
        &["CREATE VIEW v AS SELECT * FROM t FOR UPDATE", "CREATE TABLE a AS SELECT GET_LOCK('a', 0)"],
    );
    for (sql, takes) in [("SELECT GET_LOCK('a', 0)", true), ("SELECT 'GET_LOCK(1)'", false), ("DO `get_lock`(1)", true)]
    {
        assert_eq!(takes_named_locks(sql), takes, "{sql}");
    }
}

#[test]
fn procedures_of_other_schemas_need_any() {
    check(
        StatementKind::DML,
        &[
            "CALL p",
            "CALL p()",
            "CALL `p`(a.b)",
            "CALL shop.p()",
            "CALL `shop` . p(1)",
            "CALL shop /* c */ . # d\n `p`",
        ],
    );
    check(
        StatementKind::ANY,
        &[
            "CALL sys.execute_prepared_stmt('DROP TABLE t')",
            "CALL `sys`.`execute_prepared_stmt`('x')",
            "call SYS /* c */ . execute_prepared_stmt('x')",
            "CALL sys\n.execute_prepared_stmt('x')",
            "CALL `sh``op`.p()",
            "CALL SHOP.p()",
            "CALL other.shop.p()",
            "(CALL other.p())",
        ],
    );
    let unnamed = Scope { most: HostOnly, schema: None };
    assert_eq!(classify("CALL p()", unnamed), Ok(StatementKind::DML));
    assert_eq!(classify("CALL shop.p()", unnamed), Ok(StatementKind::ANY));
    let odd = Scope { most: HostOnly, schema: Some("sh`op") };
    assert_eq!(classify("CALL `sh``op`.p()", odd), Ok(StatementKind::DML));
}

/// Parsing of a rejected statement stops as soon as its kind exceeds the grant.
#[test]
fn rejected_text_is_not_parsed_to_its_end() {
    let refused = Scope { most: StatementKind::READ, schema: None };
    for sql in ["DROP TABLE t /*! x */", "INSERT INTO t VALUES ('open", "SELECT GET_LOCK('a', 0), 'open"] {
        assert!(classify(sql, refused).is_ok_and(|kind| kind > StatementKind::READ), "{sql}");
        assert!(classify(sql, Scope { most: HostOnly, schema: None }).is_err(), "{sql}");
    }
    assert!(classify("SELECT 'open", refused).is_err());
}

#[test]
fn calls_are_found_after_blanks_and_comments() {
    for sql in ["CALL p()", " call p()", "/* a */ CALL p", "-- a\nCALL p(1)", "# a\ncall p"] {
        assert!(is_call(sql), "{sql}");
    }
    for sql in ["CREATE TABLE call_ (a INT)", "SELECT 'CALL p()'", "/* CALL */ SELECT 1", "", "callp()"] {
        assert!(!is_call(sql), "{sql}");
    }
}
