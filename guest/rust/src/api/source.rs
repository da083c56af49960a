//! What rows come from one by one: `Rows` and `TypedRows`.

use super::{Rows, TypedRows, maybe_async};
use crate::error::Result;
use crate::from_row::FromRow;
use crate::row::Row;

/// A result whose rows are given one by one.
#[maybe_async]
#[allow(unreachable_pub, reason = "what a stream and an iterator are of, and nobody else's")]
pub trait Source {
    /// A row, or what it is read as.
    type Item;

    /// The next row, if it has been fetched.
    fn next_at_hand(&mut self) -> Option<Result<Self::Item>>;

    /// Fetches further rows: false when there are none.
    #[allow(async_fn_in_trait, reason = "nobody else implements it")]
    async fn fetch(&mut self) -> Result<bool>;

    /// Gives up what follows this result.
    #[allow(async_fn_in_trait, reason = "nobody else implements it")]
    async fn close(self) -> Result<()>;
}

#[maybe_async]
impl Source for Rows<'_> {
    type Item = Row;

    #[inline]
    fn next_at_hand(&mut self) -> Option<Result<Row>> {
        self.next_at_hand().map(Ok)
    }

    async fn fetch(&mut self) -> Result<bool> {
        self.fetch().await
    }

    async fn close(self) -> Result<()> {
        self.close().await
    }
}

#[maybe_async]
impl<T: for<'r> FromRow<'r>> Source for TypedRows<'_, T> {
    type Item = T;

    #[inline]
    fn next_at_hand(&mut self) -> Option<Result<T>> {
        self.next_at_hand()
    }

    async fn fetch(&mut self) -> Result<bool> {
        self.rows().fetch().await
    }

    async fn close(self) -> Result<()> {
        self.close().await
    }
}
