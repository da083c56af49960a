//! The rows of a result as a Rust type.

use super::{Rows, maybe_async};
use crate::error::{Result, none_found};
use crate::from_row::{FromRow, Positions};
use std::marker::PhantomData;

/// The rows of a result, each as a `T`; from `query_as`, or from `Rows::typed`. As `Rows` it keeps its connection to itself
/// until it is dropped.
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
#[must_use = "dropping it gives the rows up"]
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

    /// The next row; `None` after the last. Errors: those of `Rows::next`, and `Decode`.
    #[allow(clippy::should_implement_trait, reason = "an iterator's `next` can't be async, and both APIs are alike")]
    #[inline]
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            if let Some(row) = self.next_at_hand() {
                return row.map(Some);
            }
            if !self.rows.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// All rows that remain.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        loop {
            while let Some(row) = self.next_at_hand() {
                all.push(row?);
            }
            if !self.rows.fetch().await? {
                self.rows.close().await?;
                return Ok(all);
            }
        }
    }

    /// The first row, if there is one; the rest is given up.
    pub async fn first(mut self) -> Result<Option<T>> {
        let row = self.next().await?;
        self.rows.close().await?;
        Ok(row)
    }

    /// The only row. Errors: `NoResultFound` when there is none, `MultipleResultsFound` when there are more.
    pub async fn one(self) -> Result<T> {
        self.optional().await?.ok_or_else(none_found)
    }

    /// The only row, or `None` where there is none. Errors: `MultipleResultsFound` when there are more.
    pub async fn optional(mut self) -> Result<Option<T>> {
        let row = self.next().await?;
        self.rows.end(row.is_some()).await?;
        Ok(row)
    }

    /// Gives the rest up. Unlike dropping, it waits until the connection is free again and tells of errors.
    pub async fn close(self) -> Result<()> {
        self.rows.close().await
    }

    #[inline]
    pub(super) fn next_at_hand(&mut self) -> Option<Result<T>> {
        let (batch, row) = self.rows.place_at_hand()?;
        Some(self.positions.read(batch, row))
    }

    pub(super) fn rows(&mut self) -> &mut Rows<'c> {
        &mut self.rows
    }
}
