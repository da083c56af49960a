//! What must hold of a statement's text: what a grant lets through is what the server runs.

use std::collections::VecDeque;

use mysql_common::named_params::ParsedNamedParams;

use super::plain::{Plain, is_blank, is_of_a_word, names, outer_words, plain, writes_file};
use crate::sql::{Cast, Located, MultiRow, StatementKind, Token, classify, tokens, typed};
use crate::types::{ErrorKind, Result};

const READING: [&str; 8] = ["SELECT", "TABLE", "VALUES", "WITH", "EXPLAIN", "DESCRIBE", "DESC", "SHOW"];
const CHANGING: [&str; 10] =
    ["INSERT", "REPLACE", "UPDATE", "DELETE", "CALL", "DO", "WITH", "EXPLAIN", "DESCRIBE", "DESC"];
const DEFINING: [&str; 5] = ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"];
const OF_THE_HOST: [&str; 15] = [
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
/// What SHOW tells of others than the guest's own tables.
const NOT_SHOWN: [&str; 12] = [
    "GRANTS",
    "PROCESSLIST",
    "USER",
    "STATUS",
    "VARIABLES",
    "ENGINE",
    "MASTER",
    "SLAVE",
    "BINLOG",
    "EXPLAIN",
    "PROCEDURE",
    "FUNCTION",
];

/// What must hold of any text.
pub fn statement_kind(data: &[u8]) {
    let Ok(sql) = str::from_utf8(data) else { return };
    let told = classify(sql);
    is_what_can_be_seen(sql, &told);
    is_the_same_in_other_surroundings(sql, &told);
    goes_to_the_server_as_it_is(sql);
    if let Ok(kind) = told {
        is_told_by_its_tokens(sql, kind);
        repeats_its_row(sql, kind);
        is_the_same_with_types(sql, kind);
    }
}

/// All that is done with a text before it is sent.
#[cfg(test)]
pub(super) fn read_once(sql: &str) {
    let _ = (classify(sql), MultiRow::parse(sql), ParsedNamedParams::parse(sql.as_bytes()).is_ok());
}

/// Compares with a reading of the plain text.
fn is_what_can_be_seen(sql: &str, told: &Result<StatementKind>) {
    let (bare, named) = match plain(sql) {
        Plain::Seen { bare, named } => (bare, named),
        Plain::HidesSql => {
            let refused = told.as_ref().is_err_and(|error| error.kind == ErrorKind::StatementDenied);
            return assert!(refused, "it hides SQL: {sql:?}: {told:?}");
        }
        Plain::Open => {
            let refused = told.as_ref().is_err_and(|error| error.kind == ErrorKind::Argument);
            return assert!(refused, "it is not closed: {sql:?}: {told:?}");
        }
    };
    let start = bare.trim_start_matches(|c| is_blank(c) || c == '(');
    let first: String = start.chars().take_while(|c| is_of_a_word(*c)).collect();
    let Ok(kind) = *told else { return assert!(start.is_empty(), "there is a statement: {sql:?}: {told:?}") };

    let starts_with: &[&str] = match kind {
        StatementKind::Read => &READING,
        StatementKind::Dml => &CHANGING,
        StatementKind::Ddl => &DEFINING,
        StatementKind::Any | StatementKind::HostOnly => &[],
    };
    if kind < StatementKind::Any {
        assert!(starts_with.contains(&first.as_str()), "{kind:?}: {sql:?}");
        assert!(!writes_file(&bare), "it writes a file: {sql:?}");
        assert!(!names(&named, "information_schema.processlist", ""), "it names other sessions: {sql:?}");
        assert!(!names(&named, "load_file", "("), "it reads a file: {sql:?}");
    }
    assert!(kind == StatementKind::HostOnly || !OF_THE_HOST.contains(&first.as_str()), "{kind:?}: {sql:?}");
    if kind == StatementKind::Read && first == "WITH" {
        let verb = outer_words(&start["WITH".len()..])
            .into_iter()
            .find(|word| READING[..3].contains(&word.as_str()) || CHANGING[..4].contains(&word.as_str()));
        assert!(verb.is_some_and(|verb| READING.contains(&verb.as_str())), "WITH: {sql:?}");
    }
    if kind == StatementKind::Read && first == "SHOW" {
        let words = outer_words(start);
        let shown = words.iter().skip(1).find(|word| !matches!(word.as_str(), "FULL" | "EXTENDED"));
        assert!(shown.is_none_or(|shown| !NOT_SHOWN.contains(&shown.as_str())), "SHOW: {sql:?}");
    }
}

/// Blanks, comments, parentheses and the case of letters change nothing.
fn is_the_same_in_other_surroundings(sql: &str, told: &Result<StatementKind>) {
    for before in [" \t\r\n\u{b}\u{c}", "/* ' */", "/*/**/", "-- `\n", "--\u{1}'\n", "#\"\n"] {
        assert_eq!(classify(&format!("{before}{sql}")), *told, "after {before:?}: {sql:?}");
    }
    if told.is_err() {
        return;
    }
    for after in ["\n", "\n/* DROP '*/", "\n# INTO OUTFILE", "\n-- `", "\n--"] {
        assert_eq!(classify(&format!("{sql}{after}")), *told, "before {after:?}: {sql:?}");
    }
    assert_eq!(classify(&format!("({sql}")), *told, "in a parenthesis: {sql:?}");
    // `\N` and `/*M!` are written in no other way.
    if !sql.contains('\\') && !sql.contains("/*") {
        assert_eq!(classify(&sql.to_ascii_lowercase()), *told, "in lower case: {sql:?}");
        assert_eq!(classify(&sql.to_ascii_uppercase()), *told, "in upper case: {sql:?}");
    }
}

/// The driver replaces names of parameters; without one, it must not touch the text that was looked at.
fn goes_to_the_server_as_it_is(sql: &str) {
    if let Ok(parsed) = ParsedNamedParams::parse(sql.as_bytes())
        && parsed.params().is_empty()
    {
        assert_eq!(parsed.query(), sql.as_bytes(), "the driver sends something else");
    }
}

/// Its tokens, set apart, are the same tokens.
fn is_told_by_its_tokens(sql: &str, kind: StatementKind) {
    let found = read(sql);
    let ends: Vec<_> = found.iter().flat_map(|token| [token.at.start, token.at.end]).collect();
    assert!(ends.is_sorted() && found.iter().all(|token| !token.at.is_empty()), "tokens overlap: {sql:?}");
    let apart = texts(sql, &found).join(" ");
    assert_eq!(read(&apart).iter().map(|token| token.token).collect::<Vec<_>>(), kinds(&found), "{sql:?}: {apart:?}");
    assert_eq!(classify(&apart).ok(), Some(kind), "{sql:?}: {apart:?}");
}

/// With casts around its placeholders it is the same statement with casts around its placeholders.
fn is_the_same_with_types(sql: &str, kind: StatementKind) {
    let found = read(sql);
    let count = found.iter().filter(|token| token.token == Token::Placeholder).count();
    let types = [Some(Cast::Decimal(7)), None, Some(Cast::Binary), Some(Cast::Date)];
    for shift in 0..types.len() {
        let casts: Vec<_> = (0..count).map(|at| types[(at + shift) % types.len()]).collect();
        assert_eq!(typed(sql, &[casts.as_slice(), &[Some(Cast::Date)]].concat()), None, "a cast too many: {sql:?}");
        let Some(text) = typed(sql, &casts) else { continue };
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

fn words(sql: &str) -> Vec<String> {
    texts(sql, &read(sql)).into_iter().map(str::to_owned).collect()
}

/// A row that is repeated is a row each time, and the rest of the statement stands where it stood.
fn repeats_its_row(sql: &str, kind: StatementKind) {
    let Some(multi_row) = MultiRow::parse(sql) else { return };
    let first = read(sql).first().map(|token| token.token);
    let inserts = |word: &str| word.eq_ignore_ascii_case("INSERT") || word.eq_ignore_ascii_case("REPLACE");
    assert!(matches!(first, Some(Token::Word(word)) if inserts(word)), "it inserts nothing: {sql:?}");

    let repeated = |rows: usize| multi_row.statement(std::iter::repeat_n(multi_row.row, rows));
    assert_eq!(repeated(1), sql, "one row is not the statement");
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
    assert!(is_one_parenthesis(row), "not a row: {row:?}: {sql:?}");
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
        let Plain::Seen { bare, .. } = plain(&statement) else { panic!("{statement:?} can't be read") };
        assert_eq!(bare.matches('?').count(), rows * multi_row.parameters, "{rows} rows of {sql:?}");
    }
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
