//! Finds optimizer hints that change settings for a statement: variables such as
//! `foreign_key_checks`, the server's time limit, and the resource group. MySQL has them.
//!
//! MySQL reads the comment `/*+ ... */` as hints if it directly follows one of the keywords below.
//! Here other comments may precede it, because `rewritten_for_driver` removes them and other
//! servers skip them. Elsewhere `/*+ ... */` is a comment.

use wasmysql_sql::{Token, Tokens};

/// The keywords that hints can follow.
const KEYWORDS: &str = "SELECT INSERT REPLACE UPDATE DELETE";

/// The hints that change settings.
const SETTINGS: [&str; 3] = ["SET_VAR", "MAX_EXECUTION_TIME", "RESOURCE_GROUP"];

/// The length of the shortest hint comment, in bytes.
const SHORTEST: usize = "/*+*/".len();

/// Returns the first hint of a statement that changes settings.
pub(crate) fn setting_hint(sql: &str) -> Option<&'static str> {
    let (mut end, mut last) = (0, None);
    for located in Tokens::new(sql) {
        let Ok(located) = located else { return None };
        if let Some(hint) = setting_hint_between(last, &sql[end..located.at.start]) {
            return Some(hint);
        }
        (end, last) = (located.at.end, Some(located.token));
    }
    setting_hint_between(last, &sql[end..])
}

/// Returns the first hint that changes settings in the blanks and comments after a token.
///
/// The name counts wherever it is a word of the hint comment. So a table of that name is taken for
/// the hint.
pub(super) fn setting_hint_between(last: Option<Token<'_>>, gap: &str) -> Option<&'static str> {
    if gap.len() < SHORTEST || !last.is_some_and(|token| token.is_one_of(KEYWORDS)) {
        return None;
    }
    hint_comments(gap)
        .flat_map(words)
        .find_map(|word| SETTINGS.into_iter().find(|hint| word.eq_ignore_ascii_case(hint)))
}

/// Returns the hint comments among the blanks and comments between two tokens.
pub(super) fn hint_comments(gap: &str) -> impl Iterator<Item = &str> {
    let mut rest = gap;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(is_blank);
            if rest.is_empty() {
                return None;
            }
            let end = match rest.strip_prefix("/*") {
                Some(comment) => comment.find("*/").map(|length| length + 4),
                None => rest.find('\n'),
            };
            let (comment, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            if comment.starts_with("/*+") {
                return Some(comment);
            }
        }
    })
}

/// Returns whether the character separates tokens.
pub(super) fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t'..='\r')
}

fn words(comment: &str) -> impl Iterator<Item = &str> {
    comment.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hint: Option<&str>, statements: &[&str]) {
        for sql in statements {
            assert_eq!(setting_hint(sql), hint, "{sql}");
        }
    }

    #[test]
    fn hints_that_change_settings_are_found() {
        check(
            Some("SET_VAR"),
            &[
                "INSERT /*+ SET_VAR(foreign_key_checks=0) */ INTO t VALUES (1)",
                "insert/*+set_var(foreign_key_checks=0)*/into t values (1)",
                "REPLACE\t/*+\nSet_Var\n( unique_checks = off ) */ t VALUES (1)",
                "UPDATE /*+ BKA(t) SET_VAR(a=1) */ t SET a = 1",
                "DELETE /*+ NO_BKA() *//*+SET_VAR(a='*')*/ FROM t",
                "SELECT /* a */ -- b\n # c\n /*+ SET_VAR(a=1) */ 1",
                "SELECT /*+ SET_VAR(a=1) RESOURCE_GROUP(g) */ 1",
                "SELECT (SELECT /*+ SET_VAR(a=1) */ 1)",
                "SELECT 1 UNION SELECT /*+ SET_VAR(a=1) */ 2",
                "WITH a AS (SELECT /*+ SET_VAR(a=1) */ 1) SELECT * FROM a",
                "SELECT 1.5SELECT /*+ SET_VAR(a=1) */ 1",
                "EXPLAIN SELECT /*+ SET_VAR(a=1) */ 1",
                "INSERT INTO t SELECT/*+ SET_VAR(a=1) */1",
                "SELECT /*+ INDEX(set_var) */ 1",
                "SELECT /*+ SET_VAR(a=1) */",
            ],
        );
        check(
            Some("MAX_EXECUTION_TIME"),
            &["SELECT /*+ max_execution_time(0) */ 1", "TABLE a UNION SELECT/*+é MAX_EXECUTION_TIME\n(0)*/1"],
        );
        check(Some("RESOURCE_GROUP"), &["DELETE /*+ RESOURCE_GROUP(g) */ FROM t"]);
    }

    #[test]
    fn other_hints_and_comments_are_ignored() {
        check(
            None,
            &[
                "SELECT /*+ BKA(t) NO_MERGE(reset_var, set_var1, 1set_var, éset_var, $set_var) */ * FROM t",
                "SELECT /* + SET_VAR(a=1) */ 1",
                "SELECT /*SET_VAR(a=1)*/ 1",
                "/*+ SET_VAR(a=1) */ SELECT 1",
                "SELECT 1 /*+ SET_VAR(a=1) */",
                "SELECT '/*+ SET_VAR(a=1) */'",
                "SELECT '' /*+ SET_VAR(a=1) */ , 'SELECT' /*+ SET_VAR(a=1) */ FROM `SELECT` /*+ SET_VAR(a=1) */",
                "SELECT -- /*+ SET_VAR(a=1) */\n 1",
                "SELECT # /*+ SET_VAR(a=1) */\n 1",
                "SELECT /* /*+ SET_VAR(a=1) */ 1",
                "SELECT /*+ MERGE() */ SET_VAR(1)",
                "SELECT 'open",
                "",
            ],
        );
    }
}
