//! Conversion of rows to Rust types.

use crate::batch::Batch;
use crate::column::{Column, ColumnIndex};
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;

/// A type that a row can be read as.
///
/// Three kinds of types implement it:
///
/// - a struct with `#[derive(FromRow)]`: fields are matched to columns by name
/// - a tuple: elements are matched to columns in order
/// - for a result with one column, any type that implements [`Decode`]
///
/// Columns are matched once per result, not once per row.
///
/// # Derive
///
/// - `#[row(rename = "...")]` sets the name of the column, which can be `table.column`. Defaults to
///   the name of the field.
/// - `#[row(default)]` uses `Default::default()` if the result has no such column. A NULL does not
///   count as missing: use `Option` for it.
/// - `#[row(flatten)]` reads a nested struct from columns of the same row.
/// - A struct with unnamed fields is read as a tuple.
/// - A struct with a lifetime borrows text and bytes from the batch instead of copying them. Read
///   it with [`Row::read`] or [`Batch::read`]; it lives as long as the borrow of the row or the
///   batch.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result};
/// #[derive(wasmysql::FromRow)]
/// struct Airline {
///     carrier: String,
///     #[row(rename = "name")]
///     full_name: String,
///     #[row(default)]
///     flights: u64,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// for airline in conn.query_all_as::<Airline>("SELECT carrier, name FROM airlines", ()).await? {
///     println!("{}: {}", airline.carrier, airline.full_name);
/// }
/// let routes: Vec<(String, String)> = conn.query_all_as("SELECT origin, dest FROM flights", ()).await?;
/// let tails: Vec<Option<String>> = conn.query_all_as("SELECT tailnum FROM flights", ()).await?;
/// # Ok(())
/// # }
/// ```
///
/// A struct that borrows from its batch:
///
/// ```
/// # use wasmysql::{Connection, Result};
/// #[derive(wasmysql::FromRow)]
/// struct Airline<'r> {
///     carrier: &'r str,
///     name: &'r str,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let mut rows = conn.query("SELECT carrier, name FROM airlines", ()).await?;
/// while let Some(batch) = rows.next_batch().await? {
///     for airline in batch.read::<Airline>()? {
///         let Airline { carrier, name } = airline?;
///         println!("{carrier}: {name}");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a row can't be read as `{Self}`",
    note = "for a struct: #[derive(wasmysql::FromRow)]; for a single column: wasmysql::Decode"
)]
pub trait FromRow<'r>: Sized {
    /// Finds the columns of the type, in the order in which `from_row` reads their cells.
    ///
    /// # Errors
    ///
    /// - `NoSuchColumn`: the result has no such column.
    /// - `InvalidRequest`: a name is ambiguous, or the result and the tuple differ in the number of
    ///   columns.
    fn find_columns(finder: &mut ColumnFinder<'_>) -> Result<()>;

    /// Reads one row.
    ///
    /// # Errors
    ///
    /// `Decode` if a cell can't be read as its type.
    fn from_row(cells: &mut Cells<'r, '_>) -> Result<Self>;
}

/// The position of an optional column that the result does not have.
const ABSENT: usize = usize::MAX;

/// The positions of the columns of a type, for all rows of a result.
#[derive(Debug)]
pub(crate) struct Positions(Vec<usize>);

impl Positions {
    pub(crate) fn of<'r, T: FromRow<'r>>(columns: &[Column]) -> Result<Self> {
        let mut finder = ColumnFinder { columns, positions: Vec::new() };
        T::find_columns(&mut finder)?;
        Ok(Self(finder.positions))
    }

    /// Reads a row of a batch. The row must be within the batch.
    #[inline]
    pub(crate) fn read<'r, T: FromRow<'r>>(&self, batch: &'r Batch, row: usize) -> Result<T> {
        T::from_row(&mut Cells { batch, row, positions: self.0.iter() })
    }
}

/// Finds columns, for [`FromRow::find_columns`].
#[derive(Debug)]
pub struct ColumnFinder<'c> {
    columns: &'c [Column],
    positions: Vec<usize>,
}

impl ColumnFinder<'_> {
    /// Adds a required column.
    ///
    /// # Errors
    ///
    /// As for [`ColumnIndex::position`].
    pub fn column(&mut self, column: impl ColumnIndex) -> Result<()> {
        self.positions.push(column.position(self.columns)?);
        Ok(())
    }

    /// Adds an optional column, for [`Cells::next_or_default`].
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if several columns have the name.
    pub fn optional_column(&mut self, column: impl ColumnIndex) -> Result<()> {
        match column.position(self.columns) {
            Err(error) if error.kind() == &ErrorKind::NoSuchColumn => self.positions.push(ABSENT),
            found => self.positions.push(found?),
        }
        Ok(())
    }

    /// Adds all columns of the result, in order.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if the result does not have exactly `count` columns, so that no column is
    /// ignored by mistake.
    pub fn all_columns(&mut self, count: usize) -> Result<()> {
        if self.columns.len() != count {
            return Err(wrong_number(self.columns, count));
        }
        self.positions.extend(0..count);
        Ok(())
    }
}

#[cold]
fn wrong_number(columns: &[Column], count: usize) -> Error {
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    let read = if count == 1 { "a single value is".to_owned() } else { format!("{count} values are") };
    Error::new(
        ErrorKind::InvalidRequest,
        format!("the result has {} columns ('{}') where {read} read", columns.len(), names.join("', '")),
    )
}

/// The cells of a row, in the order of the [`ColumnFinder`].
#[derive(Debug)]
pub struct Cells<'r, 'p> {
    batch: &'r Batch,
    row: usize,
    positions: std::slice::Iter<'p, usize>,
}

impl<'r> Cells<'r, '_> {
    /// Reads the next cell.
    ///
    /// # Errors
    ///
    /// `Decode` if the cell can't be read as `T`, `InvalidRequest` if no further column was added.
    #[allow(clippy::should_implement_trait, reason = "each cell has its own type")]
    #[inline]
    pub fn next<T: Decode<'r>>(&mut self) -> Result<T> {
        match self.positions.next() {
            Some(&position) if position != ABSENT => self.batch.get(position, self.row),
            _ => Err(not_found()),
        }
    }

    /// Reads the next cell, or returns the type's default if its column is missing.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    #[inline]
    pub fn next_or_default<T: Decode<'r> + Default>(&mut self) -> Result<T> {
        match self.positions.as_slice() {
            [ABSENT, ..] => {
                self.positions.next();
                Ok(T::default())
            }
            _ => self.next(),
        }
    }
}

#[cold]
fn not_found() -> Error {
    Error::new(ErrorKind::InvalidRequest, "`from_row` reads more cells than `find_columns` found columns")
}

impl<'r, T: Decode<'r>> FromRow<'r> for T {
    fn find_columns(finder: &mut ColumnFinder<'_>) -> Result<()> {
        finder.all_columns(1)
    }

    #[inline]
    fn from_row(cells: &mut Cells<'r, '_>) -> Result<Self> {
        cells.next()
    }
}

macro_rules! tuple {
    ($count:literal $($type:ident)+) => {
        impl<'r, $($type: Decode<'r>),+> FromRow<'r> for ($($type,)+) {
            fn find_columns(finder: &mut ColumnFinder<'_>) -> Result<()> {
                finder.all_columns($count)
            }

            #[inline]
            fn from_row(cells: &mut Cells<'r, '_>) -> Result<Self> {
                Ok(($(cells.next::<$type>()?,)+))
            }
        }
    };
}

tuple!(1 A);
tuple!(2 A B);
tuple!(3 A B C);
tuple!(4 A B C D);
tuple!(5 A B C D E);
tuple!(6 A B C D E F);
tuple!(7 A B C D E F G);
tuple!(8 A B C D E F G H);
tuple!(9 A B C D E F G H I);
tuple!(10 A B C D E F G H I J);
tuple!(11 A B C D E F G H I J K);
tuple!(12 A B C D E F G H I J K L);
tuple!(13 A B C D E F G H I J K L M);
tuple!(14 A B C D E F G H I J K L M N);
tuple!(15 A B C D E F G H I J K L M N O);
tuple!(16 A B C D E F G H I J K L M N O P);

impl Row {
    /// Reads the row as a type that implements [`FromRow`]. The value can borrow from the row.
    ///
    /// For many rows, [`Batch::read`] and the methods that end in `_as` are faster, because they
    /// find the columns once.
    ///
    /// # Errors
    ///
    /// As for [`FromRow`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Result, Row};
    /// # fn example(row: &Row) -> Result<()> {
    /// let (carrier, name): (&str, Option<&str>) = row.read()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn read<'r, T: FromRow<'r>>(&'r self) -> Result<T> {
        Positions::of::<T>(self.columns())?.read(self.batch(), self.index())
    }
}

impl Batch {
    /// Reads all rows, in order, as a type that implements [`FromRow`]. The values can borrow from
    /// the batch.
    ///
    /// # Errors
    ///
    /// As for [`FromRow::find_columns`]. The iterator returns `Decode` for each row that can't be
    /// read.
    pub fn read<'b, T: FromRow<'b>>(&'b self) -> Result<impl ExactSizeIterator<Item = Result<T>> + use<'b, T>> {
        let positions = Positions::of::<T>(self.columns())?;
        Ok((0..self.len()).map(move |row| positions.read(self, row)))
    }
}

#[cfg(test)]
mod tests;
