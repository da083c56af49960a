//! Builds batches of rows, cell by cell.

use super::{
    Column, ColumnBatch, ColumnKind, ColumnValues, Date, DateTime, Error, ErrorKind, Result, RowBatch, Time, VarWidth,
};

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

/// The cells of one column. Each row pushes exactly one cell.
#[derive(Debug)]
pub(crate) struct Cells {
    validity: Option<Vec<u8>>,
    values: ColumnValues,
    len: usize,
}

impl BatchBuilder {
    /// Creates an empty batch for these columns. It is full at `max_rows` rows or about `max_bytes`
    /// bytes, whichever comes first. It reserves room for `likely` rows.
    pub(crate) fn new(columns: &[Column], max_rows: u32, max_bytes: usize, likely: u32) -> Self {
        let likely = likely.min(max_rows) as usize;
        BatchBuilder {
            columns: columns.iter().map(|column| Cells::new(column.kind, likely)).collect(),
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

    /// Returns whether the batch has reached one of its limits.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.max_rows || self.bytes >= self.max_bytes
    }

    /// Returns the batch. Fails with `value-unsupported` if the server sent text that is not UTF-8,
    /// because the contract guarantees UTF-8 to guests.
    pub(crate) fn finish(self, columns: &[Column]) -> Result<RowBatch> {
        let rows = self.rows;
        let columns = self
            .columns
            .into_iter()
            .zip(columns)
            .map(|(cells, column)| cells.finish(&column.name))
            .collect::<Result<Vec<_>>>()?;
        Ok(RowBatch { rows, columns })
    }
}

impl Cells {
    fn new(kind: ColumnKind, likely: usize) -> Self {
        let var = || {
            let mut offsets = Vec::with_capacity(likely + 1);
            offsets.push(0);
            VarWidth { offsets, data: Vec::with_capacity(likely * 8) }
        };
        let values = match kind {
            ColumnKind::Null => ColumnValues::Null,
            ColumnKind::Signed => ColumnValues::Signed(Vec::with_capacity(likely)),
            ColumnKind::Unsigned => ColumnValues::Unsigned(Vec::with_capacity(likely)),
            ColumnKind::Float => ColumnValues::Float(Vec::with_capacity(likely)),
            ColumnKind::Double => ColumnValues::Double(Vec::with_capacity(likely)),
            ColumnKind::Date => ColumnValues::Date(Vec::with_capacity(likely)),
            ColumnKind::Time => ColumnValues::Time(Vec::with_capacity(likely)),
            ColumnKind::DateTime => ColumnValues::DateTime(Vec::with_capacity(likely)),
            ColumnKind::Decimal => ColumnValues::Decimal(var()),
            ColumnKind::Text => ColumnValues::Text(var()),
            ColumnKind::Bytes => ColumnValues::Bytes(var()),
            ColumnKind::Raw => ColumnValues::Raw(var()),
        };
        Cells { validity: None, values, len: 0 }
    }

    /// Returns the values, to push the next value. Call `pushed` afterwards.
    pub(crate) fn values(&mut self) -> &mut ColumnValues {
        &mut self.values
    }

    /// Counts a value that is not NULL.
    pub(crate) fn pushed(&mut self) {
        if let Some(bits) = &mut self.validity {
            if self.len.is_multiple_of(8) {
                bits.push(0);
            }
            bits[self.len / 8] |= 1 << (self.len % 8);
        }
        self.len += 1;
    }

    pub(crate) fn push_null(&mut self) {
        match &mut self.values {
            ColumnValues::Null => {}
            ColumnValues::Signed(values) => values.push(0),
            ColumnValues::Unsigned(values) => values.push(0),
            ColumnValues::Float(values) => values.push(0.0),
            ColumnValues::Double(values) => values.push(0.0),
            ColumnValues::Decimal(values)
            | ColumnValues::Text(values)
            | ColumnValues::Bytes(values)
            | ColumnValues::Raw(values) => {
                let end = values.offsets.last().copied().unwrap_or(0);
                values.offsets.push(end);
            }
            ColumnValues::Date(values) => values.push(Date { year: 0, month: 0, day: 0 }),
            ColumnValues::Time(values) => {
                values.push(Time { negative: false, hours: 0, minutes: 0, seconds: 0, microseconds: 0 });
            }
            ColumnValues::DateTime(values) => {
                values.push(DateTime { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, microsecond: 0 })
            }
        }
        let len = self.len;
        let bits = self.validity.get_or_insert_with(|| {
            let mut bits = vec![0xff; len.div_ceil(8)];
            if let (Some(last), used @ 1..) = (bits.last_mut(), len % 8) {
                *last = (1 << used) - 1;
            }
            bits
        });
        if len.is_multiple_of(8) {
            bits.push(0);
        }
        self.len += 1;
    }

    fn finish(self, name: &str) -> Result<ColumnBatch> {
        if let ColumnValues::Text(var) | ColumnValues::Decimal(var) = &self.values
            && !var.is_utf8()
        {
            return Err(Error::new(
                ErrorKind::ValueUnsupported,
                format!("column '{name}' contains text that is not UTF-8; select it as bytes: CAST({name} AS BINARY)"),
            ));
        }
        Ok(ColumnBatch { validity: self.validity, values: self.values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(values: &[Option<i64>]) -> ColumnBatch {
        let mut cells = Cells::new(ColumnKind::Signed, 0);
        for value in values {
            match (value, cells.values()) {
                (Some(value), ColumnValues::Signed(values)) => {
                    values.push(*value);
                    cells.pushed();
                }
                _ => cells.push_null(),
            }
        }
        cells.finish("a").unwrap()
    }

    #[test]
    fn validity_bits_start_at_the_first_null() {
        assert_eq!(signed(&[Some(1); 9]).validity, None);
        for first_null in 0..20 {
            let values: Vec<_> = (0..20).map(|row| (row != first_null).then_some(row)).collect();
            let column = signed(&values);
            for row in 0..20 {
                assert_eq!(column.is_null(row), row as i64 == first_null, "null at {first_null}, row {row}");
            }
            assert!(column.is_well_formed(20));
        }
    }
}
