//! The common interface of `Rows` and `TypedRows`, for streams and iterators.

use super::{Rows, TypedRows, maybe_async};
use crate::error::Result;
use crate::from_row::FromRow;
use crate::row::Row;

/// A result that returns rows one by one.
#[maybe_async]
#[allow(unreachable_pub, reason = "it bounds public types, but is private to the crate")]
pub trait Source {
    /// A row, or the type that rows are read as.
    type Item;

    /// Returns the next row of the current batch.
    fn next_buffered(&mut self) -> Option<Result<Self::Item>>;

    /// Fetches the next batch. Returns `false` if there is none.
    #[allow(async_fn_in_trait, reason = "only this crate implements it")]
    async fn fetch(&mut self) -> Result<bool>;

    /// Discards the remaining rows and results.
    #[allow(async_fn_in_trait, reason = "only this crate implements it")]
    async fn close(self) -> Result<()>;
}

#[maybe_async]
impl Source for Rows<'_> {
    type Item = Row;

    #[inline]
    fn next_buffered(&mut self) -> Option<Result<Row>> {
        self.next_buffered().map(Ok)
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
    fn next_buffered(&mut self) -> Option<Result<T>> {
        self.next_buffered()
    }

    async fn fetch(&mut self) -> Result<bool> {
        self.rows().fetch().await
    }

    async fn close(self) -> Result<()> {
        self.close().await
    }
}
