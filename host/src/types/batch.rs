//! Rows as columns: what results are built into, and what `execute-many` takes its parameters from.

use super::{Column, ColumnKind, Date, DateTime, Error, ErrorKind, Result, Time, Value};

/// Values of varying length laid end to end; value `i` is `data[offsets[i]..offsets[i + 1]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VarWidth {
    pub(crate) offsets: Vec<u32>,
    pub(crate) data: Vec<u8>,
}

/// The values of one column, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ColumnValues {
    Null,
    Signed(Vec<i64>),
    Unsigned(Vec<u64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Decimal(VarWidth),
    Text(VarWidth),
    Bytes(VarWidth),
    Date(Vec<Date>),
    Time(Vec<Time>),
    DateTime(Vec<DateTime>),
    Raw(VarWidth),
}

/// One column of a batch. Bit `i` of `validity`, least significant first, is 1 where row `i` is not NULL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ColumnBatch {
    pub(crate) validity: Option<Vec<u8>>,
    pub(crate) values: ColumnValues,
}

/// Some rows, column by column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowBatch {
    pub(crate) rows: u32,
    pub(crate) columns: Vec<ColumnBatch>,
}

/// Collects rows into a batch of bounded size.
#[derive(Debug)]
pub(crate) struct BatchBuilder {
    columns: Vec<Cells>,
    rows: u32,
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
    /// An empty batch for these columns, full at `max_rows` rows or about `max_bytes` bytes, whichever is first.
    pub(crate) fn new(columns: &[Column], max_rows: u32, max_bytes: usize) -> BatchBuilder {
        let row_width = columns.iter().map(|column| column.kind.width()).sum::<usize>().max(1);
        let likely = (max_bytes / row_width.max(8)).min(max_rows as usize).min(64);
        BatchBuilder {
            columns: columns.iter().map(|column| Cells::new(column.kind, likely)).collect(),
            rows: 0,
            row_width,
            max_rows,
            max_bytes,
        }
    }

    /// The columns, to push one row's cells to; `row_done` follows.
    pub(crate) fn cells(&mut self) -> &mut [Cells] {
        &mut self.columns
    }

    pub(crate) fn row_done(&mut self) {
        self.rows += 1;
    }

    /// Whether it is time to hand the batch over.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.max_rows || self.bytes() >= self.max_bytes
    }

    fn bytes(&self) -> usize {
        self.rows as usize * self.row_width + self.columns.iter().map(Cells::var_bytes).sum::<usize>()
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

    fn var_bytes(&self) -> usize {
        match &self.values {
            ColumnValues::Decimal(var)
            | ColumnValues::Text(var)
            | ColumnValues::Bytes(var)
            | ColumnValues::Raw(var) => var.data.len(),
            _ => 0,
        }
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

impl VarWidth {
    /// Appends a value; false when the column would grow past what its offsets can hold.
    #[must_use]
    pub(crate) fn push(&mut self, value: &[u8]) -> bool {
        self.data.extend_from_slice(value);
        match u32::try_from(self.data.len()) {
            Ok(end) => {
                self.offsets.push(end);
                true
            }
            Err(_) => false,
        }
    }

    /// The value at `row`; `None` where the offsets do not hold it.
    fn get(&self, row: usize) -> Option<&[u8]> {
        let (start, end) = (*self.offsets.get(row)?, *self.offsets.get(row + 1)?);
        self.data.get(start as usize..end as usize)
    }

    fn len(&self, row: usize) -> usize {
        self.get(row).map_or(0, <[u8]>::len)
    }

    fn text(&self, row: usize) -> Option<&str> {
        std::str::from_utf8(self.get(row)?).ok()
    }

    /// Whether all of it, and each value by itself, is UTF-8.
    fn is_utf8(&self) -> bool {
        match std::str::from_utf8(&self.data) {
            Ok(text) => text.is_ascii() || self.offsets.iter().all(|&at| text.is_char_boundary(at as usize)),
            Err(_) => false,
        }
    }
}

impl ColumnBatch {
    fn is_null(&self, row: usize) -> bool {
        match &self.validity {
            None => matches!(self.values, ColumnValues::Null),
            Some(bits) => bits.get(row / 8).is_none_or(|byte| byte & (1 << (row % 8)) == 0),
        }
    }

    /// Whether it has as many values as the batch has rows, and its offsets are in order.
    fn is_well_formed(&self, rows: usize) -> bool {
        let values = match &self.values {
            ColumnValues::Null => true,
            ColumnValues::Signed(values) => values.len() == rows,
            ColumnValues::Unsigned(values) => values.len() == rows,
            ColumnValues::Float(values) => values.len() == rows,
            ColumnValues::Double(values) => values.len() == rows,
            ColumnValues::Date(values) => values.len() == rows,
            ColumnValues::Time(values) => values.len() == rows,
            ColumnValues::DateTime(values) => values.len() == rows,
            ColumnValues::Decimal(var)
            | ColumnValues::Text(var)
            | ColumnValues::Bytes(var)
            | ColumnValues::Raw(var) => {
                var.offsets.len() == rows + 1
                    && var.offsets.first() == Some(&0)
                    && var.offsets.is_sorted()
                    && var.offsets.last().is_some_and(|&end| end as usize == var.data.len())
            }
        };
        values && self.validity.as_ref().is_none_or(|bits| bits.len() == rows.div_ceil(8))
    }
}

impl RowBatch {
    /// Refuses a batch from a guest whose parts do not fit together.
    pub(crate) fn check(&self) -> Result<()> {
        for (index, column) in self.columns.iter().enumerate() {
            if !column.is_well_formed(self.rows as usize) {
                return Err(Error::argument(format!(
                    "column {index} of the batch is malformed: its values, offsets or validity bits do not fit {} rows",
                    self.rows
                )));
            }
        }
        Ok(())
    }

    /// Bytes that the parameter at `row` and `column` takes in a packet, near enough for limits, or what of it can't be sent. The
    /// batch must have passed `check`.
    pub(crate) fn inspect(&self, row: usize, column: usize) -> Result<usize, String> {
        let cells = &self.columns[column];
        if cells.is_null(row) {
            return Ok(1);
        }
        match &cells.values {
            // These need no check of their own, so no copy for it.
            ColumnValues::Bytes(var) => Ok(var.len(row) + 4),
            ColumnValues::Text(var) if var.text(row).is_some() => Ok(var.len(row) + 4),
            _ => {
                let value = self.value(row, column)?;
                match value.defect() {
                    Some(defect) => Err(defect),
                    None => Ok(value.size()),
                }
            }
        }
    }

    /// The parameter at `row` and `column`, or what is wrong with it. The batch must have passed `check`.
    pub(crate) fn value(&self, row: usize, column: usize) -> Result<Value, String> {
        let cells = &self.columns[column];
        if cells.is_null(row) {
            return Ok(Value::Null);
        }
        let text =
            |var: &VarWidth| var.text(row).map(str::to_owned).ok_or_else(|| "it is text but not UTF-8".to_owned());
        Ok(match &cells.values {
            ColumnValues::Null => Value::Null,
            ColumnValues::Signed(values) => Value::Signed(values[row]),
            ColumnValues::Unsigned(values) => Value::Unsigned(values[row]),
            ColumnValues::Float(values) => Value::Float(values[row]),
            ColumnValues::Double(values) => Value::Double(values[row]),
            ColumnValues::Date(values) => Value::Date(values[row]),
            ColumnValues::Time(values) => Value::Time(values[row]),
            ColumnValues::DateTime(values) => Value::DateTime(values[row]),
            ColumnValues::Decimal(var) => Value::Decimal(text(var)?),
            ColumnValues::Text(var) => Value::Text(text(var)?),
            ColumnValues::Bytes(var) => Value::Bytes(var.get(row).unwrap_or_default().to_vec()),
            ColumnValues::Raw(_) => return Err("a raw value can't be a parameter".to_owned()),
        })
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

    #[test]
    fn a_malformed_batch_is_refused() {
        let text = |offsets: &[u32], data: &[u8]| ColumnBatch {
            validity: None,
            values: ColumnValues::Text(VarWidth { offsets: offsets.to_vec(), data: data.to_vec() }),
        };
        for (column, good) in [
            (text(&[0, 1, 2], b"ab"), true),
            (text(&[0, 1], b"ab"), false),
            (text(&[0, 2, 1], b"ab"), false),
            (text(&[0, 1, 9], b"ab"), false),
            (text(&[1, 1, 2], b"ab"), false),
            (ColumnBatch { validity: Some(vec![]), values: ColumnValues::Null }, false),
            (signed(&[Some(1)]), false),
        ] {
            let batch = RowBatch { rows: 2, columns: vec![column] };
            assert_eq!(batch.check().is_ok(), good, "{batch:?}");
        }
    }

    #[test]
    fn text_is_utf8_as_a_whole_and_value_by_value() {
        let mut whole = VarWidth { offsets: vec![0], data: vec![] };
        assert!(whole.push("é".as_bytes()) && whole.push(b"a") && whole.is_utf8());
        let mut split = VarWidth { offsets: vec![0], data: vec![] };
        assert!(split.push(&[0xc3]) && split.push(&[0xa9]) && !split.is_utf8());
    }
}
