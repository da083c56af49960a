//! Conditions of a query.

use wasmysql::Value;

/// The condition of WHERE, with the values of its placeholders.
///
/// The text consists of constants only, so a request can't change the statement.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    /// Returns a condition that every row fulfills.
    pub(crate) fn all() -> Self {
        Self { sql: "TRUE".to_owned(), values: Vec::new() }
    }

    /// Requires a further condition.
    pub(crate) fn and(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        self.values.clone()
    }
}
