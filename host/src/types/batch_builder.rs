//! Collects rows into a batch, cell by cell.

use super::{
    Column, ColumnBatch, ColumnKind, ColumnValues, Date, DateTime, Error, ErrorKind, Result, RowBatch, Time, VarWidth,
};

/// Collects rows into a batch of bounded size.
#[derive(Debug)]
pub(crate) struct BatchBuilder {
    columns: Vec<Cells>,
    rows: u32,
    /// Near enough: fixed widths, and the bytes of texts.
    bytes: usize,
    /// Bytes of fixed width that each row adds.
    row_width: usize,
    max_rows: u32,
    max_bytes: usize,
}

/// The column a row's cell is pushed to. Exactly one push a row.
#[derive(Debug)]
pub(crate) struct Cells {
    validity: Option<Vec<u8>>,
    values: ColumnValues,
    len: usize,
}

impl BatchBuilder {
    /// An empty batch for these columns, full at `max_rows` rows or about `max_bytes` bytes, whichever is first. `likely` rows are
    /// made room for.
    pub(crate) fn new(columns: &[Column], max_rows: u32, max_bytes: usize, likely: u32) -> BatchBuilder {
        let likely = likely.min(max_rows) as usize;
        BatchBuilder {
            columns: columns.iter().map(|column| Cells::new(column.kind, likely)).collect(),
            rows: 0,
            bytes: 0,
            // Each cell costs something, also where it is always NULL.
            row_width: columns.iter().map(|column| column.kind.width().max(1)).sum::<usize>().max(1),
            max_rows,
            max_bytes,
        }
    }

    /// The columns, to push one row's cells to; `row_done` follows.
    pub(crate) fn cells(&mut self) -> &mut [Cells] {
        &mut self.columns
    }

    /// Counts a row, with the bytes of its texts.
    pub(crate) fn row_done(&mut self, bytes: usize) {
        self.rows += 1;
        self.bytes += self.row_width + bytes;
    }

    /// How many rows it has, and about how many bytes.
    pub(crate) fn size(&self) -> (u32, usize) {
        (self.rows, self.bytes)
    }

    /// Whether it is time to hand the batch over.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.max_rows || self.bytes >= self.max_bytes
    }

    /// The batch. Fails with `value-unsupported` where the server sent text that is not UTF-8, which guests are promised.
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
    fn new(kind: ColumnKind, likely: usize) -> Cells {
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

    /// Where the next value goes; call `pushed` after pushing it.
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
                format!("column '{name}' holds text that is not UTF-8; select it as bytes: CAST({name} AS BINARY)"),
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
    fn validity_is_absent_without_nulls_and_right_wherever_the_first_null_is() {
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
