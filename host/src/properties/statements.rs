//! The property of statements: the server runs the statement that the grant allowed.

use std::collections::VecDeque;

use mysql_common::named_params::ParsedNamedParams;
use wasmysql_sql::{Located, Token, tokens};

use super::plain::{
    Plain, calls_elsewhere, changes_settings, is_blank, is_of_a_word, keeps_rows_elsewhere, locks_rows, names,
    outer_words, plain, writes_file,
};
use crate::driver::readable;
use crate::sql::{Bulk, Cast, MultiRow, Scope, StatementKind, only_statement, setting_hint, with_casts};
use crate::types::{ErrorKind, Result};

/// The schema of the database.
const SCHEMA: &str = "shop";
const READING: [&str; 8] = ["SELECT", "TABLE", "VALUES", "WITH", "EXPLAIN", "DESCRIBE", "DESC", "SHOW"];
const CHANGING: [&str; 10] =
    ["INSERT", "REPLACE", "UPDATE", "DELETE", "CALL", "DO", "WITH", "EXPLAIN", "DESCRIBE", "DESC"];
const DEFINING: [&str; 5] = ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"];
const HOST_ONLY: [&str; 15] = [
    "BEGIN",
    "START",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "XA",
    "SET",
    "USE",
    "LOCK",
    "UNLOCK",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "HANDLER",
];
/// SHOW statements that show more than the guest's tables.
const NOT_SHOWN: [&str; 13] = [
    "GRANTS",
    "PROCESSLIST",
    "USER",
    "STATUS",
    "VARIABLES",
    "ENGINE",
    "MASTER",
    "SLAVE",
    "REPLICA",
    "BINLOG",
    "EXPLAIN",
    "PROCEDURE",
    "FUNCTION",
];

/// Classifies the whole text.
fn classify(sql: &str) -> Result<StatementKind> {
    up_to(sql, StatementKind::HostOnly)
}

/// Classifies a text for a grant of `most`.
fn up_to(sql: &str, most: StatementKind) -> Result<StatementKind> {
    crate::sql::classify(sql, Scope { most, schema: Some(SCHEMA) })
}

/// Checks the property of any text.
pub fn statement_kind(data: &[u8]) {
    let Ok(sql) = str::from_utf8(data) else { return };
    let result = classify(sql);
    check_against_plain_text(sql, &result);
    check_other_surroundings(sql, &result);
    check_early_rejection(sql, &result);
    check_driver_text(sql, &result);
    if let Ok(kind) = result {
        check_tokens(sql, kind);
        check_multi_row(sql, kind);
        check_bulk(sql, kind);
        check_casts(sql, kind);
        check_only_statement(sql, kind);
    }
}

/// Runs everything that the host does with a text before it is sent.
#[cfg(test)]
pub(super) fn parse_once(sql: &str) {
    let only = only_statement(sql, StatementKind::ANY);
    let _ = (classify(sql), MultiRow::parse(sql), Bulk::of(sql), readable(sql).is_ok(), only);
}

/// Compares the kind with a second analysis of the plain text.
fn check_against_plain_text(sql: &str, result: &Result<StatementKind>) {
    let (bare, named) = match plain(sql) {
        Plain::Seen { bare, named } => (bare, named),
        Plain::HidesSql => {
            let rejected = result.as_ref().is_err_and(|error| error.kind == ErrorKind::StatementDenied);
            return assert!(rejected, "an executable comment is accepted: {sql:?}: {result:?}");
        }
        Plain::Open => {
            let rejected = result.as_ref().is_err_and(|error| error.kind == ErrorKind::Argument);
            return assert!(rejected, "an unclosed text is accepted: {sql:?}: {result:?}");
        }
    };
    let start = bare.trim_start_matches(|c| is_blank(c) || c == '(');
    let first: String = start.chars().take_while(|c| is_of_a_word(*c)).collect();
    let Ok(kind) = *result else { return assert!(start.is_empty(), "a statement is rejected: {sql:?}: {result:?}") };

    let takes_locks = READING.contains(&first.as_str()) && !CHANGING.contains(&first.as_str());
    let starts_with: &[&str] = match kind {
        StatementKind::READ => &READING,
        StatementKind::DML if takes_locks => &READING,
        StatementKind::DML => &CHANGING,
        StatementKind::DDL => &DEFINING,
        StatementKind::ANY | StatementKind::HostOnly => &[],
    };
    if kind < StatementKind::ANY {
        assert!(starts_with.contains(&first.as_str()), "{kind:?}: {sql:?}");
        assert!(!writes_file(&bare), "the statement writes a file: {sql:?}");
        assert!(!names(&named, "information_schema.processlist", ""), "the statement shows other sessions: {sql:?}");
        assert!(!names(&named, "information_schema.slave_status", ""), "the statement shows the primary: {sql:?}");
        assert!(!names(&named, "load_file", "("), "the statement reads a file: {sql:?}");
        let has_quotes = sql.contains(['\'', '"', '`']);
        assert!(has_quotes || !changes_settings(sql), "a hint of the statement changes settings: {sql:?}");
        assert!(!keeps_rows_elsewhere(&first, &bare), "the table is stored elsewhere: {sql:?}");
        assert!(
            first != "CALL" || !calls_elsewhere(&named),
            "the statement calls a procedure of another schema: {sql:?}"
        );
    }
    if kind == StatementKind::READ {
        assert!(!names(&named, "get_lock", "("), "the statement acquires a named lock: {sql:?}");
        let explains = ["EXPLAIN", "DESCRIBE", "DESC"].contains(&first.as_str());
        assert!(explains || !locks_rows(&bare), "the statement locks rows: {sql:?}");
    }
    assert!(kind == StatementKind::HostOnly || !HOST_ONLY.contains(&first.as_str()), "{kind:?}: {sql:?}");
    if kind == StatementKind::READ && first == "WITH" {
        let verb = outer_words(&start["WITH".len()..])
            .into_iter()
            .find(|word| READING[..3].contains(&word.as_str()) || CHANGING[..4].contains(&word.as_str()));
        assert!(verb.is_some_and(|verb| READING.contains(&verb.as_str())), "WITH: {sql:?}");
    }
    if kind == StatementKind::READ && first == "SHOW" {
        let words = outer_words(start);
        let shown = words.iter().skip(1).find(|word| !matches!(word.as_str(), "FULL" | "EXTENDED"));
        assert!(shown.is_none_or(|shown| !NOT_SHOWN.contains(&shown.as_str())), "SHOW: {sql:?}");
    }
}

/// Checks that early rejection agrees with the kind of the whole text.
fn check_early_rejection(sql: &str, result: &Result<StatementKind>) {
    for most in [StatementKind::READ, StatementKind::DML, StatementKind::DDL, StatementKind::ANY] {
        match (result, up_to(sql, most)) {
            (Ok(kind), Ok(early)) if *kind > most => {
                assert!(early > most && early <= *kind, "{most:?}: {early:?}: {sql:?}")
            }
            // The error is in the part of the text that was not parsed.
            (Err(_), Ok(early)) => assert!(early > most, "{most:?}: {early:?}: {sql:?}"),
            (_, early) => assert_eq!(early, *result, "{most:?}: {sql:?}"),
        }
    }
}

/// Checks that blanks, comments, parentheses and the case of letters don't change the kind.
fn check_other_surroundings(sql: &str, result: &Result<StatementKind>) {
    for before in [" \t\r\n\u{b}\u{c}", "/* ' */", "/*/**/", "-- `\n", "--\u{1}'\n", "#\"\n"] {
        assert_eq!(classify(&format!("{before}{sql}")), *result, "after {before:?}: {sql:?}");
    }
    if result.is_err() {
        return;
    }
    for after in ["\n", "\n/* DROP '*/", "\n# INTO OUTFILE", "\n-- `", "\n--"] {
        assert_eq!(classify(&format!("{sql}{after}")), *result, "before {after:?}: {sql:?}");
    }
    assert_eq!(classify(&format!("({sql}")), *result, "in a parenthesis: {sql:?}");
    // The case matters in `\N`, in `/*M!` and in the schema of a procedure.
    if !sql.contains('\\') && !sql.contains("/*") && !sql.to_ascii_uppercase().contains("CALL") {
        assert_eq!(classify(&sql.to_ascii_lowercase()), *result, "in lower case: {sql:?}");
        assert_eq!(classify(&sql.to_ascii_uppercase()), *result, "in upper case: {sql:?}");
    }
}

/// Checks that the driver receives an equivalent statement and does not change it. The driver
/// replaces named placeholders.
fn check_driver_text(sql: &str, result: &Result<StatementKind>) {
    if result.is_err() {
        return;
    }
    let Ok(text) = readable(sql) else {
        let Plain::Seen { bare, .. } = plain(sql) else { panic!("a readable text is rejected: {sql:?}") };
        let has_name =
            bare.split(':').skip(1).any(|after| after.starts_with(|c: char| is_of_a_word(c) && !c.is_ascii_digit()));
        return assert!(has_name || sql.contains("/*+"), "a text without a named placeholder is rejected: {sql:?}");
    };
    let parsed = ParsedNamedParams::parse(text.as_bytes());
    assert!(
        parsed.is_ok_and(|parsed| parsed.params().is_empty() && parsed.query() == text.as_bytes()),
        "{sql:?}: {text:?}"
    );
    assert_eq!(texts(&text, &read(&text)), texts(sql, &read(sql)), "the driver receives another statement");
    assert_eq!(classify(&text), *result, "{sql:?}: {text:?}");
}

/// Checks that the tokens, joined with blanks, are the same tokens with the same kind. Only a hint
/// raises the kind of a statement and is no token.
fn check_tokens(sql: &str, kind: StatementKind) {
    let found = read(sql);
    let ends: Vec<_> = found.iter().flat_map(|token| [token.at.start, token.at.end]).collect();
    assert!(ends.is_sorted() && found.iter().all(|token| !token.at.is_empty()), "tokens overlap: {sql:?}");
    let joined = texts(sql, &found).join(" ");
    assert_eq!(read(&joined).iter().map(|token| token.token).collect::<Vec<_>>(), kinds(&found), "{sql:?}: {joined:?}");
    let of_tokens = classify(&joined).ok();
    match setting_hint(sql) {
        None => assert_eq!(of_tokens, Some(kind), "{sql:?}: {joined:?}"),
        Some(_) => assert!(kind >= StatementKind::ANY && of_tokens <= Some(kind), "{sql:?}: {joined:?}"),
    }
}

/// Checks that adding casts changes only the placeholders.
fn check_casts(sql: &str, kind: StatementKind) {
    let found = read(sql);
    let count = found.iter().filter(|token| token.token == Token::Placeholder).count();
    let types = [Some(Cast::Decimal(7)), None, Some(Cast::Binary), Some(Cast::Date)];
    for shift in 0..types.len() {
        let casts: Vec<_> = (0..count).map(|at| types[(at + shift) % types.len()]).collect();
        assert_eq!(
            with_casts(sql, &[casts.as_slice(), &[Some(Cast::Date)]].concat()),
            None,
            "a superfluous cast is accepted: {sql:?}"
        );
        let Some(text) = with_casts(sql, &casts) else { continue };
        assert_eq!(classify(&text).ok(), Some(kind), "{sql:?}: {text:?}");
        let mut left = VecDeque::from(words(&text));
        let mut given = casts.iter();
        for token in texts(sql, &found) {
            let cast = if token == "?" { *given.next().unwrap_or(&None) } else { None };
            let is_cast = cast.is_some() && left.front().is_some_and(|front| front == "CAST");
            let written = match cast {
                Some(cast) if is_cast => words(&format!("CAST(? AS {cast})")),
                _ => vec![token.to_owned()],
            };
            for word in written {
                assert_eq!(left.pop_front(), Some(word), "{sql:?}: {text:?}");
            }
        }
        assert!(left.is_empty(), "{sql:?}: {text:?}");
    }
}

/// Checks that a text for the text protocol has one statement, and is part of the guest's text.
fn check_only_statement(sql: &str, kind: StatementKind) {
    let Some(text) = only_statement(sql, kind) else { return };
    let Plain::Seen { bare, .. } = plain(text) else { panic!("a text that can't be parsed is sent: {text:?}") };
    let creates = kind == StatementKind::ANY && bare.trim_start_matches(is_blank).starts_with("CREATE");
    assert!(creates || !bare.contains(';'), "a second statement is sent: {sql:?}: {text:?}");
    assert!(!text.contains('\0') && sql.starts_with(text), "{sql:?}: {text:?}");
    let (all, sent) = (words(sql), words(text));
    // At the end of a text `--` is a comment. No valid statement ends with a minus sign.
    let (same, rest) = all.split_at(sent.len());
    let is_same = same == sent && rest.iter().all(|word| word == ";");
    assert!(is_same || text.ends_with('-'), "{sql:?}: {text:?}");
}

fn words(sql: &str) -> Vec<String> {
    texts(sql, &read(sql)).into_iter().map(str::to_owned).collect()
}

/// Checks that a multi-row statement repeats the row and keeps the rest of the statement.
fn check_multi_row(sql: &str, kind: StatementKind) {
    let Some(multi_row) = MultiRow::parse(sql) else { return };
    let first = read(sql).first().map(|token| token.token);
    let inserts = |word: &str| word.eq_ignore_ascii_case("INSERT") || word.eq_ignore_ascii_case("REPLACE");
    assert!(matches!(first, Some(Token::Word(word)) if inserts(word)), "the statement is not an INSERT: {sql:?}");

    let repeated = |rows: usize| multi_row.statement(std::iter::repeat_n(multi_row.row, rows));
    assert_eq!(repeated(1), sql, "the statement with one row differs");
    let one: Vec<_> = texts(sql, &read(sql)).into_iter().map(str::to_owned).collect();

    let two = repeated(2);
    let length = read(&two).len() - one.len() - 1;
    let row_at = |at: usize| {
        let values = one[at].eq_ignore_ascii_case("VALUES") || one[at].eq_ignore_ascii_case("VALUE");
        let is_before_it = one[..at].iter().filter(|text| *text == "(").count()
            == one[..at].iter().filter(|text| *text == ")").count();
        values && is_before_it
    };
    let start = 1 + (0..one.len()).find(|at| row_at(*at)).unwrap_or_else(|| panic!("no VALUES: {sql:?}"));
    let (head, rest) = one.split_at(start);
    let (row, tail) = rest.split_at(length);
    let values = if row[0].eq_ignore_ascii_case("ROW") { &row[1..] } else { row };
    assert!(is_one_parenthesis(values), "not a row: {row:?}: {sql:?}");
    for rows in [2, 3, 17] {
        let statement = repeated(rows);
        let mut expected = [head, row].concat();
        for _ in 1..rows {
            expected.push(",".to_owned());
            expected.extend_from_slice(row);
        }
        expected.extend_from_slice(tail);
        assert_eq!(texts(&statement, &read(&statement)), expected, "{rows} rows of {sql:?}");
        assert_eq!(classify(&statement).ok(), Some(kind), "{rows} rows of {sql:?}");
        let Plain::Seen { bare, .. } = plain(&statement) else { panic!("{statement:?} can't be parsed") };
        assert_eq!(bare.matches('?').count(), rows * multi_row.parameters, "{rows} rows of {sql:?}");
    }
}

/// Checks that only INSERT, REPLACE, UPDATE and DELETE run in bulk, and that their rows have no
/// subquery.
fn check_bulk(sql: &str, kind: StatementKind) {
    let Some(bulk) = Bulk::of(sql) else { return };
    let words = words(sql);
    // MariaDB rejects a query before VALUES.
    let begins_rows = |word: &str| word.eq_ignore_ascii_case("VALUES") || word.eq_ignore_ascii_case("VALUE");
    let values = words.iter().position(|word| bulk == Bulk::Insert && begins_rows(word));
    let first = words.first().map(|word| word.to_ascii_uppercase());
    let expected = match bulk {
        Bulk::Insert => ["INSERT", "REPLACE"],
        Bulk::Change => ["UPDATE", "DELETE"],
    };
    assert!(first.is_some_and(|first| expected.contains(&first.as_str())), "{bulk:?}: {sql:?}");
    let has_subquery = words[values.unwrap_or(0)..].iter().any(|word| word.eq_ignore_ascii_case("SELECT"));
    assert!(!has_subquery, "{bulk:?} with a subquery: {sql:?}");
    assert!(kind > StatementKind::READ, "{bulk:?} changes nothing: {sql:?}");
    let Plain::Seen { bare, .. } = plain(sql) else { panic!("{sql:?} can't be parsed") };
    assert!(bare.contains('?'), "{bulk:?} without parameters: {sql:?}");
}

fn is_one_parenthesis(row: &[String]) -> bool {
    let mut depth = 0_usize;
    for (at, text) in row.iter().enumerate() {
        match text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at > 0 && at + 1 == row.len();
        }
    }
    false
}

fn read(sql: &str) -> Vec<Located<'_>> {
    tokens(sql).unwrap_or_else(|error| panic!("{sql:?}: {error}"))
}

fn texts<'s>(sql: &'s str, tokens: &[Located<'_>]) -> Vec<&'s str> {
    tokens.iter().map(|token| &sql[token.at.clone()]).collect()
}

fn kinds<'s>(tokens: &[Located<'s>]) -> Vec<Token<'s>> {
    tokens.iter().map(|token| token.token).collect()
}
