//! Rows as Rust types.

use crate::batch::Batch;
use crate::column::{Column, ColumnIndex};
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;

/// A type that a row can be read as.
///
/// These are: a struct with `#[derive(FromRow)]`, whose fields are columns by name; a tuple, whose elements are the
/// columns in order; and, for a result of one column, anything that implements [`Decode`]. The columns are found once a
/// result, not once a row.
///
/// ```
/// # use wasmysql::{Connection, Result};
/// #[derive(wasmysql::FromRow)]
/// struct Airline {
///     carrier: String,
///     #[row(rename = "name")]
///     called: String,
///     #[row(default)] // where the result has no such column
///     flights: u64,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// for airline in conn.query_all_as::<Airline>("SELECT carrier, name FROM airlines", ()).await? {
///     println!("{}: {}", airline.carrier, airline.called);
/// }
/// let routes: Vec<(String, String)> = conn.query_all_as("SELECT origin, dest FROM flights", ()).await?;
/// let tails: Vec<Option<String>> = conn.query_all_as("SELECT tailnum FROM flights", ()).await?;
/// # Ok(())
/// # }
/// ```
///
/// # The derive
///
/// - `#[row(rename = "...")]`: the column's name, where it is not the field's; `table.column` too.
/// - `#[row(default)]`: `Default::default()` where the result has no such column. A NULL is not absent: for that there
///   is `Option`.
/// - `#[row(flatten)]`: the field is a struct of its own, from columns of the same row.
/// - A struct whose fields have no names is read as a tuple.
/// - A struct with a lifetime borrows its text and bytes from the batch instead of copying them. It is read with
///   [`Row::read`] or [`Batch::read`], whichever it is to live as long as:
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
    /// Finds the columns it is made of, in the order in which `from_row` asks for their cells.
    ///
    /// Errors: `NoSuchColumn`; `InvalidRequest` when a name is ambiguous, or the number of columns is not that of a tuple.
    fn find_columns(finder: &mut ColumnFinder<'_>) -> Result<()>;

    /// Reads one row. Errors: `Decode`.
    fn from_row(cells: &mut Cells<'r, '_>) -> Result<Self>;
}

/// Where a column is that need not be there, and is not.
const ABSENT: usize = usize::MAX;

/// Where the columns are that a type is read from, for all rows of a result.
#[derive(Debug)]
pub(crate) struct Positions(Vec<usize>);

impl Positions {
    pub(crate) fn of<'r, T: FromRow<'r>>(columns: &[Column]) -> Result<Self> {
        let mut finder = ColumnFinder { columns, positions: Vec::new() };
        T::find_columns(&mut finder)?;
        Ok(Self(finder.positions))
    }

    /// Reads a row of a batch, which it must be within.
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
    /// A column that has to be there, by name or by position. Errors: those of [`ColumnIndex::position`].
    pub fn column(&mut self, column: impl ColumnIndex) -> Result<()> {
        self.positions.push(column.position(self.columns)?);
        Ok(())
    }

    /// A column that may be missing, for [`Cells::next_or_default`]. Errors: `InvalidRequest` when more than one has that
    /// name.
    pub fn optional_column(&mut self, column: impl ColumnIndex) -> Result<()> {
        match column.position(self.columns) {
            Err(error) if error.kind() == &ErrorKind::NoSuchColumn => self.positions.push(ABSENT),
            found => self.positions.push(found?),
        }
        Ok(())
    }

    /// All columns of the result, in order, which has to have as many.
    ///
    /// Errors: `InvalidRequest` when it has more or fewer, so that none is dropped unseen.
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

/// The cells of a row, in the order of their [`ColumnFinder`].
#[derive(Debug)]
pub struct Cells<'r, 'p> {
    batch: &'r Batch,
    row: usize,
    positions: std::slice::Iter<'p, usize>,
}

impl<'r> Cells<'r, '_> {
    /// The next cell. Errors: `Decode`; `InvalidRequest` when no further column was found for it.
    #[allow(clippy::should_implement_trait, reason = "each cell is of a type of its own")]
    #[inline]
    pub fn next<T: Decode<'r>>(&mut self) -> Result<T> {
        match self.positions.next() {
            Some(&position) if position != ABSENT => self.batch.get(position, self.row),
            _ => Err(not_found()),
        }
    }

    /// The next cell, or the type's default where its column is missing. Errors: those of `next`.
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
    /// The row as any type that implements [`FromRow`], which can borrow from it. Where many rows are read, those that find
    /// the columns once are quicker: [`Batch::read`], and what ends in `_as`.
    ///
    /// Errors: those of [`FromRow`].
    pub fn read<'r, T: FromRow<'r>>(&'r self) -> Result<T> {
        Positions::of::<T>(self.columns())?.read(self.batch(), self.index())
    }
}

impl Batch {
    /// All its rows, in order, as any type that implements [`FromRow`], which can borrow from the batch.
    ///
    /// Errors: those of finding the columns, at once; `Decode`, row by row.
    pub fn read<'b, T: FromRow<'b>>(&'b self) -> Result<impl ExactSizeIterator<Item = Result<T>> + use<'b, T>> {
        let positions = Positions::of::<T>(self.columns())?;
        Ok((0..self.len()).map(move |row| positions.read(self, row)))
    }
}

#[cfg(test)]
mod tests;
