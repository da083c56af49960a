//! Runs random statements, built from syntax that SQL parsers disagree on, on a real server.
//!
//! No statement that needs more than a `read` grant is classified as `read`. No statement that
//! stores rows elsewhere or calls a procedure of another schema is classified as `ddl`. The
//! environment variable `WASMYSQL_STATEMENTS` sets the number of statements.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Schema, guest};

use crate::programs;

const STATEMENTS: u64 = 2000;
/// The number of statements that one guest runs.
const STATEMENTS_PER_GUEST: u64 = 50;

const GLUE: &[&str] = &[
    "",
    "",
    " ",
    " ",
    "\t",
    "\n",
    "\u{b}",
    "\u{c}",
    "\r",
    "/**/",
    "/*'*/",
    "/*`*/",
    "/* /* */",
    "-- '\n",
    "--\u{1}'\n",
    "--\u{7f}\"\n",
    "--\t`\n",
    "#\"\n",
    "--\n",
    "\u{a0}",
    "\u{2003}",
    "--\u{2003}",
    "$$",
    "\\",
    ".",
    "+",
    "-",
    "|",
    "@",
];
const VALUES: &[&str] = &[
    "1",
    "1.5",
    "1.",
    ".5",
    "1e1",
    "1.e1",
    "1e+1",
    "\\N",
    "0x1F",
    "0b1",
    "x'41'",
    "b'1'",
    "N'a'",
    "_utf8'a'",
    "'a'",
    "\"a\"",
    "'\\''",
    "\"\\\"'\"",
    "'a''b'",
    "@a",
    "@`a`",
    "@'a'",
    "@@version",
    "NOW()",
    "(1)",
    "1 AS `a\\`",
    "1 AS $$",
    "1 'a'",
    "1|",
    "1||",
    "1-",
    "b\"\\\"'\" FROM (SELECT 1 b) t",
    "t.`1a`FROM (SELECT 1 `1a`) t",
    "t.1e1 FROM (SELECT 1 1e1) t",
];
const NAMES: &[&str] =
    &["a", "`a`", "0SELECT", "1VALUES", "$SELECT", "éSELECT", "SELECT", "`SELECT`", "a (SELECT)", "a (`x`)"];
/// The first two take a named lock whose name is too long. The others lock rows that another
/// session has locked.
const LOCKS: &[&[&str]] = &[
    &["SELECT ", "1,", "GET_LOCK", "(REPEAT('a', 200), 0)"],
    &["SELECT ", "1.", "+", "`GET_LOCK`", "(REPEAT('a', 200), 0)"],
    &["SELECT ", "* FROM t ", "FOR", " ", "UPDATE"],
    &["SELECT ", "* FROM ", "(SELECT * FROM t ", "FOR", " ", "UPDATE", ") a"],
    &["SELECT ", "* FROM t ", "LOCK", " ", "IN", " ", "SHARE", " ", "MODE", " ", "NOWAIT"],
    &["SELECT ", "* FROM t WHERE a = 1", ".", "LOCK", " ", "IN", " ", "SHARE MODE ", "NOWAIT"],
];
/// Tables of an engine that this server lacks, procedures of a schema that it lacks, and hints with
/// which MySQL refuses the query.
const ELSEWHERE: &[&[&str]] = &[
    &["CREATE TABLE ", "nowhere.", "x", " (a INT)", "ENGINE", "=", "connect"],
    &["CREATE TABLE ", "x", " (a INT)", "ENGINE", " ", "connect"],
    &["CREATE TABLE ", "x", " (a INT)", "ENGINE", "'connect'"],
    &["CREATE TABLE ", "nowhere.", "5SELECT", " (a INT)", "ENGINE", "=", "connect"],
    &["CREATE TABLE ", "nowhere.", "select", " (a INT)", "MAX_ROWS", "=", "5", " ", "ENGINE", "`connect`"],
    &["CREATE TABLE ", "x", " (a INT)", "PARTITION BY HASH (a) (PARTITION p ", "ENGINE", "=", "connect", ")"],
    &["ALTER TABLE ", "engine ", "ENGINE", "=", "connect"],
    &["ALTER TABLE ", "modify", " ", "ENGINE", " ", "connect"],
    &["ALTER TABLE ", "engine", " ", "ADD ", "engine ", "INT", ", ", "ENGINE", "=", "connect"],
    &["CALL", " ", "nowhere", ".", "p()"],
    &["CALL", " ", "`nowhere`", ".", "`p`", "(1)"],
    &["SELECT", "/*+", "SET_VAR", "(sql_mode = 32)", "*/", "a, COUNT(*) FROM t"],
    &[
        "SELECT * FROM (",
        "SELECT",
        " ",
        "/*+",
        "NO_BKA() ",
        "Set_Var",
        "(sql_mode = 32)",
        "*/",
        " a, COUNT(*) FROM t) b",
    ],
];
const TAILS: &[&str] = &["", "", " -- '", " # `", "/*'*/", ";", " -- \"", " -- $$", "'", "`"];

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn of<'p>(&mut self, parts: &[&'p str]) -> &'p str {
        let count = u64::try_from(parts.len()).unwrap();
        parts[usize::try_from(self.below(count)).unwrap()]
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn glue(&mut self) -> String {
        (0..=self.below(2)).map(|_| self.of(GLUE)).collect()
    }

    fn choose<'p>(&mut self, kinds: &[&'p [&'p str]]) -> &'p [&'p str] {
        let count = u64::try_from(kinds.len()).unwrap();
        kinds[usize::try_from(self.below(count)).unwrap()]
    }

    /// Returns a statement that needs more than a `read` grant.
    fn more_than_reading(&mut self) -> String {
        match self.below(4) {
            0 => {
                let name = self.of(NAMES);
                self.glued(&["WITH ", name, " AS (SELECT 1) ", "DELETE ", "FROM ", "t"])
            }
            1 => {
                let locks = self.choose(LOCKS);
                self.glued(locks)
            }
            _ => {
                let value = self.of(VALUES);
                self.glued(&["SELECT ", value, "INTO", "OUTFILE", "'/nowhere/x'"])
            }
        }
    }

    /// Returns a statement that needs more than a `ddl` grant.
    fn more_than_ddl(&mut self) -> String {
        let elsewhere = self.choose(ELSEWHERE);
        self.glued(elsewhere)
    }

    fn glued(&mut self, parts: &[&str]) -> String {
        // A third of the parts are followed by glue, a third by a space, a third by nothing.
        let mut sql = String::new();
        for part in parts {
            sql.push_str(part);
            match self.below(3) {
                0 => sql.push_str(&self.glue()),
                1 => sql.push(' '),
                _ => {}
            }
        }
        sql + self.of(TAILS)
    }
}

/// Runs random statements with this grant, and checks that no answer contains one of `errors`.
/// Returns the number of denied statements.
async fn count_denied(grant: Statements, errors: &[&str], statement: fn(&mut Random) -> String) -> usize {
    let mut schema = Schema::new().await;
    for sql in ["CREATE TABLE t (a INT)", "CREATE TABLE engine (a INT)", "CREATE TABLE modify (a INT)"] {
        schema.run(sql).await;
    }
    // The administrator's session locks the rows until the end of the test.
    for sql in ["INSERT INTO t VALUES (1)", "START TRANSACTION", "UPDATE t SET a = 2"] {
        schema.run(sql).await;
    }
    let database = schema.database_of(1);
    let run = |statements: Vec<String>| {
        guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(grant)).args(statements).run()
    };
    let needs_more = |answer: &str| errors.iter().any(|error| answer.contains(error));
    let count = std::env::var("WASMYSQL_STATEMENTS").map_or(STATEMENTS, |count| count.parse().unwrap());
    let (mut random, mut denied) = (Random(1), 0);
    for _ in 0..count.div_ceil(STATEMENTS_PER_GUEST) {
        let statements: Vec<_> = (0..STATEMENTS_PER_GUEST).map(|_| statement(&mut random)).collect();
        let answers = run(statements.clone()).await.success();
        denied += answers.matches("StatementDenied: ").count();
        if needs_more(&answers) {
            for sql in statements {
                let answer = run(vec![sql.clone()]).await.success();
                assert!(!needs_more(&answer), "{sql:?}: {answer}");
            }
        }
    }
    denied
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_classified_as_read_writes_or_locks() {
    // The statement needs the privilege FILE or a writing transaction; the name of a lock is too
    // long; a row is locked.
    let errors = ["(1227, ", "(1792, ", "(1059, ", "(1205, "];
    let denied = count_denied(Statements::Read, &errors, Random::more_than_reading).await;
    assert!(denied > 100, "{denied} were denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_classified_as_ddl_needs_any() {
    // The engine is unknown, the procedure does not exist, or the SQL mode has ONLY_FULL_GROUP_BY.
    let errors = ["(1286, ", "(1911, ", "PROCEDURE nowhere.p", "(1140, "];
    let denied = count_denied(Statements::Ddl, &errors, Random::more_than_ddl).await;
    assert!(denied > 100, "{denied} were denied");
}
