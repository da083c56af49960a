//! Reads the rows of a CSV file as values.

use crate::Result;
use crate::schema::{Field, Table};
use csv::StringRecord;
use flate2::read::GzDecoder;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use wasmysql::{DateTime, Value};

/// The text that marks an unknown value in the files.
const NULL: &str = "NA";

/// A reader of the file of a table.
pub(crate) struct Source {
    table: &'static Table,
    records: csv::Reader<Box<dyn Read>>,
    size: u64,
    read: Rc<Cell<u64>>,
}

impl Source {
    /// Opens the file of a table and checks that its header matches the table's columns.
    /// Decompresses a file whose name ends in `.gz`.
    pub(crate) fn open(directory: &Path, table: &'static Table) -> Result<Self> {
        let path = directory.join(table.file);
        let file = File::open(&path).map_err(|error| {
            format!("{}: {error}; pass the directory of the data files as the argument", path.display())
        })?;
        let size = file.metadata()?.len();
        let read = Rc::new(Cell::new(0));
        let counted = Counted { file, read: Rc::clone(&read) };
        let bytes: Box<dyn Read> =
            if table.file.ends_with(".gz") { Box::new(GzDecoder::new(counted)) } else { Box::new(counted) };
        let mut records = csv::Reader::from_reader(bytes);
        let header = records.headers()?;
        if !header.iter().eq(table.columns.iter().map(|(name, _)| *name)) {
            return Err(format!(
                "the header of {} does not match the columns of table {}: {header:?}",
                table.file, table.name
            )
            .into());
        }
        Ok(Self { table, records, size, read })
    }

    /// Returns the next rows, at most `count`. Returns no rows at the end of the file.
    pub(crate) fn next_rows(&mut self, count: usize) -> Result<Vec<Vec<Value>>> {
        let Self { table, records, .. } = self;
        records.records().take(count).map(|record| row(table, &record?)).collect()
    }

    /// Returns the fraction of the file that was read, from 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        self.read.get() as f64 / self.size.max(1) as f64
    }
}

fn row(table: &Table, record: &StringRecord) -> Result<Vec<Value>> {
    let fields = record.iter().zip(table.columns);
    fields
        .map(|(text, (name, field))| value(text, *field).ok_or_else(|| unreadable(table, record, name, text)))
        .collect()
}

fn value(text: &str, field: Field) -> Option<Value> {
    Some(match field {
        _ if text == NULL => Value::Null,
        Field::Text => text.into(),
        Field::Integer => text.parse::<i64>().ok()?.into(),
        Field::Real => text.parse::<f64>().ok()?.into(),
        Field::Instant => instant(text)?.into(),
    })
}

/// Parses a time such as `2013-01-01T10:00:00Z`.
fn instant(text: &str) -> Option<DateTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-');
    let mut time = time.splitn(3, ':');
    Some(DateTime {
        year: date.next()?.parse().ok()?,
        month: date.next()?.parse().ok()?,
        day: date.next()?.parse().ok()?,
        hour: time.next()?.parse().ok()?,
        minute: time.next()?.parse().ok()?,
        second: time.next()?.parse().ok()?,
        microsecond: 0,
    })
}

fn unreadable(table: &Table, record: &StringRecord, column: &str, text: &str) -> Box<dyn std::error::Error> {
    let line = record.position().map_or(0, csv::Position::line);
    format!("{} line {line}: invalid value {text:?} for column {column}", table.file).into()
}

/// A file that counts the bytes read from it.
struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_parsed_as_values() {
        assert_eq!(value("NA", Field::Integer), Some(Value::Null));
        assert_eq!(value("-5", Field::Integer), Some(Value::Signed(-5)));
        assert_eq!(value("x", Field::Integer), None);
        assert_eq!(value("2.5", Field::Real), Some(Value::Double(2.5)));
        let instant = value("2013-01-31T10:05:00Z", Field::Instant);
        assert!(matches!(instant, Some(Value::Datetime(at)) if at.to_string() == "2013-01-31 10:05:00"));
        assert_eq!(value("2013-01-31", Field::Instant), None);
    }
}
