//! One column of a batch.

use std::sync::OnceLock;

use bytemuck::{AnyBitPattern, NoUninit};
use wasmysql_batch::Kind;

use crate::column::Column;
use crate::value::{Date, DateTime, Time};

/// One column of a batch, as a slice with one entry per row. The entry of a NULL row has no
/// meaning: check [`is_null`](Self::is_null).
///
/// The `as_*` methods and the iterators return `None` if the column has another type.
#[derive(Debug, Clone, Copy)]
pub struct ColumnView<'b> {
    view: wasmysql_batch::ColumnView<'b>,
    column: &'b Column,
    copies: &'b AlignedCopies,
    index: usize,
}

/// The values of columns whose buffer is not aligned, copied at the first access. The buffers of
/// the allocator of WebAssembly programs are aligned, so these are absent there.
#[derive(Debug)]
pub(crate) struct AlignedCopies {
    columns: usize,
    copies: OnceLock<Box<[Copies]>>,
}

#[derive(Debug, Default)]
struct Copies {
    words: OnceLock<Vec<u64>>,
    halves: OnceLock<Vec<u32>>,
}

macro_rules! slices {
    ($($(#[$doc:meta])* $name:ident: $kind:pat => $type:ty, $values:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> Option<&'b [$type]> {
            match self.view.kind() {
                $kind => Some(self.$values()),
                _ => None,
            }
        }
    )*};
}

impl<'b> ColumnView<'b> {
    pub(crate) fn new(
        view: wasmysql_batch::ColumnView<'b>,
        column: &'b Column,
        copies: &'b AlignedCopies,
        index: usize,
    ) -> Self {
        Self { view, column, copies, index }
    }

    slices! {
        /// Returns the values of a signed integer column.
        as_i64: Kind::Signed => i64, words;
        /// Returns the values of an unsigned integer column or a YEAR column.
        as_u64: Kind::Unsigned => u64, words;
        /// Returns the values of a FLOAT column.
        as_f32: Kind::Float => f32, halves;
        /// Returns the values of a DOUBLE column.
        as_f64: Kind::Double => f64, words;
        /// Returns the values of a DATE, TIME, DATETIME or TIMESTAMP column as words of the
        /// contract.
        ///
        /// The words of dates and datetimes compare as numbers, also with those of
        /// [`Date::pack`] and [`DateTime::pack`]. So filters and the minimum need no conversion.
        /// Use [`dates`](Self::dates), [`times`](Self::times) and [`datetimes`](Self::datetimes)
        /// for the fields.
        ///
        /// # Examples
        ///
        /// ```
        /// # use wasmysql::{Connection, Date, Result};
        /// # async fn example(conn: &mut Connection) -> Result<()> {
        /// let spring = Date { year: 2013, month: 3, day: 20 }.pack();
        /// let mut rows = conn.query("SELECT departed FROM flights", ()).await?;
        /// let mut early = 0;
        /// while let Some(batch) = rows.next_batch().await? {
        ///     let departed = batch.column(0).and_then(|column| column.as_packed()).unwrap_or_default();
        ///     early += departed.iter().filter(|word| Some(**word) < spring).count();
        /// }
        /// # Ok(())
        /// # }
        /// ```
        as_packed: Kind::Date | Kind::Time | Kind::DateTime => u64, words;
    }

    /// Returns an iterator over the values of a DATE column.
    pub fn dates(&self) -> Option<impl ExactSizeIterator<Item = Date> + use<'b>> {
        (self.view.kind() == Kind::Date).then(|| self.view.words().map(Date::unpack))
    }

    /// Returns an iterator over the values of a TIME column.
    pub fn times(&self) -> Option<impl ExactSizeIterator<Item = Time> + use<'b>> {
        (self.view.kind() == Kind::Time).then(|| self.view.words().map(Time::unpack))
    }

    /// Returns an iterator over the values of a DATETIME or TIMESTAMP column.
    pub fn datetimes(&self) -> Option<impl ExactSizeIterator<Item = DateTime> + use<'b>> {
        (self.view.kind() == Kind::DateTime).then(|| self.view.words().map(DateTime::unpack))
    }

    /// Returns the offsets and the concatenated values of a text or DECIMAL column. Value `i` is
    /// `text[offsets[i] as usize..offsets[i + 1] as usize]`.
    pub fn as_str(&self) -> Option<(&'b [u32], &'b str)> {
        match self.view.kind() {
            Kind::Text | Kind::Decimal => Some((self.halves(), text_of(&self.view, self.view.data()))),
            _ => None,
        }
    }

    /// Returns the offsets and the concatenated values of a bytes column, or of a column whose type
    /// is unknown to the contract. Value `i` is
    /// `bytes[offsets[i] as usize..offsets[i + 1] as usize]`.
    pub fn as_bytes(&self) -> Option<(&'b [u32], &'b [u8])> {
        match self.view.kind() {
            Kind::Bytes | Kind::Raw => Some((self.halves(), self.view.data())),
            _ => None,
        }
    }

    /// Returns the description of the column.
    pub fn column(&self) -> &'b Column {
        self.column
    }

    /// Returns the number of rows, including NULL rows.
    pub fn len(&self) -> usize {
        self.view.rows()
    }

    /// Returns whether the column has no rows.
    pub fn is_empty(&self) -> bool {
        self.view.rows() == 0
    }

    /// Returns whether any row can be NULL. If not, [`is_null`](Self::is_null) is `false` for every
    /// row.
    pub fn has_nulls(&self) -> bool {
        self.view.has_nulls()
    }

    /// Returns whether the row is NULL. Rows past the end count as NULL.
    pub fn is_null(&self, row: usize) -> bool {
        self.view.is_null(row)
    }

    /// Returns the values of a kind of 8 bytes.
    fn words<T: AnyBitPattern>(&self) -> &'b [T] {
        aligned(self.view.values(), || self.copies().words.get_or_init(|| self.view.words().collect()))
    }

    /// Returns the values of a kind of 4 bytes, or offsets.
    fn halves<T: AnyBitPattern>(&self) -> &'b [T] {
        aligned(self.view.values(), || self.copies().halves.get_or_init(|| self.view.offsets().collect()))
    }

    #[cold]
    fn copies(&self) -> &'b Copies {
        let columns = || (0..self.copies.columns).map(|_| Copies::default()).collect();
        &self.copies.copies.get_or_init(columns)[self.index]
    }
}

impl AlignedCopies {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, copies: OnceLock::new() }
    }
}

/// Returns the text of a row, or `None` past the end and for columns of another kind.
#[inline]
pub(crate) fn text<'b>(view: &wasmysql_batch::ColumnView<'b>, row: usize) -> Option<&'b str> {
    match view.kind() {
        Kind::Text | Kind::Decimal => Some(text_of(view, view.bytes(row)?)),
        _ => None,
    }
}

/// Returns bytes of a text or DECIMAL column as text. Checking their UTF-8 again would take a
/// fourth of the time of a scan of texts.
#[inline]
fn text_of<'b>(view: &wasmysql_batch::ColumnView<'b>, bytes: &'b [u8]) -> &'b str {
    debug_assert!(matches!(view.kind(), Kind::Text | Kind::Decimal));
    // SAFETY: the callers pass all bytes of a text or DECIMAL column, or those of one row. A view
    // exists only of a checked batch, and the check (`wit/batch/src/check.rs`) ensures that each
    // row of these columns is UTF-8.
    unsafe { str::from_utf8_unchecked(bytes) }
}

/// Returns the values of a buffer, or those of a copy if the buffer is not aligned. The copy has
/// numbers of the same size.
fn aligned<'b, T: AnyBitPattern, C: NoUninit>(bytes: &'b [u8], copy: impl FnOnce() -> &'b Vec<C>) -> &'b [T] {
    match bytemuck::try_cast_slice(bytes) {
        Ok(values) if cfg!(target_endian = "little") => values,
        _ => bytemuck::try_cast_slice(copy()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_not_aligned_are_copied() {
        let numbers = [7_u64, u64::MAX, 1];
        let bytes: Vec<u8> = std::iter::once(0).chain(numbers.into_iter().flat_map(u64::to_le_bytes)).collect();
        for start in 0..bytes.len() - 16 {
            let values = &bytes[start..start + 16];
            let copy: Vec<_> = values.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
            let expected: Vec<_> = copy.iter().map(|word| word.cast_signed()).collect();
            assert_eq!(aligned::<i64, u64>(values, || &copy), expected, "at {start}");
        }
    }
}
