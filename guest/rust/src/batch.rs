//! Batches: rows of a result, stored by column.

use std::sync::Arc;

use wasmysql_batch::{Batch as CheckedBatch, Kind};

use crate::bindings::types::RowBatch;
use crate::column::{BIT, Column};
use crate::column_view::{AlignedCopies, ColumnView, text};
use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;
use crate::value::{Date, DateTime, Time, ValueRef};

/// A batch of rows as the host sent it: one buffer with an array per column. A clone is another
/// handle to the same memory.
///
/// Use [`row`](Self::row) and [`rows`](Self::rows) for views of single rows. Use
/// [`column`](Self::column) to process millions of values: it is the fastest access.
#[derive(Debug, Clone)]
pub struct Batch(Arc<Contents>);

#[derive(Debug)]
struct Contents {
    columns: Arc<[Column]>,
    batch: CheckedBatch,
    copies: AlignedCopies,
}

impl Batch {
    /// Takes ownership of a batch of the host and checks it, without copying it.
    ///
    /// # Errors
    ///
    /// `ProtocolViolation` if the layout violates the contract.
    pub(crate) fn new(columns: &Arc<[Column]>, batch: RowBatch) -> Result<Self> {
        let batch = CheckedBatch::new(batch.rows, batch.data).map_err(|error| malformed(&error.to_string()))?;
        let copies = AlignedCopies::new(columns.len());
        if batch.column_count() != columns.len() {
            let (expected, found) = (columns.len(), batch.column_count());
            return Err(malformed(&format!("it has {found} columns, but the result has {expected}")));
        }
        for (view, column) in batch.columns().zip(columns.iter()) {
            if view.kind().code() != u32::from(column.kind as u8) {
                let (expected, found) = (column.kind, view.kind());
                return Err(malformed(&format!("column `{}` has the kind {found}, not {expected:?}", column.name)));
            }
        }
        Ok(Self(Arc::new(Contents { columns: Arc::clone(columns), batch, copies })))
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.0.batch.rows()
    }

    /// Returns whether the batch has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
        let Contents { columns, batch, copies } = &*self.0;
        batch.column(index).map(|view| ColumnView::new(view, &columns[index], copies, index))
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
        self.find(column, row).ok_or_else(|| misplaced(column, row))
    }

    /// Returns a cell. `Batch::new` has checked the batch, so only an index past the end is `None`.
    #[inline]
    fn find(&self, column: usize, row: usize) -> Option<ValueRef<'_>> {
        let view = self.0.batch.column(column)?;
        if view.is_null(row) {
            return Some(ValueRef::Null);
        }
        Some(match view.kind() {
            Kind::Null => ValueRef::Null,
            Kind::Signed => ValueRef::Signed(view.word(row)?.cast_signed()),
            Kind::Unsigned => ValueRef::Unsigned(view.word(row)?),
            Kind::Float => ValueRef::Float(view.float(row)?),
            Kind::Double => ValueRef::Double(f64::from_bits(view.word(row)?)),
            Kind::Decimal => ValueRef::Decimal(text(&view, row)?),
            Kind::Text => ValueRef::Text(text(&view, row)?),
            Kind::Bytes if self.0.columns.get(column)?.type_code == BIT => ValueRef::Bit(view.bytes(row)?),
            Kind::Bytes => ValueRef::Bytes(view.bytes(row)?),
            Kind::Date => ValueRef::Date(Date::unpack(view.word(row)?)),
            Kind::Time => ValueRef::Time(Time::unpack(view.word(row)?)),
            Kind::DateTime => ValueRef::DateTime(DateTime::unpack(view.word(row)?)),
            Kind::Raw => ValueRef::Raw(self.0.columns.get(column)?.type_code, view.bytes(row)?),
        })
    }

    /// Returns the checked buffer.
    #[cfg(feature = "arrow")]
    pub(crate) fn checked(&self) -> &CheckedBatch {
        &self.0.batch
    }
}

#[cold]
fn malformed(fault: &str) -> Error {
    Error::new(ErrorKind::ProtocolViolation, format!("the host sent a malformed batch: {fault}"))
}

#[cold]
fn misplaced(column: usize, row: usize) -> Error {
    malformed(&format!("column {column} has no value at row {row}, both counted from 0"))
}

#[cfg(test)]
pub(crate) mod tests {
    use wasmysql_batch::{Column as Cells, Values, VarWidth, encode};

    use super::*;
    use crate::column::ColumnKind;
    use crate::column::tests::column;

    /// A column of the contract with these cells. `true` is a row that is not NULL.
    fn cells(rows: &[bool], values: Values) -> Cells {
        Cells::from_parts(rows.iter().copied().collect(), values).unwrap()
    }

    pub(crate) fn texts(texts: &[&str]) -> VarWidth {
        let mut var = VarWidth::new();
        assert!(texts.iter().all(|text| var.push(text.as_bytes())));
        var
    }

    /// A batch with the columns `id` and `name`. The second name is NULL.
    pub(crate) fn batch() -> Batch {
        let columns = [column("id", 8), column("name", 253)].into();
        let id = cells(&[true; 3], Values::Signed(vec![7, 8, 9]));
        let name = cells(&[true, false, true], Values::Text(texts(&["één", "", "z"])));
        Batch::new(&columns, RowBatch { rows: 3, data: encode(3, &[id, name]).unwrap() }).unwrap()
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

    fn refused(columns: &[Column], rows: u32, data: Vec<u8>) -> String {
        let error = Batch::new(&columns.into(), RowBatch { rows, data }).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ProtocolViolation);
        error.to_string()
    }

    #[test]
    fn batch_that_does_not_match_its_columns_is_an_error() {
        let data = encode(1, &[cells(&[true], Values::Signed(vec![1]))]).unwrap();
        assert!(refused(&[], 1, data.clone()).contains("1 columns, but the result has 0"));
        assert!(
            refused(&[column("c", 253)], 1, data.clone())
                .ends_with("column `c` has the kind signed, not ColumnKind::Text")
        );
        assert!(refused(&[column("c", 8)], 2, data).contains("column 0 (signed): values would end at byte 48"));
    }

    /// The values of a column as `wit/vectors/README.md` describes them.
    fn described(batch: &Batch, index: usize) -> Vec<Option<String>> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let clock = |microseconds: u32, text: String| match microseconds {
            0 => format!("{text}.000000"),
            _ => text,
        };
        let cell = |row| match batch.value(index, row).unwrap() {
            ValueRef::Null => None,
            ValueRef::Signed(value) => Some(value.to_string()),
            ValueRef::Unsigned(value) => Some(value.to_string()),
            ValueRef::Float(value) => Some(format!("{:?}", f64::from(value))),
            ValueRef::Double(value) => Some(format!("{value:?}")),
            ValueRef::Decimal(text) | ValueRef::Text(text) => Some(text.to_owned()),
            ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) | ValueRef::Raw(_, bytes) => Some(hex(bytes)),
            ValueRef::Date(date) => Some(date.to_string()),
            ValueRef::Time(time) => Some(clock(time.microseconds, time.to_string())),
            ValueRef::DateTime(at) => Some(clock(at.microsecond, at.to_string())),
        };
        (0..batch.len()).map(cell).collect()
    }

    pub(crate) fn bytes_of(vector: &serde_json::Value) -> Vec<u8> {
        let digits = vector["data"].as_str().unwrap().as_bytes().as_chunks().0;
        digits.iter().map(|pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// The kind of the contract with this name.
    fn kind(name: &str) -> ColumnKind {
        match name {
            "null" => ColumnKind::Null,
            "signed" => ColumnKind::Signed,
            "unsigned" => ColumnKind::Unsigned,
            "float" => ColumnKind::Float,
            "double" => ColumnKind::Double,
            "decimal" => ColumnKind::Decimal,
            "text" => ColumnKind::Text,
            "bytes" => ColumnKind::Bytes,
            "date" => ColumnKind::Date,
            "time" => ColumnKind::Time,
            "datetime" => ColumnKind::Datetime,
            "raw" => ColumnKind::Raw,
            name => panic!("unknown kind {name}"),
        }
    }

    #[test]
    fn vectors_have_their_values() {
        let vectors: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../wit/vectors/values.json")).unwrap();
        for vector in vectors {
            let expected = vector["columns"].as_array().unwrap();
            let kinds = expected.iter().map(|column| kind(column["kind"].as_str().unwrap()));
            let columns = kinds.map(|kind| Column { kind, ..column("c", 253) }).collect();
            let rows = vector["rows"].as_u64().unwrap().try_into().unwrap();
            let batch = Batch::new(&columns, RowBatch { rows, data: bytes_of(&vector) }).unwrap();
            for (index, column) in expected.iter().enumerate() {
                assert_eq!(serde_json::json!(described(&batch, index)), column["values"], "{}", vector["name"]);
            }
        }
    }

    #[test]
    fn malformed_vectors_are_errors_with_the_rule() {
        let vectors: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../wit/vectors/malformed.json")).unwrap();
        for vector in vectors {
            let rows = vector["rows"].as_u64().unwrap().try_into().unwrap();
            let error = refused(&[column("c", 253)], rows, bytes_of(&vector));
            assert!(error.ends_with(vector["message"].as_str().unwrap()), "{}: {error}", vector["name"]);
        }
    }
}
