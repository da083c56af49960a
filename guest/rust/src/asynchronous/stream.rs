//! Streams of rows.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::api::source::Source;
use super::{Rows, TypedRows};
use crate::error::Result;
use crate::from_row::FromRow;

/// The rows of a result as a [`Stream`], from [`Rows::stream`] or [`TypedRows::stream`].
///
/// An error of the server ends the stream. A row that can't be read as its type is an error, but
/// does not end the stream.
///
/// The stream borrows its connection until it is dropped.
///
/// # Cancel safety
///
/// Dropping the stream while a batch is being fetched closes the connection.
#[must_use = "dropping it discards the rows"]
pub struct RowStream<'c, R> {
    state: State<'c, R>,
}

/// The state of a stream. Rows of the current batch are returned without a future.
enum State<'c, R> {
    Buffered(R),
    Fetching(Pin<Box<dyn Future<Output = Result<Option<R>>> + 'c>>),
    Ended,
}

impl<'c> Rows<'c> {
    /// Converts the result into a stream of `Result<Row>`, for the adapters of crate `futures`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result, Row};
    /// use futures::TryStreamExt;
    ///
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let rows = conn.query("SELECT distance FROM flights", ()).await?.stream();
    /// let miles = rows.try_fold(0, async |sum, row: Row| Ok(sum + row.get::<u64>(0)?)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> RowStream<'c, Self> {
        RowStream { state: State::Buffered(self) }
    }
}

impl<'c, T: for<'r> FromRow<'r>> TypedRows<'c, T> {
    /// Converts the result into a stream of `Result<T>`, for the adapters of crate `futures`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// use futures::TryStreamExt;
    ///
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let distances = conn.query_as::<u64>("SELECT distance FROM flights", ()).await?.stream();
    /// let miles = distances.try_fold(0, async |sum, distance| Ok(sum + distance)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> RowStream<'c, Self> {
        RowStream { state: State::Buffered(self) }
    }
}

impl<'c, R: Source + Unpin + 'c> Stream for RowStream<'c, R> {
    type Item = Result<R::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Buffered(rows) => {
                    if let Some(row) = rows.next_buffered() {
                        return Poll::Ready(Some(row));
                    }
                    let State::Buffered(rows) = std::mem::replace(&mut self.state, State::Ended) else { continue };
                    self.state = State::Fetching(Box::pin(fetched(rows)));
                }
                State::Fetching(fetching) => {
                    let fetched = ready!(fetching.as_mut().poll(context));
                    self.state = State::Ended;
                    match fetched {
                        Ok(Some(rows)) => self.state = State::Buffered(rows),
                        Ok(None) => {}
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

/// Fetches the next batch, and returns the rows if there is one.
async fn fetched<R: Source>(mut rows: R) -> Result<Option<R>> {
    if rows.fetch().await? {
        return Ok(Some(rows));
    }
    rows.close().await?;
    Ok(None)
}

impl<R> fmt::Debug for RowStream<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = matches!(self.state, State::Ended);
        f.debug_struct("RowStream").field("ended", &ended).finish_non_exhaustive()
    }
}
