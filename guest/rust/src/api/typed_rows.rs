//! The rows of a result as values of a Rust type.

use std::marker::PhantomData;

use super::{Rows, maybe_async};
use crate::error::{Result, none_found};
use crate::from_row::{FromRow, Positions};

/// The rows of a result as values of type `T`, from `query_as` or `Rows::typed`.
///
/// It borrows its connection until it is dropped. Dropping it discards the remaining rows, as for
/// [`Rows`].
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result};
/// #[derive(wasmysql::FromRow)]
/// struct Airline {
///     carrier: String,
///     name: String,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let mut airlines = conn.query_as::<Airline>("SELECT carrier, name FROM airlines", ()).await?;
/// while let Some(Airline { carrier, name }) = airlines.next().await? {
///     println!("{carrier}: {name}");
/// }
/// # Ok(())
/// # }
/// ```
#[maybe_async]
#[derive(Debug)]
#[must_use = "dropping it discards the rows"]
pub struct TypedRows<'c, T> {
    rows: Rows<'c>,
    positions: Positions,
    ty: PhantomData<fn() -> T>,
}

#[maybe_async]
impl<'c, T: for<'r> FromRow<'r>> TypedRows<'c, T> {
    pub(super) fn new(rows: Rows<'c>) -> Result<Self> {
        Ok(Self { positions: Positions::of::<T>(rows.columns())?, rows, ty: PhantomData })
    }

    /// Returns the next row, or `None` after the last row.
    ///
    /// # Errors
    ///
    /// As for [`Rows::next`], and `Decode` if the row can't be read as `T`.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    #[allow(clippy::should_implement_trait, reason = "an iterator's `next` can't be async, and both APIs are alike")]
    #[inline]
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            if let Some(row) = self.next_buffered() {
                return row.map(Some);
            }
            if !self.rows.fetch().await? {
                return Ok(None);
            }
        }
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
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        loop {
            while let Some(row) = self.next_buffered() {
                all.push(row?);
            }
            if !self.rows.fetch().await? {
                self.rows.close().await?;
                return Ok(all);
            }
        }
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
    pub async fn first(mut self) -> Result<Option<T>> {
        let row = self.next().await?;
        self.rows.close().await?;
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
    pub async fn one(self) -> Result<T> {
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
    pub async fn optional(mut self) -> Result<Option<T>> {
        let row = self.next().await?;
        self.rows.finish_single(row.is_some()).await?;
        Ok(row)
    }

    /// Discards the remaining rows, as [`Rows::close`] does.
    ///
    /// # Errors
    ///
    /// As for [`Rows::close`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Rows`](Rows#cancel-safety).
    pub async fn close(self) -> Result<()> {
        self.rows.close().await
    }

    #[inline]
    pub(super) fn next_buffered(&mut self) -> Option<Result<T>> {
        let (batch, row) = self.rows.next_position()?;
        Some(self.positions.read(batch, row))
    }

    pub(super) fn rows(&mut self) -> &mut Rows<'c> {
        &mut self.rows
    }
}
