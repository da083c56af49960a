//! Batches: rows of a result, stored by column.

use std::sync::Arc;

use crate::bindings::types::{ColumnBatch, ColumnValues, RowBatch, VarWidth};
use crate::column::{BIT, Column};
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;
use crate::value::{Date, DateTime, Time, ValueRef};

/// A batch of rows as the host sent it, with one array per column. A clone is another handle to the
/// same memory.
///
/// Use [`row`](Self::row) and [`rows`](Self::rows) for views of single rows. Use
/// [`column`](Self::column) to process millions of values: it is the fastest access.
#[derive(Debug, Clone)]
pub struct Batch(Arc<Contents>);

#[derive(Debug)]
struct Contents {
    columns: Arc<[Column]>,
    data: Vec<ColumnData>,
    rows: usize,
}

/// The values of a column. `Batch::new` has checked that there is one value per row.
#[derive(Debug)]
struct ColumnData {
    validity: Option<Vec<u8>>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Null,
    Signed(Vec<i64>),
    Unsigned(Vec<u64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    // UTF-8 is checked once for the whole column, which costs a fraction of a check per value.
    Decimal(Vec<u32>, String),
    Text(Vec<u32>, String),
    Bytes(Vec<u32>, Vec<u8>),
    /// The bytes of a number, big-endian.
    Bit(Vec<u32>, Vec<u8>),
    Date(Vec<Date>),
    Time(Vec<Time>),
    DateTime(Vec<DateTime>),
    /// The protocol's type code, offsets and bytes.
    Raw(u8, Vec<u32>, Vec<u8>),
}

impl Batch {
    /// Takes ownership of a batch of the host, without copying it.
    ///
    /// # Errors
    ///
    /// `ProtocolViolation` if the layout violates the contract.
    pub(crate) fn new(columns: &Arc<[Column]>, batch: RowBatch) -> Result<Self> {
        let rows = batch.rows as usize;
        if batch.columns.len() != columns.len() {
            let (expected, found) = (columns.len(), batch.columns.len());
            return Err(malformed(&format!("it has {found} columns, but the result has {expected}")));
        }
        let data = batch.columns.into_iter().zip(columns.iter()).map(|(data, column)| {
            ColumnData::new(data, column.type_code, rows)
                .map_err(|fault| malformed(&format!("column `{}` {fault}", column.name)))
        });
        Ok(Self(Arc::new(Contents { columns: Arc::clone(columns), data: data.collect::<Result<_>>()?, rows })))
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.0.rows
    }

    /// Returns whether the batch has no rows.
    pub fn is_empty(&self) -> bool {
        self.0.rows == 0
    }

    /// Returns the columns of the result.
    pub fn columns(&self) -> &[Column] {
        &self.0.columns
    }

    /// Returns the row at `index`, counted from 0, or `None` past the end.
    pub fn row(&self, index: usize) -> Option<Row> {
        (index < self.len()).then(|| Row::new(self.clone(), index))
    }

    /// Returns an iterator over all rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row> + '_ {
        (0..self.len()).map(|index| Row::new(self.clone(), index))
    }

    /// Returns the column at `index`, counted from 0, or `None` past the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let mut rows = conn.query("SELECT distance FROM flights", ()).await?;
    /// while let Some(batch) = rows.next_batch().await? {
    ///     let distances = batch.column(0).and_then(|column| column.as_u64()).unwrap_or_default();
    ///     println!("{:?}", distances.iter().max());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn column(&self, index: usize) -> Option<ColumnView<'_>> {
        self.0.data.get(index).map(|data| ColumnView { data, column: &self.0.columns[index], rows: self.0.rows })
    }

    /// Returns a cell as a Rust type. Both indexes must be within the batch.
    #[inline]
    pub(crate) fn get<'b, T: Decode<'b>>(&'b self, column: usize, row: usize) -> Result<T> {
        let value = self.value(column, row)?;
        T::decode(value).map_err(|mismatch| mismatch.into_error(T::NAME, &self.0.columns[column], value))
    }

    /// Returns a cell. Both indexes must be within the batch.
    #[inline]
    pub(crate) fn value(&self, column: usize, row: usize) -> Result<ValueRef<'_>> {
        self.0.data[column].get(row).ok_or_else(|| misplaced(&self.0.columns[column], row))
    }
}

/// One column of a batch, as a slice with one entry per row. The entry of a NULL row has no
/// meaning: check [`is_null`](Self::is_null).
///
/// The `as_*` methods return `None` if the column has another type.
#[derive(Debug, Clone, Copy)]
pub struct ColumnView<'b> {
    data: &'b ColumnData,
    column: &'b Column,
    rows: usize,
}

macro_rules! slices {
    ($($(#[$doc:meta])* $name:ident: $variant:ident => $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> Option<&'b [$type]> {
            match &self.data.values {
                Values::$variant(values) => Some(values),
                _ => None,
            }
        }
    )*};
}

impl<'b> ColumnView<'b> {
    slices! {
        /// Returns the values of a signed integer column.
        as_i64: Signed => i64;
        /// Returns the values of an unsigned integer column or a YEAR column.
        as_u64: Unsigned => u64;
        /// Returns the values of a FLOAT column.
        as_f32: Float => f32;
        /// Returns the values of a DOUBLE column.
        as_f64: Double => f64;
        /// Returns the values of a DATE column.
        as_date: Date => Date;
        /// Returns the values of a TIME column.
        as_time: Time => Time;
        /// Returns the values of a DATETIME or TIMESTAMP column.
        as_datetime: DateTime => DateTime;
    }

    /// Returns the offsets and the concatenated values of a text or DECIMAL column. Value `i` is
    /// `text[offsets[i] as usize..offsets[i + 1] as usize]`.
    pub fn as_str(&self) -> Option<(&'b [u32], &'b str)> {
        match &self.data.values {
            Values::Text(offsets, text) | Values::Decimal(offsets, text) => Some((offsets, text)),
            _ => None,
        }
    }

    /// Returns the offsets and the concatenated values of a bytes column, or of a column whose type
    /// is unknown to the contract. Value `i` is
    /// `bytes[offsets[i] as usize..offsets[i + 1] as usize]`.
    pub fn as_bytes(&self) -> Option<(&'b [u32], &'b [u8])> {
        match &self.data.values {
            Values::Bytes(offsets, bytes) | Values::Bit(offsets, bytes) | Values::Raw(_, offsets, bytes) => {
                Some((offsets, bytes))
            }
            _ => None,
        }
    }

    /// Returns the description of the column.
    pub fn column(&self) -> &'b Column {
        self.column
    }

    /// Returns the number of rows, including NULL rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Returns whether the column has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Returns whether any row can be NULL. If not, [`is_null`](Self::is_null) is `false` for every
    /// row.
    pub fn has_nulls(&self) -> bool {
        self.data.validity.is_some() || matches!(self.data.values, Values::Null)
    }

    /// Returns whether the row is NULL. Rows past the end count as NULL.
    pub fn is_null(&self, row: usize) -> bool {
        row >= self.rows || matches!(self.data.values, Values::Null) || self.data.is_null(row)
    }
}

impl ColumnData {
    fn new(batch: ColumnBatch, type_code: u8, rows: usize) -> Result<Self, &'static str> {
        let values = match batch.values {
            ColumnValues::Null => Values::Null,
            ColumnValues::Signed(values) => Values::Signed(counted(values, rows)?),
            ColumnValues::Unsigned(values) => Values::Unsigned(counted(values, rows)?),
            ColumnValues::Float(values) => Values::Float(counted(values, rows)?),
            ColumnValues::Double(values) => Values::Double(counted(values, rows)?),
            ColumnValues::Decimal(VarWidth { offsets, data }) => {
                Values::Decimal(counted(offsets, rows + 1)?, utf8(data)?)
            }
            ColumnValues::Text(VarWidth { offsets, data }) => Values::Text(counted(offsets, rows + 1)?, utf8(data)?),
            ColumnValues::Bytes(VarWidth { offsets, data }) if type_code == BIT => {
                Values::Bit(counted(offsets, rows + 1)?, data)
            }
            ColumnValues::Bytes(VarWidth { offsets, data }) => Values::Bytes(counted(offsets, rows + 1)?, data),
            ColumnValues::Date(values) => Values::Date(counted(values, rows)?),
            ColumnValues::Time(values) => Values::Time(counted(values, rows)?),
            ColumnValues::Datetime(values) => Values::DateTime(counted(values, rows)?),
            ColumnValues::Raw(VarWidth { offsets, data }) => Values::Raw(type_code, counted(offsets, rows + 1)?, data),
        };
        match &batch.validity {
            Some(bits) if bits.len() < rows.div_ceil(8) => Err("has a NULL bitmap that is shorter than the batch"),
            _ => Ok(Self { validity: batch.validity, values }),
        }
    }

    #[inline]
    fn is_null(&self, row: usize) -> bool {
        self.validity.as_ref().is_some_and(|bits| bits[row / 8] & (1 << (row % 8)) == 0)
    }

    /// Returns `None` if the offsets of the value are invalid.
    #[inline]
    fn get(&self, row: usize) -> Option<ValueRef<'_>> {
        if self.is_null(row) {
            return Some(ValueRef::Null);
        }
        Some(match &self.values {
            Values::Null => ValueRef::Null,
            Values::Signed(values) => ValueRef::Signed(values[row]),
            Values::Unsigned(values) => ValueRef::Unsigned(values[row]),
            Values::Float(values) => ValueRef::Float(values[row]),
            Values::Double(values) => ValueRef::Double(values[row]),
            Values::Decimal(offsets, text) => ValueRef::Decimal(text.get(range(offsets, row))?),
            Values::Text(offsets, text) => ValueRef::Text(text.get(range(offsets, row))?),
            Values::Bytes(offsets, bytes) => ValueRef::Bytes(bytes.get(range(offsets, row))?),
            Values::Bit(offsets, bytes) => ValueRef::Bit(bytes.get(range(offsets, row))?),
            Values::Date(values) => ValueRef::Date(values[row]),
            Values::Time(values) => ValueRef::Time(values[row]),
            Values::DateTime(values) => ValueRef::DateTime(values[row]),
            Values::Raw(type_code, offsets, bytes) => ValueRef::Raw(*type_code, bytes.get(range(offsets, row))?),
        })
    }
}

#[inline]
fn range(offsets: &[u32], row: usize) -> std::ops::Range<usize> {
    offsets[row] as usize..offsets[row + 1] as usize
}

fn counted<T>(values: Vec<T>, expected: usize) -> Result<Vec<T>, &'static str> {
    if values.len() == expected { Ok(values) } else { Err("does not have one value per row") }
}

fn utf8(data: Vec<u8>) -> Result<String, &'static str> {
    String::from_utf8(data).map_err(|_| "is text but not valid UTF-8")
}

#[cold]
fn malformed(fault: &str) -> Error {
    Error::new(ErrorKind::ProtocolViolation, format!("the host sent a malformed batch: {fault}"))
}

#[cold]
fn misplaced(column: &Column, row: usize) -> Error {
    malformed(&format!("column `{}` has no value at row {row}, counted from 0", column.name))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::column::tests::column;

    fn text(values: &[&str]) -> ColumnValues {
        let mut offsets = vec![0];
        let mut data = Vec::new();
        for value in values {
            data.extend_from_slice(value.as_bytes());
            offsets.push(data.len().try_into().unwrap());
        }
        ColumnValues::Text(VarWidth { offsets, data })
    }

    /// A batch with the columns `id` and `name`. The second name is NULL.
    pub(crate) fn batch() -> Batch {
        let columns = [column("id", 8), column("name", 253)].into();
        let id = ColumnBatch { validity: None, values: ColumnValues::Signed(vec![7, 8, 9]) };
        let name = ColumnBatch { validity: Some(vec![0b101]), values: text(&["één", "", "z"]) };
        Batch::new(&columns, RowBatch { rows: 3, columns: vec![id, name] }).unwrap()
    }

    fn refused(rows: u32, validity: Option<Vec<u8>>, values: ColumnValues) -> String {
        let columns = [column("c", 253)].into();
        let batch = RowBatch { rows, columns: vec![ColumnBatch { validity, values }] };
        let error = Batch::new(&columns, batch).and_then(|batch| batch.value(0, 0).map(|value| format!("{value:?}")));
        let error = error.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ProtocolViolation);
        error.to_string()
    }

    #[test]
    fn cells_are_read_by_row_and_by_column() {
        let batch = batch();
        assert_eq!(batch.len(), 3);
        assert_eq!(batch.value(1, 0), Ok(ValueRef::Text("één")));
        assert_eq!(batch.value(1, 1), Ok(ValueRef::Null));
        assert_eq!(batch.value(1, 2), Ok(ValueRef::Text("z")));
        let id = batch.column(0).unwrap();
        assert_eq!((id.as_i64(), id.has_nulls()), (Some([7, 8, 9].as_slice()), false));
        let name = batch.column(1).unwrap();
        assert_eq!((name.is_null(0), name.is_null(1), name.is_null(3)), (false, true, true));
        assert_eq!(name.as_str(), Some(([0, 5, 5, 6].as_slice(), "éénz")));
        assert!(batch.column(2).is_none() && batch.row(3).is_none());
    }

    #[test]
    fn malformed_batch_is_an_error() {
        assert!(refused(2, None, ColumnValues::Signed(vec![1])).contains("one value per row"));
        assert!(refused(1, None, text(&[])).contains("one value per row"));
        assert!(refused(9, Some(vec![255]), ColumnValues::Signed(vec![0; 9])).contains("NULL"));
        let var = |offsets: &[u32], data: &[u8]| VarWidth { offsets: offsets.to_vec(), data: data.to_vec() };
        assert!(refused(1, None, ColumnValues::Text(var(&[0, 1], &[0xff]))).contains("UTF-8"));
        assert!(refused(1, None, ColumnValues::Text(var(&[0, 9], b"abc"))).contains("row 0"));
        assert!(refused(1, None, ColumnValues::Text(var(&[2, 1], b"abc"))).contains("row 0"));
        assert!(refused(1, None, ColumnValues::Text(var(&[0, 1], "é".as_bytes()))).contains("row 0"));
        assert!(refused(1, None, ColumnValues::Bytes(var(&[2, 1], b"abc"))).contains("row 0"));
    }

    #[test]
    fn batch_with_wrong_number_of_columns_is_an_error() {
        let error = Batch::new(
            &Arc::from([]),
            RowBatch { rows: 0, columns: vec![ColumnBatch { validity: None, values: ColumnValues::Null }] },
        );
        assert!(error.is_err_and(|error| error.message().contains("1 columns, but the result has 0")));
    }
}
