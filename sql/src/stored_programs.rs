//! Recognizes definitions of stored programs that end at a `;` inside of their body.

use crate::lexer::{Tokens, tokens};
use crate::token::Token;

/// The first words of statements that end with `END` and contain `;`. A complete one never ends at
/// its first `;`.
const BLOCKS: &str = "BEGIN IF CASE LOOP REPEAT WHILE FOR";
const KINDS: &str = "PROCEDURE FUNCTION TRIGGER EVENT PACKAGE";
/// The words between the parameters of a procedure and its body.
const CHARACTERISTICS: &str =
    "COMMENT LANGUAGE SQL NOT DETERMINISTIC CONTAINS NO READS MODIFIES DATA SECURITY DEFINER INVOKER";
/// The number of words before the kind: CREATE, OR REPLACE, and DEFINER with an account.
const WORDS_BEFORE_KIND: usize = 16;

/// Returns whether a statement that ended at its first `;` is certainly the beginning of a stored
/// program or a compound statement, whose body continues after the `;`.
pub(crate) fn is_cut(sql: &str) -> bool {
    let Some(Ok(first)) = Tokens::new(sql).next() else { return false };
    if !first.token.is_one_of("CREATE ALTER") && !first.token.is_one_of(BLOCKS) {
        return false;
    }
    // A statement with an executable comment is an error of the lexer. The server judges it.
    let Ok(tokens) = tokens(sql) else { return false };
    let tokens: Vec<Token<'_>> = tokens.iter().map(|located| located.token).collect();
    match tokens.as_slice() {
        [first, rest @ ..] if first.is_one_of("CREATE ALTER") => definition_is_cut(rest),
        // BEGIN and BEGIN WORK start a transaction, BEGIN NOT ATOMIC is a compound statement.
        [first, rest @ ..] if first.is("BEGIN") => rest.first().is_some_and(|next| next.is("NOT")),
        _ => true,
    }
}

/// Returns whether a statement may define a stored program. The result is `true` also for some
/// other statements with these words.
pub(crate) fn may_define_stored_program(sql: &str) -> bool {
    let is_one_of = |word: &str, list: &str| list.split(' ').any(|listed| listed.eq_ignore_ascii_case(word));
    let mut words =
        sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty());
    words.next().is_some_and(|first| is_one_of(first, "CREATE ALTER"))
        && words.take(WORDS_BEFORE_KIND).any(|word| is_one_of(word, KINDS))
}

/// Reads the tokens after CREATE or ALTER.
fn definition_is_cut(tokens: &[Token<'_>]) -> bool {
    let tokens = after(tokens, &["OR", "REPLACE"]);
    let tokens = after(after_definer(tokens), &["AGGREGATE"]);
    let [kind, rest @ ..] = tokens else { return false };
    let body = match kind.keyword().as_deref() {
        Some("PROCEDURE") => after_parentheses(rest).map(|rest| {
            let is_header = |token: &Token<'_>| token.is_one_of(CHARACTERISTICS) || *token == Token::Text;
            &rest[rest.iter().take_while(|token| is_header(token)).count()..]
        }),
        Some("FUNCTION") => after_parentheses(rest).and_then(|rest| {
            let is_body = |token: &Token<'_>| token.is_one_of(BLOCKS) || token.is_one_of("RETURN SONAME");
            Some(&rest[rest.iter().position(is_body)?..])
        }),
        Some("TRIGGER") => position(rest, &["EACH", "ROW"]).map(|start| after_order(&rest[start + 2..])),
        Some("EVENT") => position(rest, &["DO"]).map(|start| &rest[start + 1..]),
        Some("PACKAGE") => return !rest.iter().any(|token| token.is("END")),
        _ => None,
    };
    body.is_some_and(body_is_cut)
}

/// Reads a body, which can have a label.
fn body_is_cut(body: &[Token<'_>]) -> bool {
    let body = match body {
        [Token::Word(_) | Token::Quoted(_), Token::Symbol(':'), rest @ ..] => rest,
        body => body,
    };
    match body {
        [begin, end, ..] if begin.is("BEGIN") => !end.is("END"),
        [first, ..] => first.is_one_of(BLOCKS),
        [] => false,
    }
}

/// Skips `words` if the tokens begin with them.
fn after<'s, 't>(tokens: &'s [Token<'t>], words: &[&str]) -> &'s [Token<'t>] {
    if position(tokens, words) == Some(0) { &tokens[words.len()..] } else { tokens }
}

/// Skips `DEFINER = account`.
fn after_definer<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    let account = match tokens {
        [definer, Token::Symbol('='), _, rest @ ..] if definer.is("DEFINER") => rest,
        tokens => return tokens,
    };
    match account {
        [Token::Symbol('@'), _, rest @ ..] | [Token::Symbol('('), Token::Symbol(')'), rest @ ..] => rest,
        rest => rest,
    }
}

/// Skips FOLLOWS or PRECEDES with the name of another trigger.
fn after_order<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    match tokens {
        [order, _, Token::Symbol('.'), _, rest @ ..] | [order, _, rest @ ..] if order.is_one_of("FOLLOWS PRECEDES") => {
            rest
        }
        tokens => tokens,
    }
}

/// Returns the tokens after the first parentheses and all parentheses in them.
fn after_parentheses<'s, 't>(tokens: &'s [Token<'t>]) -> Option<&'s [Token<'t>]> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') if depth <= 1 => return Some(&tokens[at + 1..]),
            Token::Symbol(')') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the position of consecutive words.
fn position(tokens: &[Token<'_>], words: &[&str]) -> Option<usize> {
    tokens.windows(words.len()).position(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: bool) {
        assert_eq!(is_cut(sql), expected, "{sql}");
    }

    #[test]
    fn bodies_with_an_open_block_are_cut() {
        for sql in [
            "CREATE PROCEDURE p() BEGIN SELECT 1",
            "create or replace definer = 'a'@'%' procedure s.p(IN a DECIMAL(10, 2)) SQL SECURITY INVOKER begin select 1",
            "CREATE DEFINER=`a`@`b` PROCEDURE p() COMMENT 'x' work: LOOP SELECT 1",
            "CREATE DEFINER=CURRENT_USER() PROCEDURE IF NOT EXISTS p() IF (a) THEN SELECT 1",
            "CREATE PROCEDURE p() CASE 1 WHEN 1 THEN SELECT 1",
            "CREATE PROCEDURE p() WHILE IF(a, 1, 0) DO SET a = 0",
            "CREATE PROCEDURE p() FOR i IN 1..9 DO SELECT i",
            "CREATE FUNCTION f(a SET('x', 'y') CHARACTER SET utf8mb4) RETURNS VARCHAR(9) DETERMINISTIC BEGIN RETURN a",
            "CREATE AGGREGATE FUNCTION f(a INT) RETURNS INT BEGIN DECLARE b INT",
            "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN SET NEW.a = 1",
            "CREATE TRIGGER t AFTER UPDATE ON u FOR EACH ROW FOLLOWS s.other IF NEW.a THEN SET @a = 1",
            "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY COMMENT 'x' DO BEGIN DELETE FROM t",
            "ALTER EVENT e DO BEGIN DELETE FROM t",
            "CREATE PACKAGE p FUNCTION f RETURN INT",
            "BEGIN NOT ATOMIC SELECT 1",
            "IF 1 THEN SELECT 1",
            "/* x */ CREATE /* x */ PROCEDURE p() -- x\nREPEAT SELECT 1",
        ] {
            check(sql, true);
        }
    }

    #[test]
    fn complete_statements_are_not_cut() {
        for sql in [
            "CREATE PROCEDURE p() SELECT 1",
            "CREATE PROCEDURE p() BEGIN END",
            "CREATE PROCEDURE p() work: BEGIN END work",
            "CREATE PROCEDURE begin() SELECT begin FROM t",
            "CREATE PROCEDURE p() SELECT CASE WHEN a THEN 1 END, IF(a, 1, 2) FROM `begin`",
            "CREATE FUNCTION f(a INT) RETURNS INT RETURN IF(a, 1, CASE a WHEN 0 THEN 2 END)",
            "CREATE FUNCTION f() RETURNS INT RETURN (SELECT begin FROM t)",
            "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'",
            "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW SET NEW.a = IF(NEW.a, 1, 2)",
            "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW PRECEDES other SET NEW.a = 1",
            "CREATE EVENT e ON SCHEDULE AT '2030-01-01' + INTERVAL IF(1, 2, 3) DAY DO DELETE FROM t",
            "ALTER EVENT e ENABLE",
            "CREATE PACKAGE p FUNCTION f RETURN INT; END",
            "CREATE TABLE event (begin INT, procedure_ INT)",
            "CREATE DEFINER = a SQL SECURITY INVOKER VIEW v AS SELECT begin FROM t",
            "DROP TABLE IF EXISTS t",
            "BEGIN",
            "BEGIN WORK",
            "INSERT INTO t VALUES (1)",
            // An executable comment: the server judges the statement.
            "CREATE /*!50017 DEFINER=`a`@`b` */ PROCEDURE p() BEGIN SELECT 1",
            "",
        ] {
            check(sql, false);
        }
    }

    #[test]
    fn definitions_of_stored_programs_are_recognized_by_words() {
        for sql in
            ["CREATE /*!50017 DEFINER=`a`@`b` */ PROCEDURE p() BEGIN", "create or replace trigger t", "ALTER EVENT e"]
        {
            assert!(may_define_stored_program(sql), "{sql}");
        }
        for sql in ["CREATE TABLE t (id INT)", "DROP PROCEDURE p", "SELECT 1", ""] {
            assert!(!may_define_stored_program(sql), "{sql}");
        }
    }
}
