//! The test vectors in `wit/vectors`: buffers with the values that a reader must find in them, and
//! buffers that a reader must refuse.
//!
//! The cases of `vectors/` build the files, and the test compares. `WASMYSQL_VECTORS=write` writes
//! them.

#![expect(clippy::unwrap_used, reason = "a test fails with a panic")]

#[path = "vectors/malformed.rs"]
mod malformed;
#[path = "vectors/parameters.rs"]
mod parameters;
#[path = "vectors/values.rs"]
mod values;

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value, json};
use wasmysql_batch::{Batch, Cell, ColumnView, Date, DateTime, Time};

/// A buffer, with the number of its rows.
struct Buffer {
    name: &'static str,
    rows: u32,
    data: Vec<u8>,
}

impl Buffer {
    fn to_json(&self) -> Map<String, Value> {
        [("name", json!(self.name)), ("rows", json!(self.rows)), ("data", json!(hex(&self.data)))]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }

    fn batch(&self) -> Batch {
        Batch::new(self.rows, self.data.clone()).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

#[test]
fn vectors_of_values_are_read_as_the_file_says() {
    let batches = values::buffers().into_iter().map(|buffer| {
        let columns: Vec<_> = buffer.batch().columns().map(column).collect();
        let mut json = buffer.to_json();
        json.insert("columns".to_owned(), json!(columns));
        json
    });
    compare("values.json", batches);
}

#[test]
fn malformed_vectors_are_refused_as_the_file_says() {
    let batches = malformed::buffers().into_iter().map(|buffer| {
        let Err(error) = Batch::new(buffer.rows, buffer.data.clone()) else { panic!("{} is accepted", buffer.name) };
        let mut json = buffer.to_json();
        json.insert("column".to_owned(), json!(error.column()));
        json.insert("defect".to_owned(), json!(error.defect().code()));
        json.insert("message".to_owned(), json!(error.to_string()));
        json
    });
    compare("malformed.json", batches);
}

#[test]
fn vectors_of_refused_parameters_are_well_formed() {
    let batches = parameters::buffers().into_iter().map(|(buffer, kind, message)| {
        buffer.batch();
        let mut json = buffer.to_json();
        json.insert("error".to_owned(), json!(kind));
        json.insert("message".to_owned(), json!(message));
        json
    });
    compare("parameters.json", batches);
}

/// The example in the documentation of `row-batch`.
#[test]
fn example_of_the_contract_is_a_vector() {
    let wit = include_str!("../../types.wit");
    let (_, example) = wit.split_once("/// # Example").unwrap();
    let (example, _) = example.split_once("/// # Errors").unwrap();
    let rows = example.lines().filter_map(|line| line.trim().strip_prefix("/// | ")).filter(|row| row.contains('`'));
    let data: String = rows.filter_map(|row| row.rsplit('`').nth(1)).collect();
    assert_eq!(data.replace(' ', ""), hex(&values::buffers()[0].data));
    let at = DateTime { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70 };
    let word = format!("{:016x}", at.pack().unwrap());
    assert!(example.contains(&format!("`0x{}_{}_{}_{}`", &word[..4], &word[4..8], &word[8..12], &word[12..])));
}

/// Compares the cases with a file: one case a line, so that a change is visible in a diff.
#[track_caller]
fn compare(file: &str, cases: impl Iterator<Item = Map<String, Value>>) {
    let lines: Vec<_> = cases.map(|case| Value::Object(case).to_string()).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(file);
    if env::var("WASMYSQL_VECTORS").is_ok_and(|value| value == "write") {
        fs::write(&path, &text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    for (found, expected) in found.lines().zip(text.lines()) {
        assert_eq!(found, expected, "{file}: run the test with WASMYSQL_VECTORS=write after a change of the layout");
    }
    assert_eq!(found.lines().count(), text.lines().count(), "{file}");
}

fn column(column: ColumnView<'_>) -> Value {
    let values: Vec<_> = (0..column.rows()).map(|row| value(column.cell(row).unwrap())).collect();
    json!({ "kind": column.kind().name(), "values": values })
}

/// Returns a cell as `wit/vectors/README.md` describes it.
fn value(cell: Cell<'_>) -> Value {
    let text = match cell {
        Cell::Null => return Value::Null,
        Cell::Signed(number) => number.to_string(),
        Cell::Unsigned(number) => number.to_string(),
        Cell::Float(number) => format!("{:?}", f64::from(number)),
        Cell::Double(number) => format!("{number:?}"),
        Cell::Decimal(text) | Cell::Text(text) => text.to_owned(),
        Cell::Bytes(bytes) | Cell::Raw(bytes) => hex(bytes),
        Cell::Date(Date { year, month, day }) => format!("{year:04}-{month:02}-{day:02}"),
        Cell::Time(Time { negative, hours, minutes, seconds, microseconds }) => {
            let sign = if negative { "-" } else { "" };
            format!("{sign}{hours:02}:{minutes:02}:{seconds:02}.{microseconds:06}")
        }
        Cell::DateTime(DateTime { year, month, day, hour, minute, second, microsecond }) => {
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{microsecond:06}")
        }
    };
    Value::String(text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
