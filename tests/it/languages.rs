//! Guests in Python and JavaScript read and write batches. `tests/languages` contains the guests.
//! `cargo xtask test` builds them if their tools are installed.

use serde_json::Value;
use wasmysql_host::bindings::types::{ColumnKind, RowBatch};
use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{GuestStore, Schema, guest};

use bindings::{Batches, ColumnValues};

mod bindings {
    wasmtime::component::bindgen!({
        path: "languages/wit",
        world: "batches",
        with: { "wasmysql:mysql": wasmysql_host::bindings },
        require_store_data_send: true,
        exports: { default: async },
    });
}

/// A table with every type, and a row of NULL before the values.
const TABLE: &str = "CREATE TABLE source (id INT PRIMARY KEY, s BIGINT, u BIGINT UNSIGNED, f FLOAT, d DOUBLE,
     amount DECIMAL(65, 30), name VARCHAR(40) CHARSET utf8mb4, picture VARBINARY(10), day DATE, took TIME(6), at DATETIME(6))";
const ROWS: &str = "INSERT INTO source VALUES
     (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
     (2, -9223372036854775808, 18446744073709551615, 0.5, 0.1, -12345.67, 'één 🦀', X'00FF', '0000-00-00', '-837:59:59.999999',
      '0000-00-00'),
     (3, 9223372036854775807, 9007199254740993, -3.25, -1e300, 99999999999999999999999999999999999.999999999999999999999999999999,
      '', '', '2024-02-00', '-00:00:00.000001', '9999-12-31 23:59:59.999999'),
     (4, -1, 0, 16777216, 2.2250738585072014e-308, 0, 'a', 'b', '2024-02-29', '12:34:56', '2024-02-29 13:05:09.000070'),
     (5, 0, 1, 0, 0, 1e-30, '日本', X'C3', '9999-12-31', '00:00:00', NULL)";
/// The rows in the form of the vectors.
const COLUMNS: [(ColumnKind, [Option<&str>; 5]); 11] = [
    (ColumnKind::Signed, [Some("1"), Some("2"), Some("3"), Some("4"), Some("5")]),
    (ColumnKind::Signed, [None, Some("-9223372036854775808"), Some("9223372036854775807"), Some("-1"), Some("0")]),
    (ColumnKind::Unsigned, [None, Some("18446744073709551615"), Some("9007199254740993"), Some("0"), Some("1")]),
    (ColumnKind::Float, [None, Some("0.5"), Some("-3.25"), Some("16777216"), Some("0")]),
    (ColumnKind::Double, [None, Some("0.1"), Some("-1e300"), Some("2.2250738585072014e-308"), Some("0")]),
    (
        ColumnKind::Decimal,
        [
            None,
            Some("-12345.670000000000000000000000000000"),
            Some("99999999999999999999999999999999999.999999999999999999999999999999"),
            Some("0.000000000000000000000000000000"),
            Some("0.000000000000000000000000000001"),
        ],
    ),
    (ColumnKind::Text, [None, Some("één 🦀"), Some(""), Some("a"), Some("日本")]),
    (ColumnKind::Bytes, [None, Some("00ff"), Some(""), Some("62"), Some("c3")]),
    (ColumnKind::Date, [None, Some("0000-00-00"), Some("2024-02-00"), Some("2024-02-29"), Some("9999-12-31")]),
    (
        ColumnKind::Time,
        [None, Some("-837:59:59.999999"), Some("-00:00:00.000001"), Some("12:34:56.000000"), Some("00:00:00.000000")],
    ),
    (
        ColumnKind::Datetime,
        [
            None,
            Some("0000-00-00 00:00:00.000000"),
            Some("9999-12-31 23:59:59.999999"),
            Some("2024-02-29 13:05:09.000070"),
            None,
        ],
    ),
];

/// Generates the tests of a language. The component is in the folder `languages` of the target
/// directory.
macro_rules! language {
    ($name:ident, $feature:literal) => {
        mod $name {
            const COMPONENT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../languages/", $feature, ".wasm");

            #[tokio::test(flavor = "multi_thread")]
            #[cfg_attr(not(feature = $feature), ignore = "only on machines with the tools of tests/languages")]
            async fn vectors_have_their_values() {
                super::vectors_have_their_values(COMPONENT).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[cfg_attr(not(feature = $feature), ignore = "only on machines with the tools of tests/languages")]
            async fn malformed_vectors_are_refused_with_the_rule() {
                super::malformed_vectors_are_refused_with_the_rule(COMPONENT).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[cfg_attr(not(feature = $feature), ignore = "only on machines with the tools of tests/languages")]
            async fn rows_of_every_type_are_read_and_copied() {
                super::rows_of_every_type_are_read_and_copied(COMPONENT).await;
            }
        }
    };
}

language!(python, "python");
language!(javascript, "javascript");

async fn vectors_have_their_values(component: &'static str) {
    let (mut store, guest) = instance(component, None).await;
    for vector in vectors(include_str!("../../wit/vectors/values.json")) {
        let columns = guest.call_read(&mut store, &batch(&vector)).await.unwrap();
        let columns = columns.unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        let expected = vector["columns"].as_array().unwrap();
        assert_eq!(columns.len(), expected.len(), "{}", vector["name"]);
        for (column, expected) in columns.iter().zip(expected) {
            let texts = |value: &Value| value.as_str().map(str::to_owned);
            let values: Vec<_> = expected["values"].as_array().unwrap().iter().map(texts).collect();
            let kind = format!("columnkind::{}", expected["kind"].as_str().unwrap());
            assert_eq!(format!("{:?}", column.kind).to_lowercase(), kind, "{}", vector["name"]);
            assert_eq!(
                comparable(column),
                comparable(&ColumnValues { kind: column.kind, values }),
                "{}",
                vector["name"]
            );
        }
    }
}

async fn malformed_vectors_are_refused_with_the_rule(component: &'static str) {
    let (mut store, guest) = instance(component, None).await;
    for vector in vectors(include_str!("../../wit/vectors/malformed.json")) {
        let error = guest.call_read(&mut store, &batch(&vector)).await.unwrap().unwrap_err();
        let defect = vector["defect"].as_str().unwrap();
        let expected = match vector["column"].as_u64() {
            Some(column) => format!("{column}: {defect}"),
            None => defect.to_owned(),
        };
        assert_eq!(error, expected, "{}", vector["name"]);
    }
}

async fn rows_of_every_type_are_read_and_copied(component: &'static str) {
    let mut schema = Schema::new().await;
    // The default of MySQL allows no zero dates.
    for sql in ["SET sql_mode = ''", TABLE, ROWS, "CREATE TABLE target LIKE source"] {
        schema.run(sql).await;
    }
    let (mut store, guest) = instance(component, Some(&schema.database())).await;
    let expected: Vec<_> = COLUMNS
        .into_iter()
        .map(|(kind, values)| ColumnValues { kind, values: values.map(|value| value.map(str::to_owned)).into() })
        .collect();

    let read = guest.call_query(&mut store, "SELECT * FROM source ORDER BY id").await.unwrap().unwrap();
    assert_eq!(read.iter().map(comparable).collect::<Vec<_>>(), expected.iter().map(comparable).collect::<Vec<_>>());

    let insert = "INSERT INTO target VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let copied = guest.call_copy(&mut store, "SELECT * FROM source", insert).await.unwrap();
    assert_eq!(copied, Ok(5));
    let equal =
        "SELECT COUNT(*) FROM source AS a JOIN target AS b USING (id) WHERE a.s <=> b.s AND a.u <=> b.u AND a.f <=> b.f
         AND a.d <=> b.d AND a.amount <=> b.amount AND BINARY a.name <=> BINARY b.name AND a.picture <=> b.picture
         AND a.day <=> b.day AND a.took <=> b.took AND a.at <=> b.at";
    assert_eq!(schema.value::<u64>(equal).await, 5);

    let error = guest.call_copy(&mut store, "SELECT * FROM source", insert).await.unwrap().unwrap_err();
    assert!(error.contains("Duplicate entry '1'"), "{error}");
}

async fn instance(component: &'static str, database: Option<&Database>) -> (GuestStore, Batches) {
    let guest = match database {
        Some(database) => guest(component).database("main", database, Grant::new(Statements::Dml)),
        None => guest(component),
    };
    let (mut store, instance) = guest.instance().await;
    let batches = Batches::new(&mut store, &instance).unwrap();
    (store, batches)
}

fn vectors(json: &str) -> Vec<Value> {
    serde_json::from_str(json).unwrap()
}

fn batch(vector: &Value) -> RowBatch {
    let digits = vector["data"].as_str().unwrap().as_bytes().as_chunks().0;
    let byte = |digits: &[u8; 2]| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    let rows = vector["rows"].as_u64().unwrap().try_into().unwrap();
    RowBatch { rows, data: digits.iter().map(byte).collect() }
}

/// Returns the values in a form that can be compared. The text of a float depends on the language;
/// its bits do not.
fn comparable(column: &ColumnValues) -> (ColumnKind, Vec<Option<String>>) {
    let is_float = matches!(column.kind, ColumnKind::Float | ColumnKind::Double);
    let value = |text: &String| match text.parse::<f64>() {
        Ok(number) if is_float => format!("{:016x}", number.to_bits()),
        _ => text.clone(),
    };
    (column.kind, column.values.iter().map(|text| text.as_ref().map(value)).collect())
}
