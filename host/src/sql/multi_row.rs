//! Rewrites a single-row INSERT as a multi-row INSERT.

use wasmysql_sql::{Located, Token, tokens};

use super::functions::is_independent_of_other_rows;

/// A single-row `INSERT` or `REPLACE ... VALUES (...)`, split so that its row can be repeated.
///
/// MySQL also has `VALUES ROW(...)`, and an alias of the row, `VALUES (...) AS name (columns)`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MultiRow<'a> {
    /// The text up to and including `VALUES`.
    head: &'a str,
    /// The row, with its parentheses: `(...)` or `ROW(...)`.
    pub(crate) row: &'a str,
    /// The text after the row: blanks, comments, semicolons, an optional alias of the row and an
    /// optional `ON DUPLICATE KEY UPDATE ...`.
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
        let start = values + 1;
        let open = if word(start).as_deref() == Some("ROW") { start + 1 } else { start };
        if tokens.get(open)?.token != Token::Symbol('(') {
            return None;
        }
        let close = matching_parenthesis(&tokens, open)?;
        let end = tokens.iter().rposition(|located| located.token != Token::Symbol(';'))? + 1;
        let clause = after_alias(&tokens[..end], close + 1)?;
        let updates = &tokens[clause..end];
        let begins_with = |words: [&str; 2]| {
            updates.len() > 1 && updates.iter().zip(words).all(|(located, word)| located.token.is(word))
        };
        let is_fine = updates.is_empty()
            || (begins_with(["ON", "DUPLICATE"]) && !updates.iter().any(|located| located.token.is("RETURNING")));
        let placeholders =
            |tokens: &[Located<'_>]| tokens.iter().filter(|located| located.token == Token::Placeholder).count();
        let parameters = placeholders(&tokens[open..close]);
        if !is_fine || parameters == 0 || placeholders(&tokens) != parameters {
            return None;
        }
        if ![&tokens[open..=close], updates].into_iter().all(is_independent_of_other_rows) {
            return None;
        }
        let (row_start, row_end) = (tokens[start].at.start, tokens[close].at.end);
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

/// Returns the position after the alias of the row, `AS name` or `AS name (columns)`, or `at` if
/// there is none.
fn after_alias(tokens: &[Located<'_>], at: usize) -> Option<usize> {
    let token = |at: usize| tokens.get(at).map(|located| located.token);
    if !token(at).is_some_and(|token| token.is("AS")) {
        return Some(at);
    }
    token(at + 1).filter(|name| matches!(name, Token::Word(_) | Token::Quoted(_)))?;
    match token(at + 2) {
        Some(Token::Symbol('(')) => Some(matching_parenthesis(tokens, at + 2)? + 1),
        _ => Some(at + 2),
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
    fn rows_and_aliases_of_mysql_are_repeated() {
        becomes("INSERT INTO t VALUES ROW(?, 1)", "INSERT INTO t VALUES ROW(?, 1),ROW(?, 1)");
        becomes(
            "INSERT INTO t VALUES /* c */ row (ROW(?, 1) = (1, 2)) ON DUPLICATE KEY UPDATE a = VALUES(a);",
            "INSERT INTO t VALUES /* c */ row (ROW(?, 1) = (1, 2)),row (ROW(?, 1) = (1, 2)) \
             ON DUPLICATE KEY UPDATE a = VALUES(a);",
        );
        becomes(
            "INSERT INTO t (a) VALUES (?) AS new ON DUPLICATE KEY UPDATE a = new.a",
            "INSERT INTO t (a) VALUES (?),(?) AS new ON DUPLICATE KEY UPDATE a = new.a",
        );
        becomes(
            "INSERT INTO t (a, b) VALUES (?, ?) as`new` (c, `d`) ON DUPLICATE KEY UPDATE a = ABS(c) + d",
            "INSERT INTO t (a, b) VALUES (?, ?),(?, ?) as`new` (c, `d`) ON DUPLICATE KEY UPDATE a = ABS(c) + d",
        );
        becomes("INSERT INTO t VALUES (?) AS new (a);", "INSERT INTO t VALUES (?),(?) AS new (a);");
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
            "INSERT INTO t VALUES ROW(?), ROW(?)",
            "INSERT INTO t VALUES ROW ? (1)",
            "INSERT INTO t VALUES (?) AS",
            "INSERT INTO t VALUES (?) AS 1",
            "INSERT INTO t VALUES (?) AS new (a",
            "INSERT INTO t VALUES (?) AS new, (?)",
            "INSERT INTO t VALUES (?) AS new RETURNING a",
            "INSERT INTO t VALUES (?) AS new ON DUPLICATE KEY UPDATE a = ?",
            "INSERT INTO t VALUES (?) AS new ON DUPLICATE KEY UPDATE a = f(new.a)",
            "INSERT INTO t VALUES (?) AS new(a) ON DUPLICATE KEY UPDATE a = (SELECT MAX(b) FROM u)",
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
