//! Statements put together at random, of what readers of SQL disagree on, before the server that decides: none that needs more than
//! reading passes for reading. More of them with `WASMYSQL_STATEMENTS`.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Schema, guest};

use crate::programs;

const STATEMENTS: u64 = 2000;
/// Of one guest.
const AT_ONCE: u64 = 50;

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

    fn statement(&mut self) -> String {
        let parts: Vec<&str> = match self.below(3) {
            0 => vec!["WITH ", self.of(NAMES), " AS (SELECT 1) ", "DELETE ", "FROM ", "t"],
            _ => vec!["SELECT ", self.of(VALUES), "INTO", "OUTFILE", "'/nowhere/x'"],
        };
        // A part is glued to the next one, and often left alone.
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

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_that_passes_for_reading_writes() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (a INT)").await;
    let database = schema.database_of(1);
    let reading = |statements: Vec<String>| {
        guest(programs::RUNS_EACH_STATEMENT)
            .database("main", &database, Grant::new(Statements::Read))
            .args(statements)
            .run()
    };
    // It needs the privilege FILE, or a transaction that writes.
    let writes = |answer: &str| answer.contains("(1227, ") || answer.contains("(1792, ");
    let count = std::env::var("WASMYSQL_STATEMENTS").map_or(STATEMENTS, |count| count.parse().unwrap());
    let (mut random, mut denied) = (Random(1), 0);
    for _ in 0..count.div_ceil(AT_ONCE) {
        let statements: Vec<_> = (0..AT_ONCE).map(|_| random.statement()).collect();
        let answers = reading(statements.clone()).await.success();
        denied += answers.matches("StatementDenied: ").count();
        if writes(&answers) {
            for sql in statements {
                let answer = reading(vec![sql.clone()]).await.success();
                assert!(!writes(&answer), "{sql:?}: {answer}");
            }
        }
    }
    assert!(denied > 100, "{denied} were denied");
}
