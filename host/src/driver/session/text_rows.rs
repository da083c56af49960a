//! Queries of the host whose values are text.

use mysql_async::{Row, from_value_opt};

use super::Session;
use crate::driver::errors::protocol_violation;
use crate::types::Result;

impl Session {
    /// Runs a query of the host over the text protocol and returns its values as text.
    pub(crate) async fn text_rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let rows: Vec<Row> = self.query(sql).await?;
        let text =
            |value| from_value_opt(value).map_err(|_| protocol_violation("the server sent text that is not UTF-8"));
        rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect()
    }
}
