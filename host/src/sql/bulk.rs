//! Finds statements that MariaDB may execute for many rows of parameters in one command
//! (COM_STMT_BULK_EXECUTE).

use wasmysql_sql::{Located, Token, tokens};

use super::assignments::only_assigns_values;
use super::functions::is_independent_of_other_rows;
use super::multi_row::MultiRow;

/// How the server executes a statement for many rows of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bulk {
    /// INSERT or REPLACE: as one statement with all rows. The server prepares its expressions for
    /// the first row, so the placeholders must be whole values.
    Insert,
    /// UPDATE or DELETE: one row after the other, until a row fails.
    Change,
}

impl Bulk {
    /// Returns how the server executes the statement, or `None` if its rows must be sent in another
    /// way: the result of a row could depend on other rows, or the server could refuse the command.
    pub(crate) fn of(sql: &str) -> Option<Self> {
        let tokens = tokens(sql).ok()?;
        match tokens.first()?.token.keyword().as_deref()? {
            "INSERT" | "REPLACE" => {
                // RAND with a seed continues its sequence, instead of starting it for each row.
                let has_sequence = || tokens.iter().any(|located| located.token.is("RAND"));
                (MultiRow::parse(sql).is_some() && only_assigns_values(sql) && !has_sequence()).then_some(Self::Insert)
            }
            "UPDATE" | "DELETE" => {
                let has_placeholder = tokens.iter().any(|located| located.token == Token::Placeholder);
                (has_placeholder && !deletes_by_join(&tokens) && is_independent_of_other_rows(&tokens))
                    .then_some(Self::Change)
            }
            _ => None,
        }
    }
}

/// Returns whether the statement is a DELETE with several tables, which the server refuses in bulk:
/// `DELETE t FROM t JOIN u` or `DELETE FROM t USING t JOIN u`.
fn deletes_by_join(tokens: &[Located<'_>]) -> bool {
    let mut words = tokens.iter().map(|located| located.token);
    words.next().is_some_and(|first| first.is("DELETE"))
        && (!words.find(|token| !token.is_one_of("LOW_PRIORITY QUICK IGNORE")).is_some_and(|token| token.is("FROM"))
            || words.any(|token| token.is("USING")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Option<Bulk>, statements: &[&str]) {
        for sql in statements {
            assert_eq!(Bulk::of(sql), expected, "{sql}");
        }
    }

    #[test]
    fn whole_values_are_inserted_in_bulk() {
        check(
            Some(Bulk::Insert),
            &[
                "INSERT INTO t (a, b) VALUES (?, ?)",
                "insert ignore t value (?, 1, DEFAULT, NOW(), UUID());",
                "/* c */ REPLACE INTO t VALUES (?)",
                "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a) + ABS(a)",
            ],
        );
    }

    #[test]
    fn independent_changes_run_in_bulk() {
        check(
            Some(Bulk::Change),
            &[
                "UPDATE t SET a = ? WHERE b = ?",
                "UPDATE t, u SET t.a = ABS(?) + u.b WHERE t.b = u.b ORDER BY 1 LIMIT ?",
                "DELETE FROM t WHERE a IN (?, ?) AND b < NOW()",
                "delete low_priority ignore from t where b = ?",
            ],
        );
    }

    #[test]
    fn other_statements_are_not_sent_in_bulk() {
        check(
            None,
            &[
                "INSERT INTO t VALUES (? + 1)",
                "INSERT INTO t VALUES (ABS(?))",
                "INSERT INTO t VALUES (?, RAND(1))",
                "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = RAND(1)",
                "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = ?",
                "INSERT INTO t VALUES (?), (?)",
                "INSERT INTO t VALUES (?, LAST_INSERT_ID())",
                "INSERT INTO t VALUES (?, (SELECT 1))",
                "INSERT INTO t VALUES (?, @a := 1)",
                "INSERT INTO t SET a = ?",
                "INSERT INTO t SELECT ?",
                "UPDATE t SET a = 1",
                "UPDATE t SET a = (SELECT MAX(a) FROM u) WHERE b = ?",
                "UPDATE t SET a = LAST_INSERT_ID(?)",
                "UPDATE t SET a = @a := ?",
                "UPDATE t SET a = f(?)",
                "DELETE FROM t WHERE a = shop.abs(?)",
                "DELETE FROM t WHERE SLEEP(?)",
                "DELETE t FROM t JOIN u WHERE u.b = ?",
                "DELETE QUICK FROM t USING t JOIN u WHERE u.b = ?",
                "WITH c AS (SELECT 1) UPDATE t SET a = ?",
                "CALL p(?)",
                "DO ?",
                "SELECT ?",
                "LOAD DATA INFILE 'x' INTO TABLE t SET a = ?",
                "DELETE FROM t WHERE a = '",
                "",
            ],
        );
    }
}
