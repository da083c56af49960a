//! Finds statements whose placeholders only assign values to columns.

use wasmysql_sql::{Token, Tokens};

/// Returns whether each placeholder is a whole value of `INSERT ... VALUES (...)` or of `REPLACE`,
/// possibly inside a CAST. The type of its column then determines the result, because the server
/// converts the value to that type in any case.
pub(crate) fn only_assigns_values(sql: &str) -> bool {
    let mut tokens = Tokens::new(sql).map_while(Result::ok).map(|located| located.token).peekable();
    if !tokens.next().is_some_and(|token| token.is_one_of("INSERT REPLACE")) {
        return false;
    }
    let (mut part, mut depth) = (Part::Head, 0_usize);
    let mut before = (Token::Number, Token::Number);
    while let Some(token) = tokens.next() {
        match token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => depth = depth.saturating_sub(1),
            Token::Placeholder => {
                let next = tokens.peek().copied();
                let is_whole = match depth {
                    1 => is_symbol(before.1, "(,") && next.is_some_and(|next| is_symbol(next, ",)")),
                    2 => before.0.is("CAST") && is_symbol(before.1, "(") && next.is_some_and(|next| next.is("AS")),
                    _ => false,
                };
                if part != Part::Rows || !is_whole {
                    return false;
                }
            }
            _ if depth > 0 => {}
            _ => match part {
                Part::Head if token.is_one_of("VALUES VALUE") => part = Part::Rows,
                Part::Rows if !is_symbol(token, ",") && !token.is("ROW") => part = Part::Tail,
                _ => {}
            },
        }
        before = (before.1, token);
    }
    part != Part::Head
}

/// The part of the statement: before VALUES, the rows, or the clauses after them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Rows,
    Tail,
}

fn is_symbol(token: Token<'_>, symbols: &str) -> bool {
    matches!(token, Token::Symbol(symbol) if symbols.contains(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values_of_rows_are_assignments() {
        for sql in [
            "INSERT INTO t VALUES (?)",
            "insert t (a, b) value (?, 1), (NOW(), ?);",
            "REPLACE INTO `values` VALUES (CAST(?\tAS DECIMAL(65,2)), ?)",
            "INSERT INTO t VALUES ROW(?, ?), ROW(?, ?) AS new ON DUPLICATE KEY UPDATE a = IF(new.a, 1, b)",
            "INSERT INTO t VALUES (1)",
        ] {
            assert!(only_assigns_values(sql), "{sql}");
        }
    }

    #[test]
    fn other_placeholders_are_not() {
        for sql in [
            "SELECT ?",
            "UPDATE t SET a = ?",
            "INSERT INTO t SET a = ?",
            "INSERT INTO t SELECT ?",
            "INSERT INTO t SELECT * FROM (VALUES ROW(?)) AS v",
            "INSERT INTO t VALUES (? + 1)",
            "INSERT INTO t VALUES (1, -?)",
            "INSERT INTO t VALUES (ABS(?), ?)",
            "INSERT INTO t VALUES (?, (?))",
            "INSERT INTO t VALUES (IF(CAST(? AS SIGNED), 1, 2))",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a) + ABS(?)",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = ?",
            "",
        ] {
            assert!(!only_assigns_values(sql), "{sql}");
        }
    }
}
