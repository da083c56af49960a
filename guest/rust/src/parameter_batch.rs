//! Rows of parameters, collected by column for `execute_many`.

use wasmysql_batch::{TooLarge, encode};

use crate::bindings::types::RowBatch;
use crate::error::{Error, Result};
use crate::names::{Order, unnamed_placeholders};
use crate::parameter::Parameters;
use crate::parameter_column::ParameterColumn;
use crate::params::Params;
use crate::value::Value;

/// The maximum number of bytes per call. It makes the overhead of the call negligible, and is far
/// below the maximum packet of servers.
const MAX_BYTES: usize = 1 << 20;

/// The maximum number of rows per call.
const MAX_ROWS: u32 = 10_000;

/// A batch of rows of parameters for the host.
#[derive(Debug, Default)]
pub(crate) struct ParameterBatch {
    columns: Vec<ParameterColumn>,
    /// The number of rows in the batch.
    rows: u32,
    /// The number of bytes in the batch.
    bytes: usize,
    /// The number of rows in earlier batches.
    taken: u64,
    /// The current row. The buffer is reused.
    row: Vec<Value>,
    /// The names of the statement's placeholders; `None` if rows must not have names.
    placeholders: Option<Vec<String>>,
    /// The names of the last row, and the order that follows from them.
    order: Option<(Vec<String>, Order)>,
}

impl ParameterBatch {
    /// Creates a batch that also accepts named parameters, with the names of the placeholders.
    pub(crate) fn named(placeholders: Vec<String>) -> Self {
        Self { placeholders: Some(placeholders), ..Self::default() }
    }

    /// Adds a row. If the batch is full, first takes out the previous rows and returns them.
    ///
    /// # Errors
    ///
    /// `Argument`, with row and column, in these cases: the row has another length than earlier
    /// rows, a value does not match its column, or its names do not match the placeholders.
    pub(crate) fn push(&mut self, params: impl Params) -> Result<Option<RowBatch>> {
        let at = self.taken + u64::from(self.rows);
        self.row.clear();
        let mut row = Parameters::after(std::mem::take(&mut self.row));
        match params.names() {
            None => params.append_to(&mut row),
            Some(names) => {
                Self::update_order(&mut self.order, self.placeholders.as_deref(), &names)
                    .map_err(|error| error.with(format_args!(" (row {at}, counted from 0)")))?;
                let mut named = Parameters::default();
                params.append_to(&mut named);
                if let Some((_, order)) = &self.order {
                    order.arrange(named, &mut row);
                }
            }
        }
        self.row = row.into_values().map_err(|error| error.with(format_args!(" (row {at}, counted from 0)")))?;
        if at == 0 {
            self.columns.resize_with(self.row.len(), ParameterColumn::default);
        }
        if self.row.len() != self.columns.len() {
            let (found, expected) = (self.row.len(), self.columns.len());
            return Err(Error::argument(format!(
                "row {at} (counted from 0) has {found} values, but row 0 has {expected}"
            )));
        }
        let bytes = self.row.iter().map(size).sum::<usize>();
        let full = self.rows == MAX_ROWS || self.bytes + bytes > MAX_BYTES;
        let before = if full { self.take()? } else { None };
        for (position, (column, value)) in self.columns.iter_mut().zip(self.row.drain(..)).enumerate() {
            column.push(value).map_err(|mismatch| {
                Error::argument(format!("row {at}, column {position} (both counted from 0): {mismatch}"))
            })?;
        }
        self.rows += 1;
        self.bytes += bytes;
        Ok(before)
    }

    /// Updates the order if the names differ from the names of the last row.
    fn update_order(
        order: &mut Option<(Vec<String>, Order)>,
        placeholders: Option<&[String]>,
        names: &[&str],
    ) -> Result<()> {
        if order.as_ref().is_some_and(|(known, _)| known == names) {
            return Ok(());
        }
        let Some(placeholders) = placeholders else { return Err(unnamed_placeholders()) };
        let names_owned = names.iter().map(|name| (*name).to_owned()).collect();
        *order = Some((names_owned, Order::of(placeholders, names)?));
        Ok(())
    }

    /// Takes out the rows, if there are any.
    ///
    /// # Errors
    ///
    /// `Argument` if the rows have 4 GiB or more.
    pub(crate) fn take(&mut self) -> Result<Option<RowBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let rows = std::mem::take(&mut self.rows);
        self.taken += u64::from(rows);
        self.bytes = 0;
        let columns = self.columns.iter_mut().map(ParameterColumn::take).collect::<Option<Vec<_>>>();
        let data = columns.ok_or(TooLarge).and_then(|columns| encode(rows, &columns));
        let data = data.map_err(|error| Error::argument(error.to_string()))?;
        Ok(Some(RowBatch { rows, data }))
    }

    /// Returns the number of rows taken out so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }
}

/// Returns the approximate size of a value in a batch, in bytes.
fn size(value: &Value) -> usize {
    match value {
        Value::Decimal(text) | Value::Text(text) => text.len() + size_of::<u32>(),
        Value::Bytes(bytes) => bytes.len() + size_of::<u32>(),
        _ => size_of::<u64>(),
    }
}

#[cfg(test)]
mod tests {
    use wasmysql_batch::{Batch, ColumnView};

    use super::*;

    /// Returns the cells of a batch, column by column.
    fn cells(RowBatch { rows, data }: RowBatch) -> Vec<String> {
        let batch = Batch::new(rows, data).unwrap();
        let cells =
            |column: ColumnView<'_>| (0..column.rows()).map(|row| format!("{:?}", column.cell(row).unwrap())).collect();
        batch.columns().map(cells).map(|cells: Vec<_>| cells.join(" ")).collect()
    }

    #[test]
    fn rows_are_stored_by_column() {
        let mut batch = ParameterBatch::default();
        assert!(batch.push((1, "a")).unwrap().is_none());
        assert!(batch.push((2, "bc")).unwrap().is_none());
        let taken = batch.take().unwrap().unwrap();
        assert_eq!((taken.rows, batch.taken()), (2, 2));
        assert_eq!(cells(taken), ["Signed(1) Signed(2)", "Text(\"a\") Text(\"bc\")"]);
        assert!(batch.take().unwrap().is_none());
    }

    #[test]
    fn full_batch_is_returned_before_the_next_row() {
        let mut batch = ParameterBatch::default();
        let full: Vec<_> = (0..25_000).filter_map(|row| batch.push((row,)).unwrap()).map(|batch| batch.rows).collect();
        assert_eq!(full, [10_000, 10_000]);
        assert_eq!(batch.take().unwrap().unwrap().rows, 5_000);

        let mut batch = ParameterBatch::default();
        let half = "x".repeat(MAX_BYTES / 2);
        assert!(batch.push([half.as_str()]).unwrap().is_none());
        assert_eq!(batch.push([half.as_str()]).unwrap().unwrap().rows, 1);
    }

    #[test]
    fn mismatch_error_names_row_and_column_over_all_batches() {
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
    fn named_rows_are_arranged_by_placeholder() {
        let mut batch = ParameterBatch::named(["name", "id"].map(str::to_owned).to_vec());
        batch.push(crate::named! { id: 1, name: "a" }).unwrap();
        batch.push(crate::named! { name: "b", more: 0, id: 2 }).unwrap();
        batch.push(("c", 3)).unwrap();
        let error = batch.push(crate::named! { id: 4 }).unwrap_err();
        assert_eq!(
            error.to_string(),
            "placeholder ':name' has no parameter; the parameters are 'id' (row 3, counted from 0)"
        );
        let taken = batch.take().unwrap().unwrap();
        assert_eq!(cells(taken), ["Text(\"a\") Text(\"b\") Text(\"c\")", "Signed(1) Signed(2) Signed(3)"]);
        let error = ParameterBatch::default().push(crate::named! { id: 4 }).unwrap_err();
        assert!(
            error.to_string().starts_with("the statement has '?' placeholders, but the parameters have names"),
            "{error}"
        );
    }

    #[test]
    fn rows_of_different_lengths_are_an_error() {
        let mut batch = ParameterBatch::default();
        batch.push(vec![1, 2]).unwrap();
        let error = batch.push(vec![1]).unwrap_err();
        assert_eq!(error.to_string(), "row 1 (counted from 0) has 1 values, but row 0 has 2");
    }
}
