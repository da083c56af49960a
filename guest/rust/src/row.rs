//! One row of a result.

use crate::batch::Batch;
use crate::column::{Column, ColumnIndex};
use crate::decode::Decode;
use crate::error::Result;
use crate::value::ValueRef;

/// One row of a result.
///
/// A row is a view of its batch, and keeps the batch in memory. Creating and cloning a row
/// allocates nothing.
#[derive(Debug, Clone)]
pub struct Row {
    batch: Batch,
    index: usize,
}

impl Row {
    /// Creates a view of a row. `index` must be within the batch.
    #[inline]
    pub(crate) fn new(batch: Batch, index: usize) -> Self {
        Self { batch, index }
    }

    /// Returns the columns of the result.
    pub fn columns(&self) -> &[Column] {
        self.batch.columns()
    }

    /// Returns a cell as a type that implements [`Decode`]. `column` is a position, counted from 0,
    /// or a name: see [`ColumnIndex`].
    ///
    /// # Errors
    ///
    /// - `NoSuchColumn`: the result has no such column.
    /// - `InvalidRequest`: several columns have the name.
    /// - `Decode`: the cell is NULL and `T` is not an `Option`, `T` can't be read from the type, or
    ///   `T` can't hold the value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Result, Row};
    /// # fn example(row: &Row) -> Result<()> {
    /// let id: u32 = row.get("id")?;
    /// let name: Option<&str> = row.get(1)?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn get<'r, T: Decode<'r>>(&'r self, column: impl ColumnIndex) -> Result<T> {
        self.batch.get(column.position(self.columns())?, self.index)
    }

    /// Returns the number of columns.
    #[allow(clippy::len_without_is_empty, reason = "every result has at least one column")]
    pub fn len(&self) -> usize {
        self.columns().len()
    }

    /// Returns an iterator over the columns and their cells, in order.
    ///
    /// # Errors
    ///
    /// The iterator returns `ProtocolViolation` for a cell that the host sent malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Result, Row};
    /// # fn example(row: &Row) -> Result<()> {
    /// for cell in row.iter() {
    ///     let (column, value) = cell?;
    ///     println!("{} = {value:?}", column.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<(&Column, ValueRef<'_>)>> {
        let cell = |(position, column)| Ok((column, self.batch.value(position, self.index)?));
        self.columns().iter().enumerate().map(cell)
    }

    /// Returns the batch of the row.
    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Returns the index of the row in its batch.
    pub(crate) fn index(&self) -> usize {
        self.index
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::tests::batch;
    use crate::error::ErrorKind;
    use crate::value::ValueRef;

    #[test]
    fn row_outlives_its_batch_and_reads_cells() {
        let rows: Vec<_> = batch().rows().collect();
        assert_eq!(rows[0].get("id"), Ok(7));
        assert_eq!(rows[0].get(1), Ok("één"));
        assert_eq!(rows[1].get::<Option<&str>>("name"), Ok(None));
        assert_eq!(rows[2].get(1), Ok("z".to_owned()));
        let cells: Vec<_> = rows[1].iter().map(|cell| cell.unwrap()).collect();
        assert_eq!((rows[1].len(), cells[0].0.name.as_str(), cells[1].1), (2, "id", ValueRef::Null));
    }

    #[test]
    fn unreadable_cell_is_an_error_with_a_reason() {
        let row = batch().row(1).unwrap();
        let error = row.get::<&str>("name").unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Decode);
        assert_eq!(error.to_string(), "column `name` (VARCHAR) is NULL: read it as Option<&str>");
        assert_eq!(row.get::<i64>("nam").unwrap_err().kind(), &ErrorKind::NoSuchColumn);
    }
}
