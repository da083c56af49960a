//! The property of parameters: accepted parameters are sent unchanged and are within the limits.

use mysql_common::packets::ComStmtBulkExecuteRequestBuilder;
use mysql_common::proto::MySerialize;

use super::cells::{cells, columns, has_raw};
use super::generated::{batch, value};
use super::input::Input;
use super::sent::{sent, size};
use crate::bindings::types::{RowBatch as WitRows, Value as WitValue};
use crate::core::{Allowance, Limits, parameters};
use crate::driver::parameter;
use crate::types::{Error, ErrorKind, Limit, ParameterRows, Value};

/// The form of an input.
#[derive(Clone, Copy)]
enum Form {
    Values,
    /// Columns, which may not match the number of rows.
    Batch,
    /// The bytes of a batch.
    Buffer,
}

/// Checks the property of a list of values or of a batch of rows.
pub fn guest_values(data: &[u8]) {
    let mut input = Input::new(data);
    let form = input.one_of([Form::Values, Form::Batch, Form::Buffer]);
    let limits = Limits {
        parameters: input.one_of([8192, 2]),
        parameter_bytes: input.one_of([16 * 1024, 16, 0]),
        all_parameter_bytes: input.one_of([32 * 1024, 64, 0]),
        ..Limits::default()
    };
    let allowance = Allowance { limits: &limits, packet_bytes: input.one_of([1024 * 1024, 128]) };
    match form {
        Form::Values => {
            let mut values = Vec::new();
            while !input.is_empty() {
                values.push(value(&mut input));
            }
            check_values(allowance, values);
        }
        Form::Batch => check_rows(allowance, batch(&mut input)),
        Form::Buffer => check_rows(allowance, WitRows { rows: input.u32(), data: input.bytes(usize::MAX) }),
    }
}

fn check_values(allowance: Allowance<'_>, values: Vec<WitValue>) {
    let expected = (values.len() <= allowance.limits.parameters && fit(allowance, &values))
        .then(|| values.iter().map(sent).collect::<Option<Vec<_>>>())
        .flatten();
    let params: Vec<Value> = values.into_iter().map(Into::into).collect();
    match (allowance.check(&params), expected) {
        (Ok(_), Some(expected)) => {
            let given: Vec<_> = params.into_iter().map(parameter).collect();
            assert_eq!(given, expected);
        }
        (Err(error), None) => check_rejection(&error),
        (result, expected) => panic!("{result:?} instead of {expected:?} for {params:?}"),
    }
}

fn check_rows(allowance: Allowance<'_>, given: WitRows) {
    let has_room = columns(&given).is_some_and(|columns| {
        columns <= allowance.limits.parameters as u64
            && u64::from(given.rows).saturating_mul(columns.max(1)) <= allowed(allowance) as u64
            && (given.data.len() as u64).saturating_sub(8 + 48 * columns) <= allowed(allowance) as u64
    });
    let expected = (has_room && !has_raw(&given)).then(|| cells(&given)).flatten();
    let expected = expected.filter(|rows| {
        let cells: Vec<_> = rows.iter().flatten().cloned().collect();
        fit(allowance, &cells) && cells.iter().all(|cell| sent(cell).is_some())
    });
    match (allowance.check_rows(given.clone().into()), expected) {
        (Ok((rows, _)), Some(expected)) => {
            check_statements(allowance, &rows, &expected);
            check_bulk(allowance, &rows, &expected);
        }
        (Err(error), None) => check_rejection(&error),
        (result, expected) => panic!("{result:?} instead of {expected:?} for {given:?}"),
    }
}

/// Splits rows into statements, as `execute-many` does. Each row must be sent once and in order.
fn check_statements(allowance: Allowance<'_>, rows: &ParameterRows, expected: &[Vec<WitValue>]) {
    let columns = rows.columns();
    for text_bytes in [1, 20, 100_000] {
        let mut first = 0;
        while first < expected.len() {
            let count = allowance.fitting(rows, first, text_bytes);
            let range = first..first + count;
            assert!(count > 0 && range.end <= expected.len(), "{count} rows from row {first}");
            let bytes = count * text_bytes + expected[range.clone()].iter().flatten().map(size).sum::<usize>();
            let fits = count * columns <= 16 * 1024
                && count * text_bytes <= 64 * 1024
                && bytes <= 1024 * 1024
                && bytes * 2 <= allowance.packet_bytes;
            assert!(fits || count == 1, "one statement has {count} rows and {bytes} bytes");
            let given = parameters(rows, first, count);
            let given: Vec<_> = given.into_iter().map(|value| Some(parameter(value))).collect();
            assert_eq!(given, expected[range].iter().flatten().map(sent).collect::<Vec<_>>());
            first += count;
        }
    }
}

/// Splits rows into bulk commands. The driver must send each command as one packet.
fn check_bulk(allowance: Allowance<'_>, rows: &ParameterRows, expected: &[Vec<WitValue>]) {
    let mut first = 0;
    while first < expected.len() {
        let count = allowance.fitting_bulk(rows, first);
        let range = first..first + count;
        assert!(count > 0 && range.end <= expected.len(), "{count} rows from row {first}");
        assert!(count * rows.columns() <= 64 * 1024 || count == 1, "{count} rows of {} columns", rows.columns());
        if count > 1 && rows.columns() > 0 {
            let allowed = (allowance.packet_bytes / 2).min(1024 * 1024);
            let cells = range.map(|row| parameters(rows, row, 1).into_iter().map(parameter).collect());
            let packets: Vec<_> = ComStmtBulkExecuteRequestBuilder::new(1, allowed + 4).build_iter(cells).collect();
            let [Ok(packet)] = &packets[..] else { panic!("{} packets: {packets:?}", packets.len()) };
            let mut bytes = Vec::new();
            packet.serialize(&mut bytes);
            assert!(bytes.len() <= allowed, "{} bytes in one command", bytes.len());
        }
        first += count;
    }
}

/// Returns the maximum bytes of all parameters.
fn allowed(allowance: Allowance<'_>) -> usize {
    allowance.limits.all_parameter_bytes.min(allowance.packet_bytes)
}

fn fit(allowance: Allowance<'_>, values: &[WitValue]) -> bool {
    let sizes = || values.iter().map(size);
    sizes().all(|size| size <= allowance.limits.parameter_bytes + 4) && sizes().sum::<usize>() <= allowed(allowance)
}

fn check_rejection(error: &Error) {
    let is_rejection = matches!(
        error.kind,
        ErrorKind::Argument
            | ErrorKind::ValueUnsupported
            | ErrorKind::LimitExceeded(Limit::Parameters | Limit::ParameterBytes)
    );
    assert!(is_rejection, "{error:?}");
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::types::RowBatch;

    /// Checks each buffer of a file of `wit/vectors`, and returns it with the result of the host.
    fn results(vectors: &str) -> Vec<(Json, Result<(), Error>)> {
        let vectors: Vec<Json> = serde_json::from_str(vectors).unwrap();
        let limits = Limits::default();
        let allowance = Allowance { limits: &limits, packet_bytes: usize::MAX };
        let checked = vectors.into_iter().map(|vector| {
            let text = vector["data"].as_str().unwrap().as_bytes();
            let byte = |digits: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
            let data: Vec<_> = text.as_chunks().0.iter().map(byte).collect();
            let rows = vector["rows"].as_u64().and_then(|rows| rows.try_into().ok()).unwrap();
            check_rows(allowance, WitRows { rows, data: data.clone() });
            (vector, allowance.check_rows(RowBatch { rows, data }).map(drop))
        });
        checked.collect()
    }

    #[test]
    fn well_formed_vectors_are_accepted() {
        for (vector, result) in results(include_str!("../../../wit/vectors/values.json")) {
            let has_raw = vector["columns"].as_array().unwrap().iter().any(|column| column["kind"] == "raw");
            assert_eq!(result.is_err(), has_raw, "{}: {result:?}", vector["name"]);
        }
    }

    #[test]
    fn malformed_vectors_are_rejected_with_the_rule() {
        for (vector, result) in results(include_str!("../../../wit/vectors/malformed.json")) {
            let error = result.unwrap_err();
            let is_huge = vector["rows"].as_u64() == Some(u32::MAX.into());
            let expected = if is_huge { ErrorKind::LimitExceeded(Limit::ParameterBytes) } else { ErrorKind::Argument };
            assert_eq!(error.kind, expected, "{}", vector["name"]);
            let message = vector["message"].as_str().unwrap();
            assert!(is_huge || error.message.contains(message), "{}: {}", vector["name"], error.message);
        }
    }

    #[test]
    fn well_formed_vectors_with_invalid_values_are_rejected() {
        for (vector, result) in results(include_str!("../../../wit/vectors/parameters.json")) {
            let error = result.unwrap_err();
            let is_argument = vector["error"] == "argument";
            let expected = if is_argument { ErrorKind::Argument } else { ErrorKind::ValueUnsupported };
            assert_eq!(error.kind, expected, "{}", vector["name"]);
            let message = vector["message"].as_str().unwrap();
            assert!(error.message.contains(message), "{}: {}", vector["name"], error.message);
            assert!(!is_argument || error.message.contains("row 0, parameter 2"), "{}", error.message);
        }
    }
}
