//! Rows in columnar form: the layout of results, and of the parameters of `execute-many`.

use super::{Date, DateTime, Error, Result, Time, Value};

/// Values of varying length, stored back to back. Value `i` is `data[offsets[i]..offsets[i + 1]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VarWidth {
    pub(crate) offsets: Vec<u32>,
    pub(crate) data: Vec<u8>,
}

/// The values of one column, one entry per row.
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

/// One column of a batch. Bit `i` of `validity`, least significant bit first, is 1 if row `i` is
/// not NULL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ColumnBatch {
    pub(crate) validity: Option<Vec<u8>>,
    pub(crate) values: ColumnValues,
}

/// A batch of rows, stored column by column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowBatch {
    pub(crate) rows: u32,
    pub(crate) columns: Vec<ColumnBatch>,
}

impl VarWidth {
    /// Appends a value. Returns false if the column outgrows its 32-bit offsets.
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

    /// Returns the value at `row`, or `None` if the offsets don't describe such a value.
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

    /// Returns whether each value is UTF-8. Checking the whole data is not enough: a character
    /// could span two values.
    pub(super) fn is_utf8(&self) -> bool {
        match std::str::from_utf8(&self.data) {
            Ok(text) => text.is_ascii() || self.offsets.iter().all(|&at| text.is_char_boundary(at as usize)),
            Err(_) => false,
        }
    }
}

impl ColumnBatch {
    pub(super) fn is_null(&self, row: usize) -> bool {
        match &self.validity {
            None => matches!(self.values, ColumnValues::Null),
            Some(bits) => bits.get(row / 8).is_none_or(|byte| byte & (1 << (row % 8)) == 0),
        }
    }

    /// Returns whether the parameters in this column need a cast in the statement.
    pub(crate) fn needs_cast(&self) -> bool {
        matches!(self.values, ColumnValues::Decimal(_) | ColumnValues::Bytes(_) | ColumnValues::Date(_))
    }

    /// Returns whether the column has one value per row and its offsets are in order.
    pub(super) fn is_well_formed(&self, rows: usize) -> bool {
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
    /// Rejects a guest's batch if the lengths of its parts don't match.
    pub(crate) fn check(&self) -> Result<()> {
        for (index, column) in self.columns.iter().enumerate() {
            if !column.is_well_formed(self.rows as usize) {
                return Err(Error::argument(format!(
                    "column {index} of the batch is malformed: its values, offsets or validity bits don't match {} rows",
                    self.rows
                )));
            }
        }
        Ok(())
    }

    /// Returns the approximate bytes of one parameter in a packet, for limits. The batch must have
    /// passed `check`.
    pub(crate) fn size(&self, row: usize, column: usize) -> usize {
        let cells = &self.columns[column];
        if cells.is_null(row) {
            return 1;
        }
        match &cells.values {
            ColumnValues::Null => 1,
            ColumnValues::Decimal(var)
            | ColumnValues::Text(var)
            | ColumnValues::Bytes(var)
            | ColumnValues::Raw(var) => var.len(row) + 4,
            _ => 13,
        }
    }

    /// Returns `size`, or an error message if the parameter can't be sent. The batch must have
    /// passed `check`.
    pub(crate) fn inspect(&self, row: usize, column: usize) -> Result<usize, String> {
        let cells = &self.columns[column];
        let needs_no_check = match &cells.values {
            _ if cells.is_null(row) => true,
            ColumnValues::Bytes(_) => true,
            ColumnValues::Text(var) => var.text(row).is_some(),
            _ => false,
        };
        if needs_no_check {
            return Ok(self.size(row, column));
        }
        match self.value(row, column)?.defect() {
            Some(defect) => Err(defect),
            None => Ok(self.size(row, column)),
        }
    }

    /// Returns one parameter, or an error message if it is invalid. The batch must have passed
    /// `check`.
    pub(crate) fn value(&self, row: usize, column: usize) -> Result<Value, String> {
        let cells = &self.columns[column];
        if cells.is_null(row) {
            return Ok(Value::Null);
        }
        let text = |var: &VarWidth| var.text(row).map(str::to_owned).ok_or_else(|| "the text is not UTF-8".to_owned());
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
            ColumnValues::Raw(_) => return Err("a raw value can't be a parameter; send it as bytes or text".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_batch_is_rejected() {
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
            (ColumnBatch { validity: None, values: ColumnValues::Signed(vec![1]) }, false),
        ] {
            let batch = RowBatch { rows: 2, columns: vec![column] };
            assert_eq!(batch.check().is_ok(), good, "{batch:?}");
        }
    }

    #[test]
    fn utf8_is_checked_per_value() {
        let mut whole = VarWidth { offsets: vec![0], data: vec![] };
        assert!(whole.push("é".as_bytes()) && whole.push(b"a") && whole.is_utf8());
        let mut split = VarWidth { offsets: vec![0], data: vec![] };
        assert!(split.push(&[0xc3]) && split.push(&[0xa9]) && !split.is_utf8());
    }
}
