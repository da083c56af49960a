//! Results as streams.

use super::api::source::Source;
use super::{Rows, TypedRows};
use crate::error::Result;
use crate::from_row::FromRow;
use futures_core::Stream;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The rows of a result as a `Stream`, from `Rows::stream` or `TypedRows::stream`. What the server fails with ends it; a row
/// that can't be read as its type does not.
///
/// As [`Rows`] it keeps its connection to itself until it is dropped.
#[must_use = "dropping it gives the rows up"]
pub struct RowStream<'c, R> {
    state: State<'c, R>,
}

/// Only fetching a batch makes a future; rows at hand are given at once.
enum State<'c, R> {
    AtHand(R),
    Fetching(Pin<Box<dyn Future<Output = Result<Option<R>>> + 'c>>),
    Ended,
}

impl<'c> Rows<'c> {
    /// The rows as a `Stream` of `Result<Row>`, for the adapters of crate `futures`.
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
        RowStream { state: State::AtHand(self) }
    }
}

impl<'c, T: for<'r> FromRow<'r>> TypedRows<'c, T> {
    /// The rows as a `Stream` of `Result<T>`, for the adapters of crate `futures`.
    pub fn stream(self) -> RowStream<'c, Self> {
        RowStream { state: State::AtHand(self) }
    }
}

impl<'c, R: Source + Unpin + 'c> Stream for RowStream<'c, R> {
    type Item = Result<R::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::AtHand(rows) => {
                    if let Some(row) = rows.next_at_hand() {
                        return Poll::Ready(Some(row));
                    }
                    let State::AtHand(rows) = std::mem::replace(&mut self.state, State::Ended) else { continue };
                    self.state = State::Fetching(Box::pin(fetched(rows)));
                }
                State::Fetching(fetching) => {
                    let fetched = ready!(fetching.as_mut().poll(context));
                    self.state = State::Ended;
                    match fetched {
                        Ok(Some(rows)) => self.state = State::AtHand(rows),
                        Ok(None) => {}
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

/// The rows with a batch more, if there is one.
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
