//! Checks that every function of this crate takes time proportional to the length of the text.

use std::time::{Duration, Instant};

use super::*;

const MAX_BYTES: usize = 1 << 20;
/// A linear function takes some 50 ms for `MAX_BYTES` in a debug build, a quadratic one minutes.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Reads a text that consists of a start and a repeated part. Short texts come first: there a
/// quadratic function takes seconds, not minutes.
#[track_caller]
fn check<T>(read: impl Fn(&str) -> T) {
    for (start, part) in [
        ("", "a"),
        ("", "é"),
        ("", "a "),
        ("", "1"),
        ("", "1e"),
        ("", "1e1"),
        ("", "1."),
        ("", "("),
        ("", "-"),
        ("", "--"),
        ("", "/"),
        ("", "*/"),
        ("", "/*"),
        ("", "/**/"),
        ("", "/*! a */"),
        ("", "a; /*! b */ "),
        ("", "-- \n"),
        ("", "#\n"),
        ("", "\\"),
        ("", "\\N"),
        ("", "'a'"),
        ("'", "''"),
        ("'", "\\"),
        ("`", "``"),
        ("", "?"),
        ("", ":a"),
        ("", ":a "),
        ("", "x:begin "),
        ("", " "),
        ("", "\n"),
        ("", ";"),
        ("", "a;"),
        ("", "a;\n"),
        ("", "'a';"),
        ("", "é;\u{2003}"),
        ("", "DELIMITER ;\n"),
        ("", "DELIMITER "),
        ("", "DELIMITERS;"),
        ("DELIMITER aaaaaaaaaaaaaab\n", "a"),
        ("DELIMITER //\n", "a//"),
        ("CREATE TRIGGER t ", "EACH "),
        ("CREATE PROCEDURE p ", "("),
        ("CREATE FUNCTION f() ", "a "),
    ] {
        for bytes in [MAX_BYTES / 8, MAX_BYTES] {
            let text = format!("{start}{}", part.repeat(bytes / part.len()));
            let begin = Instant::now();
            read(&text);
            let time = begin.elapsed();
            assert!(time < MAX_TIME, "{time:?} for {bytes} bytes of {start:?}, {part:?}");
        }
    }
}

#[test]
fn tokens_is_linear() {
    check(|text| tokens(text).is_ok());
}

#[test]
fn placeholders_is_linear() {
    check(|text| placeholders(text).count());
}

#[test]
fn split_is_linear() {
    check(|text| split(text).is_ok());
}
