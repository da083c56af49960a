//! Iterators over rows.

use super::api::source::Source;
use super::{Rows, TypedRows};
use crate::error::Result;
use crate::from_row::FromRow;
use crate::row::Row;

/// An iterator over the rows of a result, from [`Rows`] or [`TypedRows`] in a `for` loop.
///
/// An error of the server ends the iteration. A row that can't be read as its type is an error, but
/// does not end the iteration.
///
/// # Examples
///
/// ```
/// # use wasmysql::blocking::{Connection, Result};
/// # fn example(conn: &mut Connection) -> Result<()> {
/// for row in conn.query("SELECT carrier, name FROM airlines", ())? {
///     println!("{}", row?.get::<&str>("name")?);
/// }
/// for route in conn.query_as::<(String, String)>("SELECT DISTINCT origin, dest FROM flights", ())? {
///     let (origin, dest) = route?;
///     println!("{origin} to {dest}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropping it discards the rows"]
pub struct RowIter<R> {
    /// `None` after the end.
    rows: Option<R>,
}

impl<R: Source> Iterator for RowIter<R> {
    type Item = Result<R::Item>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rows = self.rows.as_mut()?;
            if let Some(row) = rows.next_buffered() {
                return Some(row);
            }
            match rows.fetch() {
                Ok(true) => {}
                Ok(false) => {
                    if let Err(error) = self.rows.take()?.close() {
                        return Some(Err(error));
                    }
                }
                Err(error) => {
                    self.rows = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl IntoIterator for Rows<'_> {
    type Item = Result<Row>;
    type IntoIter = RowIter<Self>;

    fn into_iter(self) -> RowIter<Self> {
        RowIter { rows: Some(self) }
    }
}

impl<T: for<'r> FromRow<'r>> IntoIterator for TypedRows<'_, T> {
    type Item = Result<T>;
    type IntoIter = RowIter<Self>;

    fn into_iter(self) -> RowIter<Self> {
        RowIter { rows: Some(self) }
    }
}
