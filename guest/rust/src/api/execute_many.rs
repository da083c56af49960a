//! Many rows of parameters at once.

use super::outcome::done;
use super::statement::Source;
use super::{Connection, Statement, maybe_async};
use crate::bindings::types::RowBatch;
use crate::error::{Error, Result};
use crate::execute_result::ExecuteResult;
use crate::insert::insert_sql;
use crate::parameter_batch::ParameterBatch;
use crate::params::Params;

#[maybe_async]
impl Connection {
    /// Runs a statement once for each row of parameters. A plain `INSERT` or `REPLACE ... VALUES (...)`, with or
    /// without `ON DUPLICATE KEY UPDATE`, is sent as few multi-row statements; any other runs row by row at the
    /// server.
    ///
    /// The rows are read as they are sent, in batches of about 1 MiB and 10,000 rows at most. The first value of a
    /// column that is not NULL decides its type. Integers of either sign share a column while one integer type holds
    /// them all, and share one with floats while they are exact as floats; other mixes are `Argument` errors that
    /// name row and column, and nothing of that batch is sent. It is not atomic by itself: what was sent before an
    /// error stays, unless a transaction is open. What was done is summed; the id is the first one given. Errors
    /// otherwise as for `execute`; statements that return rows are refused with `Argument`.
    pub async fn execute_many<'s, P: Params>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        self.send_many(sql.into(), None, rows).await
    }

    /// Inserts rows into a table: `execute_many` with the INSERT written for you.
    ///
    /// The names are quoted, so any name is safe. A dot in `table` parts schema and table: `shop.orders`.
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let done = conn.insert_many("airlines", &["carrier", "name"], [("AA", "American Airlines")]).await?;
    /// assert_eq!(done.rows_affected(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn insert_many<P: Params>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        // Rows with names give them by the columns' names.
        let names = columns.iter().map(|&column| column.to_owned()).collect();
        self.send_many(insert_sql(table, columns)?.into(), Some(names), rows).await
    }

    /// `names` are those of the placeholders, where the statement's text does not tell them.
    async fn send_many<P: Params>(
        &mut self,
        mut statement: Statement<'_>,
        names: Option<Vec<String>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        if !statement.values.is_empty() {
            return Err(Error::argument("a statement that is run for many rows takes its parameters from them alone"));
        }
        let mut rows = rows.into_iter().peekable();
        let names = match rows.peek() {
            Some(row) if names.is_none() && row.names().is_some() => Some(statement.placeholders()?),
            _ => names,
        };
        let mut batch = names.map_or_else(ParameterBatch::default, ParameterBatch::named);
        let mut done = ExecuteResult::default();
        for row in rows {
            let first = batch.taken();
            if let Some(full) = batch.push(row)? {
                done.add(self.run_many(&statement, full, first).await?);
            }
        }
        let first = batch.taken();
        if let Some(rest) = batch.take() {
            done.add(self.run_many(&statement, rest, first).await?);
        }
        Ok(done)
    }

    async fn run_many(&mut self, statement: &Statement<'_>, batch: RowBatch, first: u64) -> Result<ExecuteResult> {
        let options = statement.options;
        let outcome = match &statement.source {
            Source::Text(sql) => self.session.execute_many(give!(**sql), give!(batch), options).await,
            Source::Prepared(prepared) => prepared.of(self.number)?.execute_many(give!(batch), options).await,
            Source::Invalid(error) => return Err(error.clone()),
        };
        match outcome {
            Ok(outcome) => done(outcome).await,
            // The host counts rows from the first of its call.
            Err(error) if first > 0 => Err(Error::from(error).with(format_args!(", counting from row {first}"))),
            Err(error) => Err(error.into()),
        }
    }
}
