//! Turning a single-row INSERT into a multi-row one.

use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::tokens::{keyword, tokens};

/// A single-row `INSERT` or `REPLACE ... VALUES (...)`, cut so that its row can be repeated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MultiRow<'a> {
    /// Up to and with `VALUES`.
    head: &'a str,
    /// The parenthesised row.
    row: &'a str,
    /// `ON DUPLICATE KEY UPDATE ...`, or nothing.
    tail: &'a str,
    /// Placeholders of one row.
    pub(crate) parameters: usize,
}

impl<'a> MultiRow<'a> {
    /// Cuts `sql`, or `None` where repeating its row would not mean the same: no placeholder in the row, more than one row, a
    /// placeholder elsewhere, RETURNING, INSERT ... SELECT.
    pub(crate) fn parse(sql: &'a str) -> Option<MultiRow<'a>> {
        let tokens = tokens(sql).ok()?;
        let word = |at: usize| tokens.get(at).and_then(|token: &TokenWithSpan| keyword(&token.token));
        if !matches!(word(0).as_deref(), Some("INSERT" | "REPLACE")) {
            return None;
        }
        let values = outside_parentheses(&tokens, |at| matches!(word(at).as_deref(), Some("VALUES" | "VALUE")))?;
        let open = values + 1;
        if tokens.get(open)?.token != Token::LParen {
            return None;
        }
        let close = matching_parenthesis(&tokens, open)?;
        let placeholders = |from: usize, to: usize| {
            tokens[from..to].iter().filter(|token| matches!(token.token, Token::Placeholder(_))).count()
        };
        let parameters = placeholders(open, close);
        let mut end = tokens.len();
        while end > close + 1 && tokens[end - 1].token == Token::SemiColon {
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
        let row_start = offset(sql, tokens[open].span.start)?;
        let row_end = offset(sql, tokens[close].span.end)?;
        let sql_end = offset(sql, tokens[end - 1].span.end)?;
        Some(MultiRow {
            head: &sql[..row_start],
            row: &sql[row_start..row_end],
            tail: &sql[row_end..sql_end],
            parameters,
        })
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

fn outside_parentheses(tokens: &[TokenWithSpan], found: impl Fn(usize) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.checked_sub(1)?,
            _ if depth == 0 && found(at) => return Some(at),
            _ => {}
        }
    }
    None
}

fn matching_parenthesis(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => {
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

/// The byte at a line and column, both counted from 1 and columns in characters.
fn offset(sql: &str, at: Location) -> Option<usize> {
    let line = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let line_start = match line {
        0 => 0,
        _ => sql.match_indices('\n').nth(line - 1)?.0 + 1,
    };
    let rest = sql.get(line_start..)?;
    let within = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(column)?;
    Some(line_start + within)
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
            "INSERT INTO t VALUES (?, NOW(), f(?, (1))),(?, NOW(), f(?, (1)))",
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
