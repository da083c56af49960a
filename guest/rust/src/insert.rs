//! The INSERT statement behind `insert_many`.

use crate::error::{Error, Result};

/// Returns `INSERT INTO table (columns) VALUES (?, ...)`.
pub(crate) fn insert_sql(table: &str, columns: &[&str]) -> Result<String> {
    if columns.is_empty() {
        return Err(Error::argument(format!("insert_many into `{table}` needs at least one column")));
    }
    let table: Vec<_> = table.split('.').map(quote).collect();
    let names: Vec<_> = columns.iter().copied().map(quote).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    Ok(format!("INSERT INTO {} ({}) VALUES ({marks})", table.join("."), names.join(", ")))
}

/// Quotes an identifier with backticks, and doubles the backticks in it.
fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_quoted_and_split_at_a_dot() {
        let sql = insert_sql("shop.order", &["id", "odd`name"]);
        assert_eq!(sql.as_deref(), Ok("INSERT INTO `shop`.`order` (`id`, `odd``name`) VALUES (?, ?)"));
        assert!(insert_sql("t", &[]).is_err());
    }
}
