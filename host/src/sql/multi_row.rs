//! Rewrites a single-row INSERT as a multi-row INSERT.

use wasmysql_sql::{Located, Token, tokens};

use super::functions::is_independent_of_other_rows;

/// A single-row `INSERT` or `REPLACE ... VALUES (...)`, split so that its row can be repeated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MultiRow<'a> {
    /// The text up to and including `VALUES`.
    head: &'a str,
    /// The row, with its parentheses.
    pub(crate) row: &'a str,
    /// The text after the row: blanks, comments, semicolons and an optional
    /// `ON DUPLICATE KEY UPDATE ...`.
    tail: &'a str,
    /// The number of placeholders in one row.
    pub(crate) parameters: usize,
}

impl<'a> MultiRow<'a> {
    /// Splits `sql`. Returns `None` if repeating the row would change the meaning:
    ///
    /// - The row has no placeholder, there are several rows, or a placeholder is outside of the
    ///   row.
    /// - The statement has RETURNING or SELECT.
    /// - The row depends on earlier rows.
    pub(crate) fn parse(sql: &'a str) -> Option<Self> {
        let tokens = tokens(sql).ok()?;
        let word = |at: usize| tokens.get(at).and_then(|located| located.token.keyword());
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
        if !is_independent_of_other_rows(&tokens[open..]) {
            return None;
        }
        let (row_start, row_end) = (tokens[open].at.start, tokens[close].at.end);
        Some(Self { head: &sql[..row_start], row: &sql[row_start..row_end], tail: &sql[row_end..], parameters })
    }

    /// Returns the statement for these rows. Each item is the row, with or without casts.
    pub(crate) fn statement<R: AsRef<str>>(&self, rows: impl IntoIterator<Item = R>) -> String {
        let mut sql = self.head.to_owned();
        for (at, row) in rows.into_iter().enumerate() {
            if at > 0 {
                sql.push(',');
            }
            sql.push_str(row.as_ref());
        }
        sql.push_str(self.tail);
        sql
    }
}

/// Returns whether the statement has a RETURNING clause, and so both changes and returns rows.
/// MariaDB does not report this when it prepares the statement. In MySQL the word is not reserved
/// and can name a column.
pub(crate) fn returns_rows(sql: &str) -> bool {
    let Ok(tokens) = tokens(sql) else { return false };
    let word = |at: usize| tokens.get(at).and_then(|located| located.token.keyword());
    let symbol = |at: Option<usize>, symbols: &str| match at.and_then(|at| tokens.get(at)).map(|located| located.token)
    {
        Some(Token::Symbol(symbol)) => symbols.contains(symbol),
        _ => false,
    };
    outside_parentheses(&tokens, |at| {
        word(at).as_deref() == Some("RETURNING")
            && at > 1
            && !symbol(at.checked_sub(1), ".,=<>+-*/%&|^!~@")
            && !symbol(Some(at + 1), ".,=<>!;")
            && at + 1 < tokens.len()
            && !matches!(word(at - 1).as_deref(), Some("SET" | "BY" | "WHERE" | "AND" | "OR" | "NOT"))
    })
    .is_some()
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

    fn two(sql: &str) -> String {
        let multi_row = MultiRow::parse(sql).expect(sql);
        multi_row.statement([multi_row.row; 2])
    }

    #[track_caller]
    fn becomes(sql: &str, two_rows: &str) {
        assert_eq!(two(sql), two_rows);
    }

    #[test]
    fn plain_insert_gets_more_rows() {
        becomes("INSERT INTO t (a, b) VALUES (?, ?)", "INSERT INTO t (a, b) VALUES (?, ?),(?, ?)");
        becomes("replace t values(?)", "replace t values(?),(?)");
        becomes(
            "INSERT INTO t VALUES (?, NOW(), IF(?, 1, (1)));",
            "INSERT INTO t VALUES (?, NOW(), IF(?, 1, (1))),(?, NOW(), IF(?, 1, (1)));",
        );
        becomes(
            "INSERT INTO `values`\n (é)\n VALUES (?) -- é (\n ON DUPLICATE KEY UPDATE é = VALUES(é)",
            "INSERT INTO `values`\n (é)\n VALUES (?),(?) -- é (\n ON DUPLICATE KEY UPDATE é = VALUES(é)",
        );
        becomes("INSERT INTO t VALUES ('),?', ?)", "INSERT INTO t VALUES ('),?', ?),('),?', ?)");
    }

    #[test]
    fn other_statements_run_row_by_row() {
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
            "INSERT INTO t VALUES (?, (SELECT MAX(a) FROM t AS x))",
            "INSERT INTO t VALUES (?, LAST_INSERT_ID())",
            "INSERT INTO t VALUES (?, ROW_COUNT())",
            "INSERT INTO t VALUES (?, @a := @a + 1)",
            "INSERT INTO t VALUES (?, f(1))",
            "INSERT INTO t VALUES (?, shop.max(1))",
            "INSERT INTO t VALUES (?, NEXT VALUE FOR s)",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = LAST_INSERT_ID(a)",
            "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = (SELECT MAX(b) FROM u)",
        ] {
            assert_eq!(MultiRow::parse(sql), None, "{sql}");
        }
    }

    #[test]
    fn returning_clause_is_detected() {
        for sql in [
            "INSERT INTO t (v) VALUES (?) RETURNING id",
            "REPLACE INTO t VALUES (?) /* c */ returning *",
            "DELETE FROM t WHERE a = ? RETURNING id, v",
            "INSERT INTO t SELECT 1 RETURNING (SELECT 1)",
        ] {
            assert!(returns_rows(sql), "{sql}");
        }
        for sql in [
            "INSERT INTO t (returning) VALUES (?)",
            "UPDATE t SET returning = ?",
            "UPDATE t SET a = returning",
            "UPDATE t SET a = ? WHERE returning = 1",
            "INSERT INTO t VALUES ('RETURNING x')",
            "INSERT INTO t VALUES (JSON_VALUE(?, '$' RETURNING SIGNED))",
            "INSERT INTO `returning` VALUES (?)",
        ] {
            assert!(!returns_rows(sql), "{sql}");
        }
    }
}
