//! Builds batches of rows, cell by cell.

use wasmysql_batch::{Column as Cells, encode};

use super::{Column, Error, ErrorKind, Result, RowBatch};

/// Rows for which a first batch reserves memory. Most results are small.
const FIRST_ROWS: u32 = 16;
/// Bytes that a first batch reserves for each text.
const FIRST_TEXT_BYTES: usize = 8;

/// Builds a batch of bounded size.
#[derive(Debug)]
pub(crate) struct BatchBuilder {
    columns: Vec<Cells>,
    rows: u32,
    /// Approximate size: fixed-width values and the bytes of texts.
    bytes: usize,
    /// Bytes of the fixed-width values of one row.
    row_width: usize,
    max_rows: u32,
    max_bytes: usize,
}

/// The sizes of the last batch of a result, for which the next batch reserves memory.
#[derive(Debug, Clone)]
pub(crate) struct BatchSizes {
    rows: u32,
    /// For each column the bytes of its texts; empty before the first batch.
    texts: Box<[usize]>,
}

impl BatchSizes {
    /// The sizes for a first batch.
    pub(crate) fn first() -> Self {
        Self { rows: FIRST_ROWS, texts: Box::default() }
    }
}

impl BatchBuilder {
    /// Creates an empty batch for these columns. It is full at `max_rows` rows or about `max_bytes`
    /// bytes, whichever comes first. It reserves memory for a batch of the `likely` sizes.
    pub(crate) fn new(columns: &[Column], max_rows: u32, max_bytes: usize, likely: &BatchSizes) -> Self {
        let rows = likely.rows.min(max_rows) as usize;
        let cells = |(index, column): (usize, &Column)| {
            let bytes = match likely.texts.get(index) {
                Some(bytes) if likely.rows <= max_rows => (*bytes).min(max_bytes),
                _ => rows * FIRST_TEXT_BYTES,
            };
            Cells::with_capacity(column.kind, rows, bytes)
        };
        BatchBuilder {
            columns: columns.iter().enumerate().map(cells).collect(),
            rows: 0,
            bytes: 0,
            // A cell counts at least one byte, even if its column is always NULL.
            row_width: columns.iter().map(|column| column.kind.width().max(1)).sum::<usize>().max(1),
            max_rows,
            max_bytes,
        }
    }

    /// Returns the columns, to push the cells of one row. Call `row_done` afterwards.
    pub(crate) fn cells(&mut self) -> &mut [Cells] {
        &mut self.columns
    }

    /// Counts a row. `bytes` is the size of its texts.
    pub(crate) fn row_done(&mut self, bytes: usize) {
        self.rows += 1;
        self.bytes += self.row_width + bytes;
    }

    /// Returns the number of rows and the approximate number of bytes.
    pub(crate) fn size(&self) -> (u32, usize) {
        (self.rows, self.bytes)
    }

    /// Returns the sizes, for the next batch.
    pub(crate) fn sizes(&self) -> BatchSizes {
        BatchSizes { rows: self.rows, texts: self.columns.iter().map(|cells| cells.data().len()).collect() }
    }

    /// Returns whether the batch has reached one of its limits.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.max_rows || self.bytes >= self.max_bytes
    }

    /// Returns the batch. Fails with `value-unsupported` if the server sent text that is not UTF-8,
    /// because the contract guarantees UTF-8 to guests.
    pub(crate) fn finish(self, columns: &[Column]) -> Result<RowBatch> {
        if let Some((_, column)) = self.columns.iter().zip(columns).find(|(cells, _)| !cells.is_utf8()) {
            return Err(not_utf8(&column.name));
        }
        let data = encode(self.rows, &self.columns).map_err(|_| {
            Error::new(
                ErrorKind::ValueUnsupported,
                "a batch of the result has 4 GiB or more; select fewer or shorter columns",
            )
        })?;
        Ok(RowBatch { rows: self.rows, data })
    }
}

fn not_utf8(name: &str) -> Error {
    Error::new(
        ErrorKind::ValueUnsupported,
        format!("column '{name}' contains text that is not UTF-8; select it as bytes: CAST({name} AS BINARY)"),
    )
}
