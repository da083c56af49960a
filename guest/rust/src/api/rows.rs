//! The rows of a result, read as they are asked for.

use super::{TypedRows, maybe_async, wit};
use crate::batch::Batch;
use crate::column::Column;
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result, none_found, several_found};
use crate::from_row::FromRow;
use crate::row::Row;
use std::marker::PhantomData;
use std::sync::Arc;

/// The rows of a result. At most one batch is held here; the rest stays with the server until it is asked for.
///
/// It keeps its connection to itself until it is dropped. Dropping it gives the rest up: that costs little, but where
/// much remains the connection is closed rather than read to its end, so put a LIMIT on what you do not mean to read.
/// The rest of a statement that may change something (INSERT ... RETURNING, CALL) is always read: `close`, and all methods that
/// take the rows, report how that ended; after a drop the connection's next call does.
#[derive(Debug)]
#[must_use = "dropping it gives the rows up"]
pub struct Rows<'c> {
    columns: Arc<[Column]>,
    batch: Option<Batch>,
    /// The next row of `batch`.
    next: usize,
    cursor: Option<wit::Cursor>,
    /// The next result of a CALL, once this one was read to its end.
    following: Option<Box<Self>>,
    connection: PhantomData<&'c mut ()>,
}

#[maybe_async]
impl<'c> Rows<'c> {
    pub(super) fn new(outcome: wit::Outcome) -> Result<Self> {
        if outcome.columns.is_empty() {
            return Err(Error::new(
                ErrorKind::ResourceClosed,
                "This result object does not return rows. It has been closed automatically. The statement was run: run \
                 such statements with `execute`",
            ));
        }
        Self::of(outcome)
    }

    fn of(outcome: wit::Outcome) -> Result<Self> {
        let columns = outcome.columns.into();
        let batch = outcome.rows.map(|batch| Batch::new(&columns, batch)).transpose()?;
        Ok(Self { columns, batch, next: 0, cursor: outcome.cursor, following: None, connection: PhantomData })
    }

    /// The columns, also when there are no rows.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns' names, also when there are no rows.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The rows as a type that implements [`FromRow`]. Errors: those of finding its columns.
    pub fn typed<T: for<'r> FromRow<'r>>(self) -> Result<TypedRows<'c, T>> {
        TypedRows::new(self)
    }

    /// The next row; `None` after the last.
    ///
    /// Errors: `Timeout(Fetch)`, `ConnectionLost`, `Server`, `LimitExceeded`, `ValueUnsupported`.
    #[allow(clippy::should_implement_trait, reason = "an iterator's `next` can't be async, and both APIs are alike")]
    #[inline]
    pub async fn next(&mut self) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.next_at_hand() {
                return Ok(Some(row));
            }
            if !self.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// The next batch of rows, for work on whole columns; `None` after the last. It has at least one row.
    ///
    /// Errors: those of `next`, and `InvalidRequest` when `next` has read a part of the batch: read a result by rows
    /// or by batches.
    pub async fn next_batch(&mut self) -> Result<Option<Batch>> {
        loop {
            match self.batch.take() {
                Some(batch) if self.next == batch.len() => {}
                Some(batch) if self.next == 0 => return Ok(Some(batch)),
                Some(batch) => {
                    self.batch = Some(batch);
                    return Err(Error::new(
                        ErrorKind::InvalidRequest,
                        "`next` has read a part of this batch: read a result by rows or by batches",
                    ));
                }
                None => {}
            }
            if !self.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// Goes on to the next result of a CALL, whose columns are others; what is left of this one is given up. False when
    /// there is none. The procedure's OUT parameters come as the last result, of one row. Errors: those of `next`.
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
        self.look_ahead().await?;
        let Some(following) = self.following.take() else { return Ok(false) };
        *self = *following;
        Ok(true)
    }

    /// All rows that remain.
    pub async fn all(mut self) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
            while let Some(row) = self.next_at_hand() {
                rows.push(row);
            }
        }
        self.close().await?;
        Ok(rows)
    }

    /// As many rows as are asked for, or fewer where there are no more.
    pub async fn many(&mut self, rows: usize) -> Result<Vec<Row>> {
        let mut many = Vec::new();
        while many.len() < rows
            && let Some(row) = self.next().await?
        {
            many.push(row);
        }
        Ok(many)
    }

    /// The first column of all rows that remain. Errors: those of `Row::get`.
    pub async fn scalars<T: for<'r> Decode<'r>>(mut self) -> Result<Vec<T>> {
        let mut scalars = Vec::new();
        while let Some(row) = self.next().await? {
            scalars.push(row.get(0)?);
        }
        self.close().await?;
        Ok(scalars)
    }

    /// The first row, if there is one; the rest is given up.
    pub async fn first(mut self) -> Result<Option<Row>> {
        let row = self.next().await?;
        self.close().await?;
        Ok(row)
    }

    /// The only row.
    ///
    /// Errors: `NoResultFound` when there is none, `MultipleResultsFound` when there are more.
    pub async fn one(self) -> Result<Row> {
        self.optional().await?.ok_or_else(none_found)
    }

    /// The only row, or `None` where there is none.
    ///
    /// Errors: `MultipleResultsFound` when there are more.
    pub async fn optional(mut self) -> Result<Option<Row>> {
        let row = self.next().await?;
        self.end(row.is_some()).await?;
        Ok(row)
    }

    /// The first column of the only row. Errors: those of `one` and of `Row::get`.
    pub async fn scalar<T: for<'r> Decode<'r>>(self) -> Result<T> {
        self.one().await?.get(0)
    }

    /// Gives the rest up. Unlike dropping, it waits until the connection is free again and tells of errors.
    pub async fn close(self) -> Result<()> {
        match self.cursor.or(self.following.and_then(|following| following.cursor)) {
            Some(cursor) => Ok(cursor.close().await?),
            None => Ok(()),
        }
    }

    #[inline]
    pub(super) fn next_at_hand(&mut self) -> Option<Row> {
        let (batch, row) = self.place_at_hand()?;
        batch.row(row)
    }

    /// The batch and the place in it of the next row, which is then the one before.
    #[inline]
    pub(super) fn place_at_hand(&mut self) -> Option<(&Batch, usize)> {
        let batch = self.batch.as_ref().filter(|batch| self.next < batch.len())?;
        self.next += 1;
        Some((batch, self.next - 1))
    }

    /// Gives the rest up, and the results after it. Errors: `MultipleResultsFound` when there is a further row after one that was
    /// `found`.
    pub(super) async fn end(mut self, found: bool) -> Result<()> {
        let is_another = found && self.next().await?.is_some();
        self.close().await?;
        if is_another { Err(several_found()) } else { Ok(()) }
    }

    /// Asks the server for another batch: false when there is none.
    pub(super) async fn fetch(&mut self) -> Result<bool> {
        self.batch = None;
        self.next = 0;
        let Some(cursor) = &self.cursor else { return Ok(false) };
        // The host gives no more than fits one batch.
        match cursor.fetch(u32::MAX).await? {
            Some(batch) => self.batch = Some(Batch::new(&self.columns, batch)?),
            None => self.look_ahead().await?,
        }
        Ok(self.batch.is_some())
    }

    /// Goes on to the next result where there is one, and lets go of the connection where there is none: a result that
    /// was read to its end keeps nobody waiting, and what a procedure fails with after it is told.
    async fn look_ahead(&mut self) -> Result<()> {
        let Some(cursor) = self.cursor.take() else { return Ok(()) };
        if let Some(outcome) = cursor.next_result().await? {
            self.following = Some(Box::new(Self::of(outcome)?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_without_rows_is_told_so() {
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
        let words = "This result object does not return rows. It has been closed automatically. ";
        assert!(error.message().starts_with(words), "{error}");
    }
}
