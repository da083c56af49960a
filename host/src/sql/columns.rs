//! Estimates how many columns the result of a statement can have.

use wasmysql_sql::{Token, tokens};

/// The response to a prepare counts columns in two bytes.
const WRAPS_AT: usize = 1 << 16;
/// The maximum number of columns of a table or view in MariaDB and MySQL.
const TABLE_COLUMNS: usize = 4096;
/// The minimum bytes of text per column: one character and a comma.
const BYTES_PER_COLUMN: usize = 2;

/// Returns whether the result can have so many columns that the server's 16-bit count wraps around.
/// The driver would then leave columns unread, and mistake them for later responses.
pub(crate) fn may_wrap_columns(sql: &str) -> bool {
    if sql.len() < WRAPS_AT * BYTES_PER_COLUMN && !sql.contains('*') {
        return false;
    }
    let Ok(tokens) = tokens(sql) else { return true };
    let (mut items, mut stars, mut tables, mut selects) = (1_usize, 0_usize, 1_usize, 0_u32);
    for located in &tokens {
        match located.token {
            Token::Symbol(',') => {
                items += 1;
                tables += 1;
            }
            Token::Symbol('*') => stars += 1,
            token => match token.keyword().as_deref() {
                Some("SELECT" | "TABLE" | "RETURNING") => selects += 1,
                Some("JOIN" | "STRAIGHT_JOIN") => tables += 1,
                _ => {}
            },
        }
    }
    // A derived table can have the columns of all the tables in it.
    let of_a_star = tables.saturating_pow(selects.max(1)).saturating_mul(TABLE_COLUMNS);
    items.saturating_add(stars.saturating_mul(of_a_star)) >= WRAPS_AT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_statements_cannot_wrap() {
        for sql in [
            "SELECT * FROM t WHERE a IN (?, ?, ?)",
            "SELECT COUNT(*), a * b FROM t JOIN u USING (c)",
            "SELECT a.*, b.* FROM a JOIN b ON a.id = b.id",
            "INSERT INTO t (a, b, c) VALUES (?, ?, ?), (?, ?, ?)",
            "SELECT 1",
        ] {
            assert!(!may_wrap_columns(sql), "{sql}");
        }
    }

    #[test]
    fn statements_with_65536_columns_are_detected() {
        let star_of_16 = format!("SELECT * FROM t a0{}", (1..16).map(|at| format!(", t a{at}")).collect::<String>());
        let stars_of_16 = format!("SELECT a.*{} FROM t a", ", a.*".repeat(15));
        let derived = "SELECT a.*, b.*, a.*, b.* FROM (SELECT * FROM t, u) a, (SELECT * FROM v, w) b";
        let numbers = format!("SELECT 1{}", ",1".repeat(65_535));
        for sql in [&star_of_16, &stars_of_16, derived, &numbers] {
            assert!(may_wrap_columns(sql), "{}", &sql[..40]);
        }
    }
}
