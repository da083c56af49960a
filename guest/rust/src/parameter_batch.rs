//! Rows of parameters, gathered column by column for `execute_many`.

use crate::bindings::types::RowBatch;
use crate::error::{Error, Result};
use crate::names::{Order, nameless};
use crate::parameter_column::ParameterColumn;
use crate::params::Params;
use crate::value::Value;

/// Bytes of values that go to the host in one call: enough that the call costs nothing beside them, and far below what
/// servers take in a packet.
const MAX_BYTES: usize = 1 << 20;

/// Rows that go to the host in one call.
const MAX_ROWS: u32 = 10_000;

/// Rows of parameters on their way to the host.
#[derive(Debug, Default)]
pub(crate) struct ParameterBatch {
    columns: Vec<ParameterColumn>,
    /// Rows held now.
    rows: u32,
    /// Bytes held now.
    bytes: usize,
    /// Rows that were taken before.
    taken: u64,
    /// The row at hand, kept for its memory.
    row: Vec<Value>,
    /// What the statement's placeholders are called, where rows may have names.
    placeholders: Option<Vec<String>>,
    /// The names that the last row had, and what follows from them.
    order: Option<(Vec<String>, Order)>,
}

impl ParameterBatch {
    /// For rows whose parameters have names too: those of the placeholders.
    pub(crate) fn named(placeholders: Vec<String>) -> Self {
        Self { placeholders: Some(placeholders), ..Self::default() }
    }

    /// Adds a row. If there was no room for it, gives the rows that were held before.
    ///
    /// Errors: `Argument`, naming row and column, when the row is of another length than those before it, when a value does
    /// not go with those above it, or when its names are not those of the placeholders.
    pub(crate) fn push(&mut self, params: impl Params) -> Result<Option<RowBatch>> {
        let at = self.taken + u64::from(self.rows);
        self.row.clear();
        match params.names() {
            None => params.append_to(&mut self.row),
            Some(names) => {
                Self::follow(&mut self.order, self.placeholders.as_deref(), &names)
                    .map_err(|error| error.with(format_args!(" (row {at}, counted from 0)")))?;
                let mut named = Vec::with_capacity(names.len());
                params.append_to(&mut named);
                if let Some((_, order)) = &self.order {
                    order.arrange(named, &mut self.row);
                }
            }
        }
        if at == 0 {
            self.columns.resize_with(self.row.len(), ParameterColumn::default);
        }
        if self.row.len() != self.columns.len() {
            let (found, expected) = (self.row.len(), self.columns.len());
            return Err(Error::argument(format!(
                "row {at} (counted from 0) has {found} values, the first has {expected}"
            )));
        }
        let bytes = self.row.iter().map(size).sum::<usize>();
        let full = self.rows == MAX_ROWS || self.bytes + bytes > MAX_BYTES;
        let before = if full { self.take() } else { None };
        for (position, (column, value)) in self.columns.iter_mut().zip(self.row.drain(..)).enumerate() {
            column.push(value).map_err(|mismatch| {
                Error::argument(format!("row {at}, column {position} (both counted from 0): {mismatch}"))
            })?;
        }
        self.rows += 1;
        self.bytes += bytes;
        Ok(before)
    }

    /// Makes the order that of these names, unless it is already.
    fn follow(order: &mut Option<(Vec<String>, Order)>, placeholders: Option<&[String]>, names: &[&str]) -> Result<()> {
        if order.as_ref().is_some_and(|(known, _)| known == names) {
            return Ok(());
        }
        let Some(placeholders) = placeholders else { return Err(nameless()) };
        let names_owned = names.iter().map(|name| (*name).to_owned()).collect();
        *order = Some((names_owned, Order::of(placeholders, names)?));
        Ok(())
    }

    /// The rows that are held, if there are any.
    pub(crate) fn take(&mut self) -> Option<RowBatch> {
        if self.rows == 0 {
            return None;
        }
        let columns = self.columns.iter_mut().map(ParameterColumn::take).collect();
        let rows = std::mem::take(&mut self.rows);
        self.taken += u64::from(rows);
        self.bytes = 0;
        Some(RowBatch { rows, columns })
    }

    /// How many rows were taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }
}

/// About what a value takes in a batch.
fn size(value: &Value) -> usize {
    match value {
        Value::Decimal(text) | Value::Text(text) => text.len() + size_of::<u32>(),
        Value::Bytes(bytes) => bytes.len() + size_of::<u32>(),
        _ => size_of::<u64>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::types::ColumnValues;

    #[test]
    fn rows_become_columns() {
        let mut batch = ParameterBatch::default();
        assert!(batch.push((1, "a")).unwrap().is_none());
        assert!(batch.push((2, "bc")).unwrap().is_none());
        let taken = batch.take().unwrap();
        assert_eq!((taken.rows, taken.columns.len(), batch.taken()), (2, 2, 2));
        assert!(matches!(&taken.columns[0].values, ColumnValues::Signed(values) if values == &[1, 2]));
        assert!(matches!(&taken.columns[1].values, ColumnValues::Text(text) if text.data == b"abc"));
        assert!(batch.take().is_none());
    }

    #[test]
    fn a_full_batch_is_given_before_the_row_that_has_no_room() {
        let mut batch = ParameterBatch::default();
        let given: Vec<_> = (0..25_000).filter_map(|row| batch.push((row,)).unwrap()).map(|batch| batch.rows).collect();
        assert_eq!(given, [10_000, 10_000]);
        assert_eq!(batch.take().unwrap().rows, 5_000);

        let mut batch = ParameterBatch::default();
        let half = "x".repeat(MAX_BYTES / 2);
        assert!(batch.push([half.as_str()]).unwrap().is_none());
        assert_eq!(batch.push([half.as_str()]).unwrap().unwrap().rows, 1);
    }

    #[test]
    fn a_misfit_is_named_by_row_and_column_through_all_batches() {
        let mut batch = ParameterBatch::default();
        for row in 0..10_001 {
            batch.push((row, "x")).unwrap();
        }
        let error = batch.push((1, 2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 10001, column 1 (both counted from 0): an integer can't go into a column of text"
        );
    }

    #[test]
    fn rows_with_names_are_put_in_order() {
        let mut batch = ParameterBatch::named(["name", "id"].map(str::to_owned).to_vec());
        batch.push(crate::named! { id: 1, name: "a" }).unwrap();
        batch.push(crate::named! { name: "b", more: 0, id: 2 }).unwrap();
        batch.push(("c", 3)).unwrap();
        let error = batch.push(crate::named! { id: 4 }).unwrap_err();
        assert_eq!(error.to_string(), "the statement has ':name', and its parameters are 'id' (row 3, counted from 0)");
        let taken = batch.take().unwrap();
        assert!(matches!(&taken.columns[0].values, ColumnValues::Text(text) if text.data == b"abc"));
        assert!(matches!(&taken.columns[1].values, ColumnValues::Signed(values) if values == &[1, 2, 3]));
        let error = ParameterBatch::default().push(crate::named! { id: 4 }).unwrap_err();
        assert!(error.to_string().starts_with("the parameters have names, and the statement has '?'"), "{error}");
    }

    #[test]
    fn rows_are_of_one_length() {
        let mut batch = ParameterBatch::default();
        batch.push(vec![1, 2]).unwrap();
        let error = batch.push(vec![1]).unwrap_err();
        assert_eq!(error.to_string(), "row 1 (counted from 0) has 1 values, the first has 2");
    }
}
