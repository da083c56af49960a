//! Execution of one statement for many rows of parameters.

use super::outcome::into_execute_result;
use super::statement::Source;
use super::{Connection, Engine, Statement, maybe_async};
use crate::bindings::types::RowBatch;
use crate::error::{Error, Result};
use crate::execute_result::ExecuteResult;
use crate::insert::insert_sql;
use crate::parameter_batch::ParameterBatch;
use crate::params::Params;

#[maybe_async]
impl Connection {
    /// Executes a statement once for each row of parameters, and returns the summed effect.
    ///
    /// A plain `INSERT` or `REPLACE ... VALUES (...)`, with or without `ON DUPLICATE KEY UPDATE`,
    /// is sent as few statements with many rows. MariaDB also receives many rows of an `UPDATE` or
    /// `DELETE` at once. The host executes other statements row by row.
    ///
    /// The rows are consumed while they are sent, in batches of about 1 MiB and at most 10,000
    /// rows. The call is not atomic: the effect of batches sent before an error stays, unless a
    /// transaction is open.
    ///
    /// The first value of a column that is not NULL determines the type of the column. Signed and
    /// unsigned integers share a column if one integer type holds all values. Integers and floats
    /// share a column if every integer is exact as a float.
    ///
    /// In the result, `last_insert_id` is the first generated id.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and `Argument` in these cases:
    ///
    /// - The statement returns rows, or has parameters bound to it.
    /// - The rows differ in length, or a column mixes other types. The message names row and
    ///   column, and nothing of the batch is sent.
    ///
    /// [`Error::retry`] does not consider the rows that have taken effect.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety). Batches that were sent before
    /// stay executed, unless a transaction is open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let delays = [(33, 1141), (20, 1714)];
    /// conn.execute_many("UPDATE flights SET arr_delay = ? WHERE flight = ?", delays).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute_many<'s, P: Params>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        self.send_many(sql.into(), None, rows).await
    }

    /// Inserts rows into a table: [`execute_many`](Self::execute_many) with a generated INSERT.
    ///
    /// The names are quoted, so any name is safe. A dot in `table` separates schema and table:
    /// `shop.orders`. Rows with named parameters are matched to `columns` by name.
    ///
    /// # Errors
    ///
    /// As for [`execute_many`](Self::execute_many), and `Argument` if `columns` is empty.
    ///
    /// # Cancel safety
    ///
    /// As for [`execute_many`](Self::execute_many).
    ///
    /// # Examples
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
        // The placeholders of the generated text are `?`, so named rows are matched to the column
        // names.
        let names = columns.iter().map(|&column| column.to_owned()).collect();
        self.send_many(insert_sql(table, columns)?.into(), Some(names), rows).await
    }

    /// `names` are the names of the placeholders, if the statement's text does not contain them.
    async fn send_many<P: Params>(
        &mut self,
        mut statement: Statement<'_>,
        names: Option<Vec<String>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        if !statement.values.is_empty() {
            return Err(Error::argument(
                "the statement has bound parameters; execute_many takes parameters from the rows only",
            ));
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
        if let Some(rest) = batch.take()? {
            done.add(self.run_many(&statement, rest, first).await?);
        }
        Ok(done)
    }

    async fn run_many(&mut self, statement: &Statement<'_>, batch: RowBatch, first: u64) -> Result<ExecuteResult> {
        let options = statement.options;
        let outcome = match &statement.source {
            Source::Text(sql) => self.session.execute_many(give!(**sql), give!(batch), options).await,
            Source::Prepared(prepared) => {
                prepared.on_connection(self.number)?.execute_many(give!(batch), options).await
            }
            Source::Invalid(error) => return Err(error.clone()),
        };
        match outcome {
            Ok(outcome) => into_execute_result(outcome).await,
            // The host counts rows from the start of its own call, which is one batch.
            Err(error) if first > 0 => {
                Err(Error::from(error).with(format_args!("; row 0 of this call is row {first} of all rows")))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[maybe_async]
impl Engine {
    /// Executes a statement once for each row of parameters, on a connection acquired for it.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire) and [`Connection::execute_many`].
    ///
    /// # Cancel safety
    ///
    /// As for [`Connection::execute_many`].
    pub async fn execute_many<'s, P: Params>(
        &self,
        sql: impl Into<Statement<'s>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        self.acquire().await?.execute_many(sql, rows).await
    }

    /// Inserts rows into a table, on a connection acquired for it.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire) and [`Connection::insert_many`].
    ///
    /// # Cancel safety
    ///
    /// As for [`Connection::insert_many`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Engine, Result};
    /// # async fn example(engine: &Engine) -> Result<()> {
    /// engine.insert_many("airlines", &["carrier", "name"], [("AA", "American Airlines")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn insert_many<P: Params>(
        &self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = P>,
    ) -> Result<ExecuteResult> {
        self.acquire().await?.insert_many(table, columns, rows).await
    }
}
