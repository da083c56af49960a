//! Errors that a single statement provokes.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Guest, Schema, guest};

use super::{After, Case, Failure, check};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[
    ROW_VALUES,
    STATEMENT_TEXTS,
    PRIVILEGES,
    TRANSACTION_CONTROL,
    SCHEMA_CHANGES,
    PROCEDURES,
    MARIADB.row_values,
    MARIADB.schema_changes,
    MYSQL.row_values,
    MYSQL.schema_changes,
];

const SET_UP: &[&str] = &[
    "CREATE TABLE parents (id INT PRIMARY KEY, n TINYINT NOT NULL, CHECK (n < 100))",
    "CREATE TABLE children (parent INT, FOREIGN KEY (parent) REFERENCES parents (id))",
    "INSERT INTO parents VALUES (0, 0), (1, 1), (2, 2)",
    "INSERT INTO children VALUES (1)",
    "CREATE TABLE families (a INT, b INT, PRIMARY KEY (a, b))",
    "CREATE TABLE members (a INT UNIQUE, b INT, \
     FOREIGN KEY (a, b) REFERENCES families (a, b) ON UPDATE CASCADE)",
    "INSERT INTO families VALUES (1, 1), (2, 2)",
    "INSERT INTO members VALUES (1, 1), (2, 2)",
    "CREATE TABLE narrow (d DATETIME, e ENUM('a', 'b'), v VARCHAR(3), id TINYINT AUTO_INCREMENT PRIMARY KEY)",
    "INSERT INTO narrow (id) VALUES (127)",
    "CREATE TABLE parts (a INT) PARTITION BY LIST (a) (PARTITION one VALUES IN (1))",
    "CREATE TABLE small (a CHAR(200)) ENGINE = MEMORY MAX_ROWS = 1",
    "CREATE VIEW few AS SELECT * FROM parents WHERE n < 5 WITH CHECK OPTION",
    "CREATE TABLE unnumbered (id INT PRIMARY KEY)",
    "INSERT INTO unnumbered VALUES (0), (1)",
    "CREATE PROCEDURE takes_one(a INT) SELECT a",
    "CREATE PROCEDURE prepares() PREPARE p FROM 'PREPARE p FROM \"SELECT 1\"'",
    "CREATE PROCEDURE joins() XA START 'x' JOIN",
    "CREATE PROCEDURE ends() XA END 'x'",
    "CREATE PROCEDURE starts() BEGIN XA START 'x'; XA END 'x'; XA ROLLBACK 'x'; END",
    "CREATE PROCEDURE isolates() SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "CREATE PROCEDURE creates() CREATE TABLE parents (id INT)",
    "DROP DATABASE IF EXISTS guarded",
    "CREATE DATABASE guarded",
    "CREATE TABLE guarded.t (id INT, secret INT)",
    "CREATE PROCEDURE guarded.p() SELECT 1",
    "GRANT CREATE ON guarded.* TO wasmysql@127.0.0.1",
    "GRANT SELECT (id) ON guarded.t TO wasmysql@127.0.0.1",
    "GRANT DROP ON missing.* TO wasmysql@127.0.0.1",
];

const FILL: &str = "INSERT INTO small WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
                    SELECT 'x' FROM n";

/// Errors of values, and of rows that violate constraints.
const ROW_VALUES: &[Case] = &[
    ("INSERT INTO parents VALUES (3, NULL)", Failure(1048, "23000", "Constraint", "Never")),
    ("INSERT INTO parents VALUES (1, 1)", Failure(1062, "23000", "Constraint", "Never")),
    (FILL, Failure(1114, "HY000", "Resources", "Later")),
    ("SELECT (SELECT id FROM parents)", Failure(1242, "21000", "Data", "Never")),
    ("UPDATE parents SET n = 1000", Failure(1264, "22003", "Data", "Never")),
    ("UPDATE narrow SET e = 'c'", Failure(1265, "01000", "Data", "Never")),
    ("UPDATE narrow SET d = '2024-13-01'", Failure(1292, "22007", "Data", "Never")),
    ("UPDATE narrow SET v = REPEAT('x', 1000000000)", Failure(1301, "HY000", "Data", "Never")),
    ("INSERT INTO parents (id) VALUES (3)", Failure(1364, "HY000", "Constraint", "Never")),
    ("UPDATE parents SET n = 1 / 0", Failure(1365, "22012", "Data", "Never")),
    ("UPDATE narrow SET v = 'long'", Failure(1406, "22001", "Data", "Never")),
    ("UPDATE narrow SET d = '9999-12-31' + INTERVAL 1 DAY", Failure(1441, "22008", "Data", "Never")),
    ("DELETE FROM parents", Failure(1451, "23000", "Constraint", "Never")),
    ("INSERT INTO children VALUES (9)", Failure(1452, "23000", "Constraint", "Never")),
    ("INSERT INTO parts VALUES (2)", Failure(1526, "HY000", "Data", "Never")),
    ("SELECT 18446744073709551615 + 1", Failure(1690, "22003", "Data", "Never")),
    ("UPDATE families SET a = 2 WHERE a = 1", Failure(1761, "23000", "Constraint", "Never")),
];

/// Errors of the statement's text.
const STATEMENT_TEXTS: &[Case] = &[
    ("SELECT id FROM parents JOIN narrow", Failure(1052, "23000", "Syntax", "Never")),
    ("SELECT nothing FROM parents", Failure(1054, "42S22", "Syntax", "Never")),
    ("SELECT * FROM parents WHERE", Failure(1064, "42000", "Syntax", "Never")),
    (";", Failure(1065, "42000", "Syntax", "Never")),
    ("INSERT INTO parents VALUES (3)", Failure(1136, "21S01", "Syntax", "Never")),
    ("SELECT * FROM nowhere", Failure(1146, "42S02", "Syntax", "Never")),
    ("SELECT 1 UNION SELECT 1, 2", Failure(1222, "21000", "Syntax", "Never")),
    ("DELETE FROM parts WHERE a IN (SELECT 1 LIMIT 1)", Failure(1235, "42000", "NotSupported", "Never")),
    ("CALL prepares()", Failure(1295, "HY000", "NotSupported", "Never")),
    ("CALL nothing()", Failure(1305, "42000", "Syntax", "Never")),
    ("CALL takes_one()", Failure(1318, "42000", "Syntax", "Never")),
    ("CALL joins()", Failure(1398, "XAE05", "Other", "Never")),
    ("CALL ends()", Failure(1399, "XAE07", "Other", "Never")),
    ("SIGNAL SQLSTATE '45000'", Failure(1644, "45000", "Other", "Never")),
];

/// Errors of the account's privileges.
const PRIVILEGES: &[Case] = &[
    ("SHOW TABLES FROM mysql", Failure(1044, "42000", "Access", "Never")),
    ("SHOW TABLES FROM missing", Failure(1049, "42000", "Access", "Never")),
    ("SELECT * FROM mysql.user", Failure(1142, "42000", "Access", "Never")),
    ("SELECT secret FROM guarded.t", Failure(1143, "42000", "Access", "Never")),
    ("SELECT * FROM information_schema.innodb_trx", Failure(1227, "42000", "Access", "Never")),
    ("CALL guarded.p()", Failure(1370, "42000", "Access", "Never")),
];

/// Errors of procedures that control transactions, which only the host may do.
const TRANSACTION_CONTROL: &[Case] = &[
    ("CALL starts()", Failure(1400, "XAE09", "Other", "Never")),
    ("CALL isolates()", Failure(1568, "25001", "Other", "Never")),
];

/// Errors of statements that commit implicitly before they run, even if they then fail.
const SCHEMA_CHANGES: &[Case] = &[
    ("CREATE DATABASE guarded", Failure(1007, "HY000", "Syntax", "Never")),
    ("DROP DATABASE missing", Failure(1008, "HY000", "Syntax", "Never")),
    ("GRANT ALL ON *.* TO wasmysql@127.0.0.1", Failure(1045, "28000", "Access", "Never")),
    ("CREATE TABLE parents (id INT)", Failure(1050, "42S01", "Syntax", "Never")),
    ("DROP TABLE nowhere", Failure(1051, "42S02", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, a INT)", Failure(1060, "42S21", "Syntax", "Never")),
    ("ALTER TABLE parents ADD KEY k (n), ADD KEY k (id)", Failure(1061, "42000", "Syntax", "Never")),
    ("ALTER TABLE unnumbered MODIFY id INT AUTO_INCREMENT", Failure(1062, "23000", "Constraint", "Never")),
    ("ALTER TABLE parents DROP COLUMN nothing", Failure(1091, "42000", "Syntax", "Never")),
    ("CREATE TABLE made (a VARCHAR(16000), b VARCHAR(16000))", Failure(1118, "42000", "Syntax", "Never")),
    ("TRUNCATE parents", Failure(1701, "42000", "Constraint", "Never")),
];

/// Errors of a procedure that changes the schema. It may have committed or rolled back.
const PROCEDURES: &[Case] = &[("CALL creates()", Failure(1050, "42S01", "Syntax", "Never"))];

/// Errors that each server reports in its own way.
struct OfServer {
    row_values: &'static [Case],
    schema_changes: &'static [Case],
}

const MARIADB: OfServer = OfServer {
    row_values: &[
        (EXHAUSTED, Failure(167, "22003", "Data", "Never")),
        (WRONG_TYPE, Failure(1366, "22007", "Data", "Never")),
        (NOT_IN_THE_VIEW, Failure(1369, "44000", "Constraint", "Never")),
        (CHECKED, Failure(4025, "23000", "Constraint", "Never")),
    ],
    schema_changes: &[
        (NO_PARENT, Failure(1005, "HY000", "Other", "Never")),
        (OTHER_ENGINE, Failure(1217, "23000", "Constraint", "Never")),
        (OTHER_TYPE, Failure(1833, "HY000", "Constraint", "Never")),
        (NUMBERED, Failure(1834, "HY000", "Constraint", "Never")),
    ],
};

const MYSQL: OfServer = OfServer {
    row_values: &[
        (EXHAUSTED, Failure(1062, "23000", "Constraint", "Never")),
        (WRONG_TYPE, Failure(1366, "HY000", "Data", "Never")),
        (NOT_IN_THE_VIEW, Failure(1369, "HY000", "Constraint", "Never")),
        (CHECKED, Failure(3819, "HY000", "Constraint", "Never")),
    ],
    schema_changes: &[
        (NO_PARENT, Failure(1824, "HY000", "Other", "Never")),
        (OTHER_ENGINE, Failure(3776, "HY000", "Constraint", "Never")),
        (OTHER_TYPE, Failure(3780, "HY000", "Constraint", "Never")),
        (NUMBERED, Failure(1833, "HY000", "Constraint", "Never")),
    ],
};

const OF_THIS_SERVER: OfServer = if cfg!(feature = "mysql") { MYSQL } else { MARIADB };

const EXHAUSTED: &str = "INSERT INTO narrow (v) VALUES ('x')";
const WRONG_TYPE: &str = "UPDATE parents SET n = 'x'";
const NOT_IN_THE_VIEW: &str = "INSERT INTO few VALUES (3, 50)";
const CHECKED: &str = "INSERT INTO parents VALUES (3, 100)";
const NO_PARENT: &str = "CREATE TABLE made (a INT, FOREIGN KEY (a) REFERENCES nowhere (id))";
const OTHER_ENGINE: &str = "ALTER TABLE parents ENGINE = MEMORY";
const OTHER_TYPE: &str = "ALTER TABLE parents MODIFY id BIGINT";
const NUMBERED: &str = "ALTER TABLE parents MODIFY id INT AUTO_INCREMENT";

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
async fn refused_statement_reports_code_class_and_state() {
    let schema = schema().await;
    for cases in [ROW_VALUES, OF_THIS_SERVER.row_values, STATEMENT_TEXTS, PRIVILEGES] {
        check(async || any(&schema), cases, After::Open).await;
    }
    check(async || any(&schema), TRANSACTION_CONTROL, After::OpenOnlyInTransactions).await;
    for cases in [SCHEMA_CHANGES, OF_THIS_SERVER.schema_changes] {
        check(async || any(&schema), cases, After::Committed).await;
    }
    check(async || any(&schema), PROCEDURES, After::Unknown).await;
}
