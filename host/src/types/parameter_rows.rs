//! The rows of parameters of `execute-many`, read from the buffer of the guest.

use wasmysql_batch::{Batch, Cell, ColumnView, Kind, Malformed, column_count};

use super::{Error, Result, RowBatch, Value, decimal};

/// Rows of parameters. Their buffer is well formed; `inspect` checks the values.
#[derive(Debug)]
pub(crate) struct ParameterRows(Batch);

impl ParameterRows {
    /// Returns the number of columns that a guest's batch declares, without reading further.
    pub(crate) fn columns_of(batch: &RowBatch) -> Result<usize> {
        column_count(&batch.data).map(|columns| columns as usize).map_err(|error| malformed(&error))
    }

    /// Checks the layout of a guest's batch.
    ///
    /// # Errors
    ///
    /// Fails with `argument` if the buffer violates the layout.
    pub(crate) fn new(batch: RowBatch) -> Result<Self> {
        Batch::new(batch.rows, batch.data).map(Self).map_err(|error| malformed(&error))
    }

    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.0.rows()
    }

    /// Returns the number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.0.column_count()
    }

    /// Returns the bytes of the buffer, without those that its header, its directory and the
    /// alignment of its buffers need.
    pub(crate) fn buffer_bytes(&self) -> usize {
        const BYTES_OF_A_COLUMN: usize = 24 + 3 * 8;
        self.0.data().len().saturating_sub(8 + BYTES_OF_A_COLUMN * self.columns())
    }

    /// Returns the position of the first column of a type that can't be sent.
    pub(crate) fn raw_column(&self) -> Option<usize> {
        self.0.columns().position(|column| column.kind() == Kind::Raw)
    }

    /// Returns the number of columns whose parameters need a cast in the statement.
    pub(crate) fn casts(&self) -> usize {
        let needs_cast = |column: &ColumnView<'_>| matches!(column.kind(), Kind::Decimal | Kind::Bytes | Kind::Date);
        self.0.columns().filter(needs_cast).count()
    }

    /// Returns the approximate bytes of a row's parameters in a packet, for limits.
    pub(crate) fn row_size(&self, row: usize) -> usize {
        self.0.columns().map(|column| size(&column, row)).sum()
    }

    /// Returns the maximum bytes of a row in the packet of a bulk command.
    pub(crate) fn bulk_row_size(&self, row: usize) -> usize {
        // The byte for NULL, and up to 9 bytes for the length of a text. The longest other value is
        // a TIME with 13 bytes; a DATE is sent as text.
        let size = |column: ColumnView<'_>| match column.bytes(row) {
            _ if column.is_null(row) => 1,
            Some(bytes) => 1 + 9 + bytes.len(),
            None => 1 + 13,
        };
        self.0.columns().map(size).sum()
    }

    /// Returns the kinds of the columns.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.columns().map(|column| column.kind())
    }

    /// Returns the digits after the point of a decimal, or `None` for NULL and other types.
    pub(crate) fn scale(&self, column: usize, row: usize) -> Option<u8> {
        match self.0.column(column)?.cell(row)? {
            Cell::Decimal(text) => Some(decimal::scale(text).unwrap_or(0)),
            _ => None,
        }
    }

    /// Calls `each` with the position of each parameter and its approximate bytes in a packet, or
    /// with an error message if the parameter can't be sent.
    pub(crate) fn inspect(
        &self,
        mut each: impl FnMut(usize, usize, Result<usize, String>) -> Result<()>,
    ) -> Result<()> {
        for (index, column) in self.0.columns().enumerate() {
            for row in 0..self.rows() {
                // The layout includes valid UTF-8, and any integer and any bytes can be sent.
                let defect = match column.kind() {
                    Kind::Signed | Kind::Unsigned | Kind::Text | Kind::Bytes | Kind::Null => None,
                    _ => value(&column, row).defect(),
                };
                each(row, index, defect.map_or_else(|| Ok(size(&column, row)), Err))?;
            }
        }
        Ok(())
    }

    /// Appends the parameters of a row.
    pub(crate) fn append_row(&self, row: usize, params: &mut Vec<Value>) {
        params.extend(self.0.columns().map(|column| value(&column, row)));
    }
}

fn malformed(error: &Malformed) -> Error {
    Error::argument(format!("the batch of parameters is malformed: {error} (columns and rows count from 0)"))
}

fn size(column: &ColumnView<'_>, row: usize) -> usize {
    if column.is_null(row) {
        return 1;
    }
    match column.bytes(row) {
        Some(bytes) => bytes.len() + 4,
        None => 13,
    }
}

/// Returns a parameter. `Allowance::check_rows` has refused `raw` columns.
fn value(column: &ColumnView<'_>, row: usize) -> Value {
    match column.cell(row) {
        None | Some(Cell::Null | Cell::Raw(_)) => Value::Null,
        Some(Cell::Signed(number)) => Value::Signed(number),
        Some(Cell::Unsigned(number)) => Value::Unsigned(number),
        Some(Cell::Float(number)) => Value::Float(number),
        Some(Cell::Double(number)) => Value::Double(number),
        Some(Cell::Decimal(text)) => Value::Decimal(text.to_owned()),
        Some(Cell::Text(text)) => Value::Text(text.to_owned()),
        Some(Cell::Bytes(bytes)) => Value::Bytes(bytes.to_owned()),
        Some(Cell::Date(date)) => Value::Date(date),
        Some(Cell::Time(time)) => Value::Time(time),
        Some(Cell::DateTime(at)) => Value::DateTime(at),
    }
}
