//! One row of a result.

use crate::batch::Batch;
use crate::column::{Column, ColumnIndex};
use crate::decode::Decode;
use crate::error::Result;
use crate::value::ValueRef;

/// One row of a result: a view of its batch, which it keeps alive. Making or cloning one allocates nothing.
#[derive(Debug, Clone)]
pub struct Row {
    batch: Batch,
    index: usize,
}

impl Row {
    /// `index` must be within the batch.
    #[inline]
    pub(crate) fn new(batch: Batch, index: usize) -> Self {
        Self { batch, index }
    }

    /// The columns of the result.
    pub fn columns(&self) -> &[Column] {
        self.batch.columns()
    }

    /// A cell, by the position of its column from 0 or by its name, as any type that implements [`Decode`].
    ///
    /// ```
    /// # use wasmysql::{Result, Row};
    /// # fn example(row: &Row) -> Result<()> {
    /// let id: u32 = row.get("id")?;
    /// let name: Option<&str> = row.get(1)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `NoSuchColumn` when there is no such column; `InvalidRequest` when more than one has that name; `Decode`
    /// when the cell is NULL and `T` is no `Option`, when its type is not one that `T` is read from, or when `T` can't
    /// hold the number.
    #[inline]
    pub fn get<'r, T: Decode<'r>>(&'r self, column: impl ColumnIndex) -> Result<T> {
        self.batch.get(column.position(self.columns())?, self.index)
    }

    /// How many columns it has.
    #[allow(clippy::len_without_is_empty, reason = "every result has a column")]
    pub fn len(&self) -> usize {
        self.columns().len()
    }

    /// Its columns with their cells, in order. Errors: `ProtocolViolation`.
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

    /// What it is a row of.
    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Which row of its batch it is.
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
    fn a_row_outlives_its_batch_and_reads_by_name_and_position() {
        let rows: Vec<_> = batch().rows().collect();
        assert_eq!(rows[0].get("id"), Ok(7));
        assert_eq!(rows[0].get(1), Ok("één"));
        assert_eq!(rows[1].get::<Option<&str>>("name"), Ok(None));
        assert_eq!(rows[2].get(1), Ok("z".to_owned()));
        let cells: Vec<_> = rows[1].iter().map(|cell| cell.unwrap()).collect();
        assert_eq!((rows[1].len(), cells[0].0.name.as_str(), cells[1].1), (2, "id", ValueRef::Null));
    }

    #[test]
    fn what_can_not_be_read_says_why() {
        let row = batch().row(1).unwrap();
        let error = row.get::<&str>("name").unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Decode);
        assert_eq!(error.to_string(), "column `name` (VARCHAR) is NULL: read it as Option<&str>");
        assert_eq!(row.get::<i64>("nam").unwrap_err().kind(), &ErrorKind::NoSuchColumn);
    }
}
