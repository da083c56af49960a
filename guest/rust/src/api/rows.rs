//! The rows of a result, read on demand.

use std::marker::PhantomData;
use std::sync::Arc;

use super::{TypedRows, maybe_async, wit};
use crate::batch::Batch;
use crate::column::Column;
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result, none_found, several_found};
use crate::from_row::FromRow;
use crate::row::Row;

/// The rows of a result, read on demand.
///
/// At most one batch of rows is in memory; the rest stays on the server. The result borrows its
/// connection until it is dropped.
///
/// Dropping the result discards the remaining rows:
///
/// - If the statement only reads and many rows remain, the connection is closed. Use LIMIT for a
///   result that is not read to its end.
/// - If the statement may change data (INSERT ... RETURNING, CALL), the host reads the result to
///   its end. [`close`](Self::close) and all methods that consume the rows return the statement's
///   error. After a drop, the next call on the connection returns the error.
///
/// # Cancel safety
///
/// Methods that fetch rows are not cancel safe. If the future is dropped while a batch is being
/// fetched, the connection is closed.
#[derive(Debug)]
#[must_use = "dropping it discards the rows"]
pub struct Rows<'c> {
    columns: Arc<[Column]>,
    batch: Option<Batch>,
    /// The next row of `batch`.
    next: usize,
    cursor: Option<wit::Cursor>,
    /// The next result of a CALL, if this result was read to its end.
    pending: Option<Box<Self>>,
    connection: PhantomData<&'c mut ()>,
}

#[maybe_async]
impl<'c> Rows<'c> {
    pub(super) fn new(outcome: wit::Outcome) -> Result<Self> {
        if outcome.columns.is_empty() {
            return Err(Error::new(
                ErrorKind::ResourceClosed,
                "This result object does not return rows. It has been closed automatically. The statement was executed; \
                 use `execute` for statements without rows",
            ));
        }
        Self::of(outcome)
    }

    fn of(outcome: wit::Outcome) -> Result<Self> {
        let columns = outcome.columns.into();
        let batch = outcome.rows.map(|batch| Batch::new(&columns, batch)).transpose()?;
        Ok(Self { columns, batch, next: 0, cursor: outcome.cursor, pending: None, connection: PhantomData })
    }

    /// Returns the columns, also if there are no rows.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the names of the columns, also if there are no rows.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Converts the result into rows of type `T`.
    ///
    /// # Errors
    ///
    /// As for [`FromRow::find_columns`].
    pub fn typed<T: for<'r> FromRow<'r>>(self) -> Result<TypedRows<'c, T>> {
        TypedRows::new(self)
    }

    /// Returns the next row, or `None` after the last row.
    ///
    /// # Errors
    ///
    /// `Timeout(Fetch)`, `ConnectionLost`, `Server`, `LimitExceeded`, `ValueUnsupported`,
    /// `ProtocolViolation`.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    #[allow(clippy::should_implement_trait, reason = "an iterator's `next` can't be async, and both APIs are alike")]
    #[inline]
    pub async fn next(&mut self) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.next_buffered() {
                return Ok(Some(row));
            }
            if !self.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// Returns the next batch of rows, or `None` after the last batch. A batch has at least one
    /// row.
    ///
    /// Batches give access to whole columns, which is the fastest way to process many values.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next), and `InvalidRequest` if `next` has already returned rows of the
    /// batch.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let mut rows = conn.query("SELECT distance FROM flights", ()).await?;
    /// let mut miles = 0;
    /// while let Some(batch) = rows.next_batch().await? {
    ///     let distances = batch.column(0).and_then(|column| column.as_u64()).unwrap_or_default();
    ///     miles += distances.iter().sum::<u64>();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next_batch(&mut self) -> Result<Option<Batch>> {
        loop {
            match self.batch.take() {
                Some(batch) if self.next == batch.len() => {}
                Some(batch) if self.next == 0 => return Ok(Some(batch)),
                Some(batch) => {
                    self.batch = Some(batch);
                    return Err(Error::new(
                        ErrorKind::InvalidRequest,
                        "`next` has already returned rows of this batch; read a result either by rows or by batches",
                    ));
                }
                None => {}
            }
            if !self.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// Moves to the next result of a CALL. Returns `false` if there is none.
    ///
    /// The remaining rows of the current result are discarded, and [`columns`](Self::columns)
    /// changes. The procedure's OUT parameters are the last result, with one row.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let mut rows = conn.query("CALL report(?)", (2013,)).await?;
    /// loop {
    ///     while let Some(row) = rows.next().await? {
    ///         println!("{}", row.get::<&str>(0)?);
    ///     }
    ///     if !rows.next_result().await? {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next_result(&mut self) -> Result<bool> {
        self.batch = None;
        self.next = 0;
        self.advance().await?;
        let Some(pending) = self.pending.take() else { return Ok(false) };
        *self = *pending;
        Ok(true)
    }

    /// Returns all remaining rows.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next) and [`close`](Self::close).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn all(mut self) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
            while let Some(row) = self.next_buffered() {
                rows.push(row);
            }
        }
        self.close().await?;
        Ok(rows)
    }

    /// Returns the next `rows` rows, or fewer at the end of the result.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety). Rows that were already read are lost.
    pub async fn many(&mut self, rows: usize) -> Result<Vec<Row>> {
        let mut many = Vec::new();
        while many.len() < rows
            && let Some(row) = self.next().await?
        {
            many.push(row);
        }
        Ok(many)
    }

    /// Returns the first column of all remaining rows.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all) and [`Row::get`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn scalars<T: for<'r> Decode<'r>>(mut self) -> Result<Vec<T>> {
        let mut scalars = Vec::new();
        while let Some(row) = self.next().await? {
            scalars.push(row.get(0)?);
        }
        self.close().await?;
        Ok(scalars)
    }

    /// Returns the first row, or `None` if there is no row. Further rows are discarded.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next) and [`close`](Self::close).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn first(mut self) -> Result<Option<Row>> {
        let row = self.next().await?;
        self.close().await?;
        Ok(row)
    }

    /// Returns the only row.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all), and `NoResultFound` or `MultipleResultsFound` if there is not
    /// exactly one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn one(self) -> Result<Row> {
        self.optional().await?.ok_or_else(none_found)
    }

    /// Returns the only row, or `None` if there is no row.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all), and `MultipleResultsFound` if there is more than one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn optional(mut self) -> Result<Option<Row>> {
        let row = self.next().await?;
        self.finish_single(row.is_some()).await?;
        Ok(row)
    }

    /// Returns the first column of the only row.
    ///
    /// # Errors
    ///
    /// As for [`one`](Self::one) and [`Row::get`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn scalar<T: for<'r> Decode<'r>>(self) -> Result<T> {
        self.one().await?.get(0)
    }

    /// Discards the remaining rows.
    ///
    /// Dropping the result does the same in the background. `close` waits until a statement that
    /// may change data has ended, and returns its error.
    ///
    /// # Errors
    ///
    /// Those of the statement, and `Timeout(Execute)` if it does not end within the statement
    /// timeout. In that case the connection is closed, and whether the changes are kept is unknown.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn close(self) -> Result<()> {
        match self.cursor.or(self.pending.and_then(|pending| pending.cursor)) {
            Some(cursor) => Ok(cursor.close().await?),
            None => Ok(()),
        }
    }

    #[inline]
    pub(super) fn next_buffered(&mut self) -> Option<Row> {
        let (batch, row) = self.next_position()?;
        batch.row(row)
    }

    /// Consumes the next row of the current batch, and returns the batch and the row's index.
    #[inline]
    pub(super) fn next_position(&mut self) -> Option<(&Batch, usize)> {
        let batch = self.batch.as_ref().filter(|batch| self.next < batch.len())?;
        self.next += 1;
        Some((batch, self.next - 1))
    }

    /// Discards the remaining rows and results.
    ///
    /// # Errors
    ///
    /// `MultipleResultsFound` if a row was `found` and there is a further row.
    pub(super) async fn finish_single(mut self, found: bool) -> Result<()> {
        let is_another = found && self.next().await?.is_some();
        self.close().await?;
        if is_another { Err(several_found()) } else { Ok(()) }
    }

    /// Fetches the next batch. Returns `false` if there is none.
    pub(super) async fn fetch(&mut self) -> Result<bool> {
        self.batch = None;
        self.next = 0;
        let Some(cursor) = &self.cursor else { return Ok(false) };
        // The host limits the number of rows to one batch.
        match cursor.fetch(u32::MAX).await? {
            Some(batch) => self.batch = Some(Batch::new(&self.columns, batch)?),
            None => self.advance().await?,
        }
        Ok(self.batch.is_some())
    }

    /// Moves the cursor to the next result, or releases the connection if there is none.
    ///
    /// Runs at the end of every result. A result that was read to its end must not keep the
    /// connection busy, and a procedure can still fail after its last row.
    async fn advance(&mut self) -> Result<()> {
        let Some(cursor) = self.cursor.take() else { return Ok(()) };
        if let Some(outcome) = cursor.next_result().await? {
            self.pending = Some(Box::new(Self::of(outcome)?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statement_without_rows_is_resource_closed() {
        let outcome = wit::Outcome {
            affected_rows: 1,
            last_insert_id: 0,
            warnings: 0,
            info: String::new(),
            columns: Vec::new(),
            rows: None,
            cursor: None,
        };
        let error = Rows::new(outcome).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed);
        let start = "This result object does not return rows. It has been closed automatically. ";
        assert!(error.message().starts_with(start), "{error}");
    }
}
