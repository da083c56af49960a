//! Turning a single-row INSERT into a multi-row one.

use super::tokens::{Located, Token, keyword, tokens};

/// A single-row `INSERT` or `REPLACE ... VALUES (...)`, cut so that its row can be repeated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MultiRow<'a> {
    /// Up to and with `VALUES`.
    head: &'a str,
    /// The parenthesised row.
    row: &'a str,
    /// `ON DUPLICATE KEY UPDATE ...`, or nothing; and all that is blank after it.
    tail: &'a str,
    /// Placeholders of one row.
    pub(crate) parameters: usize,
}

impl<'a> MultiRow<'a> {
    /// Cuts `sql`, or `None` where repeating its row would not mean the same: no placeholder in the row, more than one row, a
    /// placeholder elsewhere, RETURNING, INSERT ... SELECT.
    pub(crate) fn parse(sql: &'a str) -> Option<MultiRow<'a>> {
        let tokens = tokens(sql).ok()?;
        let word = |at: usize| tokens.get(at).and_then(|located| keyword(located.token));
        if !matches!(word(0).as_deref(), Some("INSERT" | "REPLACE")) {
            return None;
        }
        let values = outside_parentheses(&tokens, |at| matches!(word(at).as_deref(), Some("VALUES" | "VALUE")))?;
        let open = values + 1;
        if tokens.get(open)?.token != Token::Symbol('(') {
            return None;
        }
        let close = matching_parenthesis(&tokens, open)?;
        let placeholders = |from: usize, to: usize| {
            tokens[from..to].iter().filter(|located| located.token == Token::Placeholder).count()
        };
        let parameters = placeholders(open, close);
        let mut end = tokens.len();
        while end > close + 1 && tokens[end - 1].token == Token::Symbol(';') {
            end -= 1;
        }
        let has_tail = close + 1 < end;
        let tail_is_fine = !has_tail
            || (word(close + 1).as_deref() == Some("ON")
                && word(close + 2).as_deref() == Some("DUPLICATE")
                && !(close + 1..end).any(|at| word(at).as_deref() == Some("RETURNING")));
        if parameters == 0 || placeholders(0, open) > 0 || placeholders(close, end) > 0 || !tail_is_fine {
            return None;
        }
        let (row_start, row_end) = (tokens[open].at.start, tokens[close].at.end);
        Some(MultiRow { head: &sql[..row_start], row: &sql[row_start..row_end], tail: &sql[row_end..], parameters })
    }

    /// The statement for this many rows.
    pub(crate) fn statement(&self, rows: usize) -> String {
        let mut sql = String::with_capacity(self.head.len() + rows * (self.row.len() + 1) + self.tail.len());
        sql.push_str(self.head);
        for row in 0..rows {
            if row > 0 {
                sql.push(',');
            }
            sql.push_str(self.row);
        }
        sql.push_str(self.tail);
        sql
    }
}

fn outside_parentheses(tokens: &[Located<'_>], found: impl Fn(usize) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => depth = depth.checked_sub(1)?,
            _ if depth == 0 && found(at) => return Some(at),
            _ => {}
        }
    }
    None
}

fn matching_parenthesis(tokens: &[Located<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(sql: &str, two_rows: &str) {
        assert_eq!(MultiRow::parse(sql).expect(sql).statement(2), two_rows);
    }

    #[test]
    fn a_plain_insert_gets_more_rows() {
        becomes("INSERT INTO t (a, b) VALUES (?, ?)", "INSERT INTO t (a, b) VALUES (?, ?),(?, ?)");
        becomes("replace t values(?)", "replace t values(?),(?)");
        becomes(
            "INSERT INTO t VALUES (?, NOW(), f(?, (1)));",
            "INSERT INTO t VALUES (?, NOW(), f(?, (1))),(?, NOW(), f(?, (1)));",
        );
        becomes(
            "INSERT INTO `values`\n (é)\n VALUES (?) -- é (\n ON DUPLICATE KEY UPDATE é = VALUES(é)",
            "INSERT INTO `values`\n (é)\n VALUES (?),(?) -- é (\n ON DUPLICATE KEY UPDATE é = VALUES(é)",
        );
        becomes("INSERT INTO t VALUES ('),?', ?)", "INSERT INTO t VALUES ('),?', ?),('),?', ?)");
    }

    #[test]
    fn anything_else_runs_row_by_row() {
        for sql in [
            "UPDATE t SET a = ?",
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (?), (?)",
            "INSERT INTO t SELECT ?",
            "INSERT INTO t SET a = ?",
            "INSERT INTO t VALUES (?) RETURNING a",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = ?",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = 1 RETURNING a",
            "INSERT INTO t VALUES (?",
            "SELECT * FROM t WHERE a IN (VALUES (?))",
        ] {
            assert_eq!(MultiRow::parse(sql), None, "{sql}");
        }
    }
}
