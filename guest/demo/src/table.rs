//! Prints query results as text tables.

use std::fmt::{self, Display};
use wasmysql::{Column, Result, Row, Rows, Value};

/// The text of a NULL cell.
const NULL: &str = "-";

/// A text table. Columns are as wide as their longest cell, and numbers are right-aligned.
pub(crate) struct TextTable {
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

struct Cell {
    text: String,
    number: bool,
}

impl TextTable {
    /// Reads the result of a query. The headings are the column names.
    pub(crate) async fn read(rows: Rows<'_>) -> Result<Self> {
        let headings = rows.columns().iter().map(|column| column.name.clone()).collect();
        let rows = rows.all().await?;
        Ok(Self { headings, rows: rows.iter().map(cells).collect::<Result<_>>()? })
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].text.chars().count());
        cells.chain([self.headings[column].chars().count()]).max().unwrap_or(0)
    }

    /// Returns whether the column contains numbers, so that its heading is right-aligned.
    fn is_number(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row[column].number)
    }
}

impl Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<_> = (0..self.headings.len()).map(|column| self.width(column)).collect();
        for (column, width) in widths.iter().enumerate() {
            write_cell(f, &self.headings[column], *width, self.is_number(column))?;
        }
        writeln!(f)?;
        for width in &widths {
            write_cell(f, &"─".repeat(*width), *width, false)?;
        }
        writeln!(f)?;
        for row in &self.rows {
            for (column, width) in widths.iter().enumerate() {
                write_cell(f, &row[column].text, *width, self.is_number(column))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn write_cell(f: &mut fmt::Formatter<'_>, text: &str, width: usize, right: bool) -> fmt::Result {
    match right {
        true => write!(f, "  {text:>width$}"),
        false => write!(f, "  {text:<width$}"),
    }
}

fn cells(row: &Row) -> Result<Vec<Cell>> {
    (0..row.columns().len()).map(|column| Ok(cell(&row.columns()[column], row.get(column)?))).collect()
}

fn cell(column: &Column, value: Value) -> Cell {
    let number = |text| Cell { text, number: true };
    let text = |text| Cell { text, number: false };
    match value {
        Value::Null => text(NULL.to_owned()),
        Value::Unsigned(year) if column.type_name() == "YEAR" => number(year.to_string()),
        Value::Signed(value) if value < 0 => number(format!("-{}", grouped(value.unsigned_abs()))),
        Value::Signed(value) => number(grouped(value.unsigned_abs())),
        Value::Unsigned(value) => number(grouped(value)),
        Value::Float(value) => number(value.to_string()),
        Value::Double(value) => number(value.to_string()),
        Value::Decimal(digits) => number(digits),
        Value::Text(value) => text(value),
        Value::Date(value) => text(value.to_string()),
        Value::Time(value) => text(value.to_string()),
        Value::Datetime(value) => text(value.to_string()),
        Value::Bytes(bytes) => text(format!("{} bytes", bytes.len())),
        Value::Raw(raw) => text(format!("{} bytes", raw.data.len())),
    }
}

/// Formats a number with a comma between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_right_aligned_and_null_is_a_dash() {
        let row = |name: &str, number: bool, text: &str| {
            vec![Cell { text: name.to_owned(), number: false }, Cell { text: text.to_owned(), number }]
        };
        let rows = vec![row("Zürich", true, "12"), row("Oslo", false, NULL)];
        let table = TextTable { headings: vec!["city".to_owned(), "flights".to_owned()], rows };
        let lines = ["  city    flights", "  ──────  ───────", "  Zürich       12", "  Oslo          -", ""];
        assert_eq!(table.to_string(), lines.join("\n"));
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!(
            ["0", "999", "1,000", "27,004", "1,000,000"],
            [0, 999, 1_000, 27_004, 1_000_000].map(grouped).each_ref().map(String::as_str)
        );
    }
}
