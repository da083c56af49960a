//! The session defaults make a guest's results independent of the server's settings.

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, Schema, guest, start_server};

use crate::programs;

/// Settings that only one of the servers has, and statements whose results they would change.
struct OfServer {
    set_up: &'static [&'static str],
    wrong: &'static [&'static str],
    statements: &'static [Case],
}

/// A statement, with the expected output, or a part of it if it contains a space.
type Case = (&'static str, &'static str);

const SET_UP: &[&str] = &[
    "CREATE TABLE longs (v VARCHAR(200)) AS SELECT CONCAT(REPEAT('x', 100), 'b') AS v \
     UNION ALL SELECT CONCAT(REPEAT('x', 100), 'a')",
    "CREATE TABLE numbered (id INT AUTO_INCREMENT PRIMARY KEY, v INT)",
    "CREATE TABLE parents (id INT PRIMARY KEY)",
    "CREATE TABLE children (id INT, FOREIGN KEY (id) REFERENCES parents (id))",
    "CREATE TABLE two (id INT PRIMARY KEY, v TEXT)",
    "INSERT INTO two VALUES (1, 'a'), (2, 'b')",
    "CREATE VIEW shown AS SELECT v FROM two",
];

/// Global settings of the server, which the session defaults override.
const WRONG: &[&str] = &[
    "autocommit = 0",
    "completion_type = 2",
    "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
    "time_zone = '+05:00'",
    "sql_select_limit = 2",
    "max_join_size = 1",
    "sql_safe_updates = 1",
    "sql_auto_is_null = 1",
    "foreign_key_checks = 0",
    "updatable_views_with_limit = 'NO'",
    "sql_quote_show_create = 0",
    "sql_notes = 0",
    "max_sort_length = 64",
    "div_precision_increment = 1",
    "default_week_format = 3",
    "group_concat_max_len = 4",
    "lc_messages = 'de_DE'",
    "lc_time_names = 'de_DE'",
    "init_connect = 'SET @of_the_login = 1'",
];

const STATEMENTS: &[Case] = &[
    ("SELECT v FROM longs UNION ALL SELECT 'c' UNION ALL SELECT 'd' LIMIT 10", "LONGb LONGa c d"),
    ("SELECT v FROM longs ORDER BY v", "LONGa LONGb"),
    ("SELECT CAST(COUNT(*) AS CHAR) FROM longs a, longs b, longs c", "8"),
    ("INSERT INTO numbered (v) VALUES (1)", "1 rows"),
    ("SELECT CAST(COUNT(*) AS CHAR) FROM numbered WHERE id IS NULL", "0"),
    ("UPDATE numbered SET v = 2", "1 rows"),
    ("DELETE FROM numbered", "1 rows"),
    ("INSERT INTO children VALUES (7)", "foreign key constraint fails"),
    ("UPDATE shown SET v = 'x' LIMIT 1", "1 rows"),
    ("SHOW CREATE TABLE children", "CREATE TABLE `children`"),
    ("SELECT CAST(1 / 3 AS CHAR)", "0.3333"),
    ("SELECT CAST(WEEK('2024-03-05') AS CHAR)", "9"),
    ("SELECT CAST(LENGTH(GROUP_CONCAT(REPEAT('x', 5000))) AS CHAR)", "5000"),
    ("SELECT MONTHNAME('2024-03-05')", "March"),
    ("SELECT 1 +", "You have an error in your SQL syntax"),
    (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
         SELECT CAST(COUNT(*) AS CHAR) FROM n",
        "2000",
    ),
    ("SELECT \"a\"", "a"),
    ("SELECT CAST(FROM_UNIXTIME(1) AS CHAR)", "1970-01-01 00:00:01"),
    ("DROP TABLE nothing", "Unknown table"),
    ("EXPLAIN SELECT 1", "No tables used"),
    ("SELECT COALESCE(CAST(@of_the_login AS CHAR), 'nothing')", "nothing"),
    ("SELECT CAST(@@sql_notes + @@autocommit AS CHAR)", "2"),
];

const MARIADB: OfServer = OfServer {
    set_up: &[
        "CREATE TABLE checked (v INT, CONSTRAINT positive CHECK (v > 0))",
        "CREATE TABLE versions (id INT) WITH SYSTEM VERSIONING",
        "INSERT INTO versions VALUES (1)",
    ],
    wrong: &[
        "check_constraint_checks = 0",
        "max_error_count = 0",
        "old_mode = ''",
        "standard_compliant_cte = 0",
        "max_recursive_iterations = 3",
        "default_regex_flags = 'DOTALL'",
        "sql_if_exists = 1",
        "innodb_strict_mode = 0",
        "explicit_defaults_for_timestamp = 0",
        "system_versioning_asof = '2020-01-01 00:00:00'",
    ],
    statements: &[
        ("INSERT INTO checked VALUES (-1)", "CONSTRAINT `positive` failed"),
        ("SELECT CAST('a\nb' REGEXP 'a.b' AS CHAR)", "0"),
        ("CREATE OR REPLACE TABLE times (t TIMESTAMP, v TEXT CHARACTER SET utf8)", "0 rows"),
        ("SELECT IS_NULLABLE FROM information_schema.columns WHERE table_name = 'times' AND column_name = 't'", "YES"),
        (
            "SELECT CHARACTER_SET_NAME FROM information_schema.columns \
             WHERE table_name = 'times' AND column_name = 'v'",
            "utf8mb3",
        ),
        ("CREATE TABLE strict (id INT) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=32", "Can't create table"),
        ("SELECT CAST(COUNT(*) AS CHAR) FROM versions", "1"),
        ("SELECT CAST(@@max_error_count AS CHAR)", "64"),
    ],
};

const MYSQL: OfServer = OfServer {
    set_up: &[
        "CREATE TABLE doubles (id INT PRIMARY KEY, v DOUBLE)",
        "INSERT INTO doubles VALUES (1, 1e30), (2, 1), (3, 1)",
    ],
    wrong: &[
        "cte_max_recursion_depth = 3",
        "windowing_use_high_precision = 0",
        "explain_format = 'TREE'",
        "show_create_table_verbosity = 1",
    ],
    statements: &[
        ("SELECT CAST(SUM(v) OVER (ORDER BY id ROWS 1 PRECEDING) AS CHAR) FROM doubles ORDER BY id DESC LIMIT 1", "2"),
        ("SELECT CAST(@@show_create_table_verbosity AS CHAR)", "0"),
    ],
};

const OF_THIS_SERVER: OfServer = if cfg!(feature = "mysql") { MYSQL } else { MARIADB };

#[tokio::test(flavor = "multi_thread")]
async fn server_defaults_do_not_change_results() {
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    for sql in [SET_UP, OF_THIS_SERVER.set_up].concat() {
        schema.run(sql).await;
    }
    for wrong in [WRONG, OF_THIS_SERVER.wrong].concat() {
        schema.run(&format!("SET GLOBAL {wrong}")).await;
    }
    let cases = [STATEMENTS, OF_THIS_SERVER.statements].concat();
    let database = Database::new(schema.options().max_connections(1)).unwrap();
    for api in Api::BOTH {
        // The second run uses the session after its reset.
        for time in 1..=2 {
            let statements = cases.iter().map(|(sql, _)| *sql);
            let guest = guest(programs::PRINTS_EACH_RESULT).api(api).args(statements);
            let printed = guest.database("main", &database, Grant::new(Statements::Ddl)).run().await.success();
            let printed = printed.replace(&"x".repeat(100), "LONG");
            // The output of SHOW CREATE TABLE has several lines.
            let lines = printed.lines().filter(|line| !line.starts_with([' ', ')']));
            for (line, (sql, expected)) in lines.clone().zip(&cases) {
                let is_whole = line == *expected || expected.contains(' ') && line.contains(expected);
                assert!(is_whole, "{api:?}, time {time}: {sql}\nprinted:  {line}\nexpected: {expected}");
            }
            assert_eq!(lines.count(), cases.len(), "{printed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_use_the_collation_of_the_server() {
    const COMPARES: &str = "SELECT CAST(COUNT(*) AS CHAR) FROM words WHERE v = CAST('A' AS CHAR)";
    const COLLATION: &str = "SELECT COLLATION('a')";
    const DEFAULT: &str = "SELECT DEFAULT_COLLATE_NAME FROM information_schema.character_sets \
        WHERE CHARACTER_SET_NAME = 'utf8mb4'";
    for (argument, column, collation) in [
        ("--collation-server=utf8mb4_unicode_ci", "", "SELECT @@GLOBAL.collation_server"),
        ("--character-set-server=latin1", "CHARACTER SET utf8mb4", DEFAULT),
    ] {
        let server = start_server(&[argument]);
        let mut schema = Schema::on(&server).await;
        let collation: String = schema.value(collation).await;
        schema.run(&format!("CREATE TABLE words (v VARCHAR(10) {column})")).await;
        schema.run("INSERT INTO words VALUES ('a')").await;
        let default = Database::new(schema.options().max_connections(1)).unwrap();
        let chosen = Database::new(schema.options().max_connections(1).collation("utf8mb4_bin")).unwrap();
        for api in Api::BOTH {
            // The second run uses the session after its reset.
            for _ in 0..2 {
                let printed = async |database: &Database, sql: &str| {
                    let guest = guest(programs::PRINTS_EACH_RESULT).api(api).args([sql]);
                    guest.database("main", database, Grant::new(Statements::Read)).run().await.success()
                };
                assert_eq!(printed(&default, COMPARES).await, "1\n", "{argument}");
                assert_eq!(printed(&default, COLLATION).await, format!("{collation}\n"), "{argument}");
                assert_eq!(printed(&chosen, COLLATION).await, "utf8mb4_bin\n", "{argument}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn session_with_a_role_is_used_again() {
    // The server's character set can't express the second name, and applies during a reset.
    for role in ["rôle", "роль"] {
        let server = start_server(&["--character-set-server=latin1"]);
        let mut schema = Schema::on(&server).await;
        for sql in [
            &format!("CREATE ROLE `{role}`"),
            &format!("GRANT SELECT ON *.* TO `{role}`"),
            "CREATE USER roles@'%' IDENTIFIED BY 'secret'",
            &format!("GRANT `{role}` TO roles@'%'"),
            &format!("SET DEFAULT ROLE `{role}` {} roles@'%'", if cfg!(feature = "mysql") { "TO" } else { "FOR" }),
        ] {
            schema.run(sql).await;
        }
        let options = schema.options().user("roles").password("secret").max_connections(1);
        let database = Database::new(options).unwrap();
        let of_session = async || {
            let guest = guest(programs::PRINTS_EACH_RESULT)
                .args(["SELECT CAST(CONNECTION_ID() AS CHAR)", "SELECT CURRENT_ROLE()"]);
            guest.database("main", &database, Grant::new(Statements::Read)).run().await.success()
        };
        let first = of_session().await;
        assert!(first.contains(role), "{first}");
        assert_eq!(of_session().await, first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_collation_is_reported() {
    let schema = Schema::new().await;
    let database = Database::new(schema.options().collation("utf8mb4_nowhere_ci")).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args(["SELECT 1"]).run().await.success();
    assert!(printed.contains("Unknown collation: 'utf8mb4_nowhere_ci'"), "{printed}");
}
