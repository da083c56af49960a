//! Errors of JSON, geometry, regular expressions, generated columns, and CHECK constraints.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Guest, Schema, guest};

use super::{After, Case, Failure, check};
use crate::programs;

pub(super) const TABLES: &[&[Case]] =
    &[VALUES, SCHEMA_CHANGES, VALUES_OF_MARIADB, SCHEMA_CHANGES_OF_MARIADB, VALUES_OF_MYSQL, SCHEMA_CHANGES_OF_MYSQL];

const SET_UP: &[&str] = &[
    "CREATE TABLE docs (id INT PRIMARY KEY, j JSON, g GEOMETRY, v VARCHAR(20), n INT NOT NULL)",
    "INSERT INTO docs (id, n) VALUES (1, 1)",
    "CREATE VIEW ids AS SELECT id FROM docs",
    "CREATE TABLE generated_columns (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED)",
    "CREATE TABLE p (id INT PRIMARY KEY, n INT)",
    "CREATE TABLE c (p INT, n INT, FOREIGN KEY (p) REFERENCES p (id))",
    "CREATE TABLE parts (a INT) PARTITION BY LIST (a) (PARTITION one VALUES IN (1), PARTITION two VALUES IN (2))",
];

const SET_UP_OF_MYSQL: &[&str] = &[
    "CREATE TABLE places (g POINT SRID 4326, f VARCHAR(20), INDEX ((CAST(f AS CHAR(3)))))",
    "CREATE TABLE lists (j JSON, INDEX ((CAST(j->'$' AS SIGNED ARRAY))))",
    "CREATE TABLE texts (j JSON, INDEX ((CAST(j->'$' AS CHAR(3) ARRAY))))",
    "CREATE TABLE checked (a INT, b INT, CONSTRAINT ab CHECK (a < b))",
    "CREATE TABLE vectors (v VECTOR(3))",
];

const VALUES: &[Case] = &[
    ("INSERT INTO docs (id, g, n) VALUES (2, 'x', 1)", Failure(1416, "22003", "Data", "Never")),
    ("UPDATE docs SET v = STR_TO_DATE('x', '%Y')", Failure(1411, "HY000", "Data", "Never")),
    ("INSERT INTO ids VALUES (2)", Failure(1423, "HY000", "Constraint", "Never")),
    ("INSERT INTO parts PARTITION (one) VALUES (2)", Failure(1748, "HY000", "Data", "Never")),
    ("SELECT _utf8mb4 x'ff'", Failure(1300, "HY000", "Data", "Never")),
];

const SCHEMA_CHANGES: &[Case] = &[
    ("ALTER TABLE c DROP KEY p", Failure(1553, "HY000", "Constraint", "Never")),
    ("ALTER TABLE p DROP COLUMN id", Failure(1829, "HY000", "Constraint", "Never")),
    ("ALTER TABLE p MODIFY n BIGINT, ALGORITHM = INSTANT", Failure(1846, "0A000", "NotSupported", "Never")),
];

const VALUES_OF_MARIADB: &[Case] = &[
    ("SELECT 'a' RLIKE '('", Failure(1139, "42000", "Data", "Never")),
    ("INSERT INTO generated_columns VALUES (1, 5)", Failure(1906, "HY000", "Constraint", "Never")),
];

const SCHEMA_CHANGES_OF_MARIADB: &[Case] =
    &[("ALTER TABLE c MODIFY p BIGINT", Failure(1832, "HY000", "Constraint", "Never"))];

const VALUES_OF_MYSQL: &[Case] = &[
    ("INSERT INTO generated_columns VALUES (1, 5)", Failure(3105, "HY000", "Constraint", "Never")),
    ("INSERT INTO docs (id, j, n) VALUES (2, '{', 1)", Failure(3140, "22032", "Data", "Never")),
    ("SELECT JSON_EXTRACT('{', '$.a')", Failure(3141, "22032", "Data", "Never")),
    ("SELECT JSON_EXTRACT('{}', 'a')", Failure(3143, "42000", "Data", "Never")),
    ("SELECT JSON_EXTRACT(x'01', '$')", Failure(3144, "22032", "Data", "Never")),
    ("SELECT JSON_LENGTH(1)", Failure(3146, "22032", "Data", "Never")),
    ("SELECT JSON_SET('{}', '$[*]', 1)", Failure(3149, "42000", "Data", "Never")),
    ("SELECT JSON_REMOVE('{}', '$')", Failure(3153, "42000", "Data", "Never")),
    ("SELECT JSON_CONTAINS_PATH('{}', 'some', '$.a')", Failure(3154, "42000", "Data", "Never")),
    ("SELECT JSON_VALID(CONCAT(REPEAT('[', 101), REPEAT(']', 101)))", Failure(3157, "22032", "Data", "Never")),
    ("UPDATE docs SET j = JSON_OBJECT(REPEAT('k', 70000), 1)", Failure(3151, "22032", "Data", "Never")),
    ("UPDATE docs SET n = CAST('1e300' AS JSON)", Failure(3155, "22003", "Data", "Never")),
    ("UPDATE docs SET n = CAST('\"x\"' AS JSON)", Failure(3156, "22018", "Data", "Never")),
    ("SELECT JSON_OBJECT(NULL, 1)", Failure(3158, "22032", "Data", "Never")),
    ("SELECT JSON_ARRAY_INSERT('[]', '$.a', 1)", Failure(3165, "42000", "Data", "Never")),
    (
        "SELECT * FROM JSON_TABLE('[{}]', '$[*]' COLUMNS (a INT PATH '$.a' ERROR ON EMPTY)) x",
        Failure(3665, "22035", "Data", "Never"),
    ),
    (
        "SELECT * FROM JSON_TABLE('[[1]]', '$[*]' COLUMNS (a INT PATH '$' ERROR ON ERROR)) x",
        Failure(3666, "2203F", "Data", "Never"),
    ),
    ("SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$'))", Failure(3667, "42000", "Syntax", "Never")),
    (
        "SELECT * FROM JSON_TABLE('[1000]', '$[*]' COLUMNS (a TINYINT PATH '$' ERROR ON ERROR)) x",
        Failure(3669, "22003", "Data", "Never"),
    ),
    ("SELECT JSON_VALUE('{}', '$.a' ERROR ON EMPTY)", Failure(3966, "22035", "Data", "Never")),
    ("SELECT JSON_VALUE('[1, 2]', '$[*]' ERROR ON ERROR)", Failure(3967, "22034", "Data", "Never")),
    ("INSERT INTO places (f) VALUES ('abcd')", Failure(3751, "01000", "Data", "Never")),
    ("INSERT INTO lists VALUES ('[\"x\"]')", Failure(3903, "22018", "Data", "Never")),
    ("INSERT INTO lists VALUES ('[1e30]')", Failure(3904, "22003", "Data", "Never")),
    ("INSERT INTO texts VALUES ('[\"abcd\"]')", Failure(3907, "22001", "Data", "Never")),
    ("INSERT INTO lists VALUES ('[{}]')", Failure(3908, "HY000", "Data", "Never")),
    (
        "SELECT ST_Distance(ST_GeomFromText('POINT(1 1)', 4326), ST_GeomFromText('POINT(1 1)'))",
        Failure(3033, "HY000", "Data", "Never"),
    ),
    ("SELECT ST_GeomFromText('POINT(1)')", Failure(3037, "22023", "Data", "Never")),
    ("SELECT ST_X(ST_GeomFromText('LINESTRING(1 1, 2 2)'))", Failure(3516, "22S01", "Data", "Never")),
    ("SELECT ST_GeomFromText('POINT(1 1)', 99999)", Failure(3548, "SR001", "Data", "Never")),
    ("SELECT ST_GeomFromText('POINT(10 200)', 4326)", Failure(3616, "22S02", "Data", "Never")),
    ("SELECT ST_GeomFromText('POINT(100 10)', 4326)", Failure(3617, "22S03", "Data", "Never")),
    ("SELECT ST_Envelope(ST_GeomFromText('POINT(1 1)', 4326))", Failure(3618, "22S00", "NotSupported", "Never")),
    ("INSERT INTO places (g) VALUES (ST_GeomFromText('POINT(1 1)'))", Failure(3643, "HY000", "Data", "Never")),
    ("SELECT REGEXP_SUBSTR('a', 'a', 5)", Failure(3686, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE REPEAT('(', 10000)", Failure(3687, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE 'a\\\\'", Failure(3689, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '(a)\\\\9'", Failure(3694, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '*'", Failure(3688, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '('", Failure(3691, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE 'a{x}'", Failure(3692, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE 'a{2,1}'", Failure(3693, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '(?<=a*)b'", Failure(3695, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '['", Failure(3696, "HY000", "Data", "Never")),
    ("SELECT 'a' RLIKE '[z-a]'", Failure(3697, "HY000", "Data", "Never")),
    ("SELECT REPEAT('a', 30) RLIKE '(a*)*(a*)*(a*)*b'", Failure(3699, "HY000", "Data", "Never")),
    ("SELECT CONVERT('é' USING latin1) = _utf8mb4'ж'", Failure(3854, "HY000", "Data", "Never")),
    ("INSERT INTO vectors VALUES ('abc')", Failure(6136, "HY000", "Data", "Never")),
    // MySQL refuses it when it prepares the statement.
    ("CREATE TABLE made (v VECTOR(20000))", Failure(6137, "HY000", "Data", "Never")),
    ("SELECT TO_VECTOR('x')", Failure(6138, "HY000", "Data", "Never")),
    ("WITH RECURSIVE r AS (SELECT 1 a FROM r) SELECT * FROM r", Failure(3573, "HY000", "Syntax", "Never")),
    ("SELECT SUM(n) OVER w FROM docs", Failure(3579, "HY000", "Syntax", "Never")),
    ("SELECT n FROM docs WHERE ROW_NUMBER() OVER () = 1", Failure(3593, "HY000", "Syntax", "Never")),
    ("VALUES ROW()", Failure(3942, "HY000", "Syntax", "Never")),
    ("VALUES ROW(DEFAULT)", Failure(3943, "HY000", "Syntax", "Never")),
    ("SELECT * FROM mysql.tables", Failure(3554, "HY000", "Access", "Never")),
];

const SCHEMA_CHANGES_OF_MYSQL: &[Case] = &[
    ("ALTER TABLE c DROP COLUMN p", Failure(1828, "HY000", "Constraint", "Never")),
    (
        "ALTER TABLE generated_columns MODIFY b INT GENERATED ALWAYS AS (a) VIRTUAL",
        Failure(3106, "HY000", "NotSupported", "Never"),
    ),
    ("ALTER TABLE generated_columns DROP COLUMN a", Failure(3108, "HY000", "Constraint", "Never")),
    ("DROP TABLE p", Failure(3730, "HY000", "Constraint", "Never")),
    ("CREATE TABLE made (a INT, FOREIGN KEY (a) REFERENCES p (nothing))", Failure(3734, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, CHECK (a + 1))", Failure(3812, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT CHECK (b > 0), b INT)", Failure(3813, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, CHECK (a > RAND()))", Failure(3814, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, CHECK ((SELECT 1) > a))", Failure(3815, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT AUTO_INCREMENT PRIMARY KEY, CHECK (a > 1))", Failure(3818, "HY000", "Syntax", "Never")),
    ("CREATE TABLE made (a INT, CHECK (b > 0))", Failure(3820, "HY000", "Syntax", "Never")),
    ("ALTER TABLE checked DROP CHECK nothing", Failure(3821, "HY000", "Syntax", "Never")),
    ("ALTER TABLE checked ADD CONSTRAINT ab CHECK (b > 1)", Failure(3822, "HY000", "Syntax", "Never")),
    (
        "CREATE TABLE made (a INT CHECK (a > 1), FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL)",
        Failure(3823, "HY000", "Syntax", "Never"),
    ),
    ("ALTER TABLE places DROP COLUMN f", Failure(3837, "HY000", "Constraint", "Never")),
    ("ALTER TABLE checked DROP CONSTRAINT nothing", Failure(3940, "HY000", "Syntax", "Never")),
    ("ALTER TABLE checked DROP COLUMN b", Failure(3959, "HY000", "Constraint", "Never")),
];

fn any(schema: &Schema) -> Guest {
    guest(programs::SERVER_ERRORS_OF_STATEMENTS).database("main", &schema.database(), Grant::new(Statements::Any))
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_expressions_and_columns_are_classified() {
    let mut schema = Schema::new().await;
    for sql in SET_UP {
        schema.run(sql).await;
    }
    let (values, schema_changes) = match cfg!(feature = "mysql") {
        true => (VALUES_OF_MYSQL, SCHEMA_CHANGES_OF_MYSQL),
        false => (VALUES_OF_MARIADB, SCHEMA_CHANGES_OF_MARIADB),
    };
    if cfg!(feature = "mysql") {
        for sql in SET_UP_OF_MYSQL {
            schema.run(sql).await;
        }
    }
    for cases in [VALUES, values] {
        check(async || any(&schema), cases, After::Open).await;
    }
    for cases in [SCHEMA_CHANGES, schema_changes] {
        check(async || any(&schema), cases, After::Committed).await;
    }
}
