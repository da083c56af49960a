//! A checked batch.

use crate::check::{Parts, check};
use crate::malformed::Malformed;
use crate::view::ColumnView;

/// A batch whose buffer is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    rows: u32,
    data: Vec<u8>,
    columns: Box<[Parts]>,
}

impl Batch {
    /// Takes ownership of a buffer and checks it completely, without copying it.
    ///
    /// The time is proportional to the bytes of the buffer, and the memory to its number of
    /// columns. Check [`column_count`](crate::column_count) first to limit that number. The number
    /// of `rows` costs nothing.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the buffer violates the layout.
    pub fn new(rows: u32, data: Vec<u8>) -> Result<Self, Malformed> {
        let columns = check(rows, &data)?;
        Ok(Self { rows, data, columns })
    }

    /// Returns the number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// Returns the number of columns.
    #[inline]
    pub fn column_count(&self) -> usize {
        self.columns.len()
    }

    /// Returns the column at `index`, counted from 0, or `None` past the end.
    #[inline]
    pub fn column(&self, index: usize) -> Option<ColumnView<'_>> {
        self.columns.get(index).map(|parts| ColumnView::new(&self.data, parts, self.rows()))
    }

    /// Returns all columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ColumnView<'_>> {
        self.columns.iter().map(|parts| ColumnView::new(&self.data, parts, self.rows()))
    }

    /// Returns the whole buffer.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}
