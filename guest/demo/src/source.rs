//! The rows of a CSV file, as values.

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

/// How the files write what is not known.
const NULL: &str = "NA";

/// The file of a table, on its way into memory.
pub(crate) struct Source {
    table: &'static Table,
    records: csv::Reader<Box<dyn Read>>,
    size: u64,
    read: Rc<Cell<u64>>,
}

impl Source {
    /// Opens the file of a table, and checks that it has the table's columns. What ends in `.gz` is unpacked as it is
    /// read.
    pub(crate) fn open(directory: &Path, table: &'static Table) -> Result<Self> {
        let path = directory.join(table.file);
        let file = File::open(&path)
            .map_err(|error| format!("{}: {error}; name the directory of the data as the argument", path.display()))?;
        let size = file.metadata()?.len();
        let read = Rc::new(Cell::new(0));
        let counted = Counted { file, read: Rc::clone(&read) };
        let bytes: Box<dyn Read> =
            if table.file.ends_with(".gz") { Box::new(GzDecoder::new(counted)) } else { Box::new(counted) };
        let mut records = csv::Reader::from_reader(bytes);
        let header = records.headers()?;
        if !header.iter().eq(table.columns.iter().map(|(name, _)| *name)) {
            return Err(format!("{} has other columns than table {}: {header:?}", table.file, table.name).into());
        }
        Ok(Self { table, records, size, read })
    }

    /// At most `count` further rows; none at the end of the file.
    pub(crate) fn next_rows(&mut self, count: usize) -> Result<Vec<Vec<Value>>> {
        let Self { table, records, .. } = self;
        records.records().take(count).map(|record| row(table, &record?)).collect()
    }

    /// How much of the file was read, from 0 to 1.
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

/// `2013-01-01T10:00:00Z`
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
    format!("{} line {line}: {column} can't be {text:?}", table.file).into()
}

/// A file that counts what was read of it.
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
    fn fields_become_values() {
        assert_eq!(value("NA", Field::Integer), Some(Value::Null));
        assert_eq!(value("-5", Field::Integer), Some(Value::Signed(-5)));
        assert_eq!(value("x", Field::Integer), None);
        assert_eq!(value("2.5", Field::Real), Some(Value::Double(2.5)));
        let instant = value("2013-01-31T10:05:00Z", Field::Instant);
        assert!(matches!(instant, Some(Value::Datetime(at)) if at.to_string() == "2013-01-31 10:05:00"));
        assert_eq!(value("2013-01-31", Field::Instant), None);
    }
}
