//! Checks that every reader of statements takes time proportional to the length of the text.

use std::time::{Duration, Instant};

use wasmysql_sql::Token;

use super::*;

/// The maximum length of a statement that a grant allows by default.
const MAX_BYTES: usize = 1 << 20;
/// A linear reader takes some 50 ms for `MAX_BYTES` in a debug build, a quadratic one minutes.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Texts that a guest can grow: the start, a repeated part, and a part that is repeated after it.
const TEXTS: [(&str, &str, &str); 36] = [
    ("SELECT ", "if(", ""),
    ("SELECT ", "if(", ")"),
    ("SELECT ", "f(", ")"),
    ("SELECT ", "s.5(1), ", ""),
    ("SELECT ", "(", ""),
    ("SELECT ", "(", ")"),
    ("SELECT ", ")", ""),
    ("SELECT ", "if()", ""),
    ("SELECT ", "if(1) AS (", ""),
    ("SELECT ", "MEMBER OF(", ")"),
    ("SELECT ", "JSON_TABLE(a, '$' COLUMNS (", "))"),
    ("SELECT ", "*, ", ""),
    ("SELECT ", "?, ", ""),
    ("SELECT 1 ", "LIMIT ?, ?, ", ""),
    ("SELECT ", "FOR UPDATE OF t ", ""),
    ("SELECT ", "information_schema.", ""),
    ("SELECT ", "a", ""),
    ("SELECT ", "é", ""),
    ("SELECT ", "1e1", ""),
    ("SELECT '", "''", ""),
    ("SELECT ", "/*+ a */", ""),
    ("SELECT /*", "*", ""),
    ("SELECT ", "-- \n", ""),
    ("SELECT ", "x:", ""),
    ("WITH c(a) AS (SELECT 1)", ", c(a) AS (SELECT 1)", ""),
    ("", "WITH c(a) AS (", ""),
    ("", "WITH c(a) AS (", ")"),
    ("", "WITH RECURSIVE ", ""),
    ("WITH ", "c(", ") AS ("),
    ("WITH a AS (SELECT 1)", ", WITH AS (SELECT 1)", ""),
    ("", "(AS (a), c", ") WITH c)"),
    ("INSERT INTO one VALUES ", "(?, if", ")"),
    ("INSERT INTO one VALUES (?) ", "RETURNING ", ""),
    ("INSERT INTO one VALUES ", "(?),", ""),
    ("CALL ", "p.", ""),
    ("CREATE TABLE t (a INT) ", "ENGINE = PARTITION (", ")"),
];

/// Reads short texts first: there a quadratic reader takes seconds, not minutes.
#[track_caller]
fn check<T>(read: impl Fn(&str) -> T) {
    for parts in TEXTS {
        for bytes in [MAX_BYTES / 8, MAX_BYTES] {
            check_text(parts, bytes, &read);
        }
    }
}

#[track_caller]
fn check_text<T>((start, part, end): (&str, &str, &str), bytes: usize, read: &impl Fn(&str) -> T) {
    let count = (bytes - start.len()) / (part.len() + end.len());
    let text = format!("{start}{}{}", part.repeat(count), end.repeat(count));
    let begin = Instant::now();
    read(&text);
    let time = begin.elapsed();
    assert!(time < MAX_TIME, "{time:?} for {bytes} bytes of {start:?}, {part:?}, {end:?}");
}

#[test]
fn classify_is_linear() {
    check(|sql| classify(sql, Scope { most: StatementKind::HostOnly, schema: Some("shop") }));
}

#[test]
fn takes_named_locks_is_linear() {
    check(takes_named_locks);
}

#[test]
fn calls_unknown_function_is_linear() {
    check(calls_unknown_function);
}

#[test]
fn may_wrap_columns_is_linear() {
    check(may_wrap_columns);
}

#[test]
fn returns_rows_is_linear() {
    check(returns_rows);
}

#[test]
fn bulk_is_linear() {
    check(Bulk::of);
}

#[test]
fn multi_row_is_linear() {
    check(|sql| MultiRow::parse(sql).map(|multi_row| multi_row.parameters));
}

#[test]
fn with_casts_is_linear() {
    check(|sql| {
        let tokens = wasmysql_sql::tokens(sql).unwrap_or_default();
        let count = tokens.iter().filter(|located| located.token == Token::Placeholder).count();
        with_casts(sql, &vec![Some(Cast::Binary); count])
    });
}

#[test]
fn without_casts_is_linear() {
    check(|name| without_casts(name).len());
    for part in ["CAST(?\tAS ", "CAST(?\tAS DECIMAL(65,", "CAST(?\tAS DATE)"] {
        check_text(("", part, ""), MAX_BYTES, &|name| without_casts(name).len());
    }
}

#[test]
fn rewritten_for_driver_is_linear() {
    check(rewritten_for_driver);
}

#[test]
fn only_assigns_values_is_linear() {
    check(only_assigns_values);
}
