//! What one statement provokes.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Guest, Schema, guest};

use super::{After, Case, Told, check};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[IN_ROWS, IN_TEXTS, OF_RIGHTS, OF_TRANSACTIONS, OF_SCHEMAS, OF_PROCEDURES];

const SET_UP: &[&str] = &[
    "CREATE TABLE parents (id INT PRIMARY KEY, n TINYINT NOT NULL, CHECK (n < 100))",
    "CREATE TABLE children (parent INT, FOREIGN KEY (parent) REFERENCES parents (id))",
    "INSERT INTO parents VALUES (0, 0), (1, 1), (2, 2)",
    "INSERT INTO children VALUES (1)",
    "CREATE TABLE groups (k INT, KEY (k))",
    "CREATE TABLE members (k INT UNIQUE, FOREIGN KEY (k) REFERENCES groups (k) ON UPDATE CASCADE)",
    "INSERT INTO groups VALUES (1), (2)",
    "INSERT INTO members VALUES (1), (2)",
    "CREATE TABLE narrow (d DATETIME, e ENUM('a', 'b'), v VARCHAR(3), id TINYINT AUTO_INCREMENT PRIMARY KEY)",
    "INSERT INTO narrow (id) VALUES (127)",
    "CREATE TABLE parts (a INT) PARTITION BY LIST (a) (PARTITION one VALUES IN (1))",
    "CREATE TABLE small (a CHAR(200)) ENGINE = MEMORY MAX_ROWS = 1",
    "CREATE VIEW few AS SELECT * FROM parents WHERE n < 5 WITH CHECK OPTION",
    "CREATE TABLE unnumbered (id INT PRIMARY KEY)",
    "INSERT INTO unnumbered VALUES (0), (1)",
    "CREATE PROCEDURE takes_one(a INT) SELECT a",
    "CREATE PROCEDURE prepares() EXECUTE IMMEDIATE 'PREPARE p FROM \"SELECT 1\"'",
    "CREATE PROCEDURE joins() XA START 'x' JOIN",
    "CREATE PROCEDURE ends() XA END 'x'",
    "CREATE PROCEDURE starts() BEGIN XA START 'x'; XA END 'x'; XA ROLLBACK 'x'; END",
    "CREATE PROCEDURE isolates() SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "CREATE PROCEDURE creates() CREATE TABLE parents (id INT)",
    "CREATE OR REPLACE DATABASE guarded",
    "CREATE TABLE guarded.t (id INT, secret INT)",
    "CREATE PROCEDURE guarded.p() SELECT 1",
    "GRANT CREATE ON guarded.* TO wasmysql@127.0.0.1",
    "GRANT SELECT (id) ON guarded.t TO wasmysql@127.0.0.1",
    "GRANT DROP ON missing.* TO wasmysql@127.0.0.1",
];

/// Of values, and rows that can't be.
const IN_ROWS: &[Case] = &[
    ("INSERT INTO narrow (v) VALUES ('x')", Told(167, "22003", "Data", "Never")),
    ("INSERT INTO parents VALUES (3, NULL)", Told(1048, "23000", "Constraint", "Never")),
    ("INSERT INTO parents VALUES (1, 1)", Told(1062, "23000", "Constraint", "Never")),
    ("INSERT INTO small SELECT 'x' FROM seq_1_to_1000", Told(1114, "HY000", "Resources", "Later")),
    ("SELECT (SELECT id FROM parents)", Told(1242, "21000", "Data", "Never")),
    ("UPDATE parents SET n = 1000", Told(1264, "22003", "Data", "Never")),
    ("UPDATE narrow SET e = 'c'", Told(1265, "01000", "Data", "Never")),
    ("UPDATE narrow SET d = '2024-13-01'", Told(1292, "22007", "Data", "Never")),
    ("UPDATE narrow SET v = REPEAT('x', 1000000000)", Told(1301, "HY000", "Data", "Never")),
    ("INSERT INTO parents (id) VALUES (3)", Told(1364, "HY000", "Constraint", "Never")),
    ("UPDATE parents SET n = 1 / 0", Told(1365, "22012", "Data", "Never")),
    ("UPDATE parents SET n = 'x'", Told(1366, "22007", "Data", "Never")),
    ("INSERT INTO few VALUES (3, 50)", Told(1369, "44000", "Constraint", "Never")),
    ("UPDATE narrow SET v = 'long'", Told(1406, "22001", "Data", "Never")),
    ("UPDATE narrow SET d = '9999-12-31' + INTERVAL 1 DAY", Told(1441, "22008", "Data", "Never")),
    ("DELETE FROM parents", Told(1451, "23000", "Constraint", "Never")),
    ("INSERT INTO children VALUES (9)", Told(1452, "23000", "Constraint", "Never")),
    ("INSERT INTO parts VALUES (2)", Told(1526, "HY000", "Data", "Never")),
    ("SELECT 18446744073709551615 + 1", Told(1690, "22003", "Data", "Never")),
    ("UPDATE groups SET k = 2 WHERE k = 1", Told(1761, "23000", "Constraint", "Never")),
    ("INSERT INTO parents VALUES (3, 100)", Told(4025, "23000", "Constraint", "Never")),
];

/// Of the statement's own text.
const IN_TEXTS: &[Case] = &[
    ("SELECT id FROM parents JOIN narrow", Told(1052, "23000", "Syntax", "Never")),
    ("SELECT nothing FROM parents", Told(1054, "42S22", "Syntax", "Never")),
    ("SELECT * FROM parents WHERE", Told(1064, "42000", "Syntax", "Never")),
    (";", Told(1065, "42000", "Syntax", "Never")),
    ("INSERT INTO parents VALUES (3)", Told(1136, "21S01", "Syntax", "Never")),
    ("SELECT * FROM nowhere", Told(1146, "42S02", "Syntax", "Never")),
    ("SELECT 1 UNION SELECT 1, 2", Told(1222, "21000", "Syntax", "Never")),
    ("DELETE FROM parts WHERE a IN (SELECT 1 LIMIT 1)", Told(1235, "42000", "NotSupported", "Never")),
    ("CALL prepares()", Told(1295, "HY000", "NotSupported", "Never")),
    ("CALL nothing()", Told(1305, "42000", "Syntax", "Never")),
    ("CALL takes_one()", Told(1318, "42000", "Syntax", "Never")),
    ("CALL joins()", Told(1398, "XAE05", "Other", "Never")),
    ("CALL ends()", Told(1399, "XAE07", "Other", "Never")),
    ("SIGNAL SQLSTATE '45000'", Told(1644, "45000", "Other", "Never")),
];

/// Of what the account may do.
const OF_RIGHTS: &[Case] = &[
    ("SHOW TABLES FROM mysql", Told(1044, "42000", "Access", "Never")),
    ("SHOW TABLES FROM missing", Told(1049, "42000", "Access", "Never")),
    ("SELECT * FROM mysql.user", Told(1142, "42000", "Access", "Never")),
    ("SELECT secret FROM guarded.t", Told(1143, "42000", "Access", "Never")),
    ("SELECT * FROM information_schema.innodb_trx", Told(1227, "42000", "Access", "Never")),
    ("CALL guarded.p()", Told(1370, "42000", "Access", "Never")),
];

/// Of procedures that do in a transaction what only the host may do.
const OF_TRANSACTIONS: &[Case] = &[
    ("CALL starts()", Told(1400, "XAE09", "Other", "Never")),
    ("CALL isolates()", Told(1568, "25001", "Other", "Never")),
];

/// Of statements that commit before they do anything else, and also when they then do nothing.
const OF_SCHEMAS: &[Case] = &[
    ("CREATE TABLE made (a INT, FOREIGN KEY (a) REFERENCES nowhere (id))", Told(1005, "HY000", "Other", "Never")),
    ("CREATE DATABASE guarded", Told(1007, "HY000", "Syntax", "Never")),
    ("DROP DATABASE missing", Told(1008, "HY000", "Syntax", "Never")),
    ("GRANT ALL ON *.* TO wasmysql@127.0.0.1", Told(1045, "28000", "Access", "Never")),
    ("CREATE TABLE parents (id INT)", Told(1050, "42S01", "Syntax", "Never")),
    ("DROP TABLE nowhere", Told(1051, "42S02", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, a INT)", Told(1060, "42S21", "Syntax", "Never")),
    ("ALTER TABLE parents ADD KEY k (n), ADD KEY k (id)", Told(1061, "42000", "Syntax", "Never")),
    ("ALTER TABLE unnumbered MODIFY id INT AUTO_INCREMENT", Told(1062, "23000", "Constraint", "Never")),
    ("ALTER TABLE parents DROP COLUMN nothing", Told(1091, "42000", "Syntax", "Never")),
    ("CREATE TABLE made (a VARCHAR(16000), b VARCHAR(16000))", Told(1118, "42000", "Syntax", "Never")),
    ("ALTER TABLE parents ENGINE = MEMORY", Told(1217, "23000", "Constraint", "Never")),
    ("TRUNCATE parents", Told(1701, "42000", "Constraint", "Never")),
    ("ALTER TABLE parents MODIFY id BIGINT", Told(1833, "HY000", "Constraint", "Never")),
    ("ALTER TABLE parents MODIFY id INT AUTO_INCREMENT", Told(1834, "HY000", "Constraint", "Never")),
];

/// Of a procedure that changes the schema: it may have ended the transaction in any way.
const OF_PROCEDURES: &[Case] = &[("CALL creates()", Told(1050, "42S01", "Syntax", "Never"))];

async fn schema() -> Schema {
    let mut schema = Schema::new().await;
    for sql in SET_UP {
        schema.run(sql).await;
    }
    schema
}

fn any(schema: &Schema) -> Guest {
    guest(programs::SERVER_ERRORS_OF_STATEMENTS).database("main", &schema.database(), Grant::new(Statements::Any))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_told_as_what_it_is() {
    let schema = schema().await;
    for cases in [IN_ROWS, IN_TEXTS, OF_RIGHTS] {
        check(async || any(&schema), cases, After::Open).await;
    }
    check(async || any(&schema), OF_TRANSACTIONS, After::OpenOnlyInTransactions).await;
    check(async || any(&schema), OF_SCHEMAS, After::Committed).await;
    check(async || any(&schema), OF_PROCEDURES, After::Unknown).await;
}
