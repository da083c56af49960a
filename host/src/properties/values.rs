//! The property of parameters: accepted parameters are sent unchanged and are within the limits.

use super::cells::{cells, sent, size};
use super::input::Input;
use crate::bindings::types::{
    ColumnBatch, ColumnValues, Date, Datetime, RawValue, RowBatch as WitRows, Time, Value as WitValue, VarWidth,
};
use crate::core::{Allowance, Limits, parameters};
use crate::driver::parameter;
use crate::types::{Error, ErrorKind, Limit, RowBatch, Value};

const TYPES: u8 = 12;
/// The maximum number of values of a column, and of bytes of its data. A guest would need memory of
/// its own for more, and fuzzer inputs are small.
const MOST_VALUES: usize = 300;
const MOST_BYTES: usize = 8 * 1024;

/// Checks the property of a list of values or of a batch of rows.
pub fn guest_values(data: &[u8]) {
    let mut input = Input::new(data);
    let is_batch = input.one_of([false, true]);
    let limits = Limits {
        parameters: input.one_of([8192, 2]),
        parameter_bytes: input.one_of([16 * 1024, 16, 0]),
        all_parameter_bytes: input.one_of([32 * 1024, 64, 0]),
        ..Limits::default()
    };
    let allowance = Allowance { limits: &limits, packet_bytes: input.one_of([1024 * 1024, 128]) };
    if is_batch {
        check_rows(allowance, batch(&mut input));
    } else {
        let mut values = Vec::new();
        while !input.is_empty() {
            values.push(value(&mut input));
        }
        check_values(allowance, values);
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
    let columns = given.columns.len();
    let has_room = columns <= allowance.limits.parameters
        && u64::from(given.rows).saturating_mul(columns.max(1) as u64) <= allowed(allowance) as u64;
    let has_raw = given.columns.iter().any(|column| matches!(column.values, ColumnValues::Raw(_)));
    let expected = (has_room && !has_raw).then(|| cells(&given)).flatten();
    let expected = expected.filter(|rows| {
        let cells: Vec<_> = rows.iter().flatten().cloned().collect();
        fit(allowance, &cells) && cells.iter().all(|cell| sent(cell).is_some())
    });

    let text = format!("{given:?}");
    let rows = RowBatch::from(given);
    assert_eq!(format!("{:?}", WitRows::from(rows.clone())), text, "the conversion changed the batch");
    match (allowance.check_rows(&rows), expected) {
        (Ok(_), Some(expected)) => check_statements(allowance, &rows, &expected),
        (Err(error), None) => check_rejection(&error),
        (result, expected) => panic!("{result:?} instead of {expected:?} for {text}"),
    }
}

/// Splits rows into statements, as `execute-many` does. Each row must be sent once and in order.
fn check_statements(allowance: Allowance<'_>, rows: &RowBatch, expected: &[Vec<WitValue>]) {
    let columns = rows.columns.len();
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
            let given = parameters(rows, first, count)
                .unwrap_or_else(|error| panic!("accepted rows are rejected later: {error}"));
            let given: Vec<_> = given.into_iter().map(|value| Some(parameter(value))).collect();
            assert_eq!(given, expected[range].iter().flatten().map(sent).collect::<Vec<_>>());
            first += count;
        }
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

fn value(input: &mut Input<'_>) -> WitValue {
    match input.byte() % TYPES {
        0 => WitValue::Null,
        1 => WitValue::Signed(i64::from_le_bytes(input.array())),
        2 => WitValue::Unsigned(input.u64()),
        3 => WitValue::Float(f32::from_bits(input.u32())),
        4 => WitValue::Double(f64::from_bits(input.u64())),
        5 => WitValue::Decimal(text(input)),
        6 => WitValue::Text(text(input)),
        7 => WitValue::Bytes(bytes(input)),
        8 => WitValue::Date(date(input)),
        9 => WitValue::Time(time(input)),
        10 => WitValue::Datetime(datetime(input)),
        _ => WitValue::Raw(RawValue { type_code: input.byte(), data: bytes(input) }),
    }
}

fn batch(input: &mut Input<'_>) -> WitRows {
    let rows = input.one_of([false, true]);
    let rows = if rows { input.u32() } else { u32::from(input.byte()) };
    let mut columns = Vec::new();
    while !input.is_empty() {
        columns.push(column(input, rows as usize));
    }
    WitRows { rows, columns }
}

fn column(input: &mut Input<'_>, rows: usize) -> ColumnBatch {
    let tag = input.byte() % TYPES;
    let validity = match input.byte() % 3 {
        0 => None,
        1 => Some(padded(input.bytes(rows.div_ceil(8)), rows.div_ceil(8))),
        _ => {
            let count = input.byte().into();
            Some(input.bytes(count))
        }
    };
    // In three of four cases as many values as rows.
    let count = match input.byte() % 4 {
        0..=2 => rows,
        _ => input.u16().into(),
    }
    .min(MOST_VALUES);
    let values = match tag {
        0 => ColumnValues::Null,
        1 => ColumnValues::Signed((0..count).map(|_| i64::from_le_bytes(input.array())).collect()),
        2 => ColumnValues::Unsigned((0..count).map(|_| input.u64()).collect()),
        3 => ColumnValues::Float((0..count).map(|_| f32::from_bits(input.u32())).collect()),
        4 => ColumnValues::Double((0..count).map(|_| f64::from_bits(input.u64())).collect()),
        5 => ColumnValues::Decimal(var_width(input, count)),
        6 => ColumnValues::Text(var_width(input, count)),
        7 => ColumnValues::Bytes(var_width(input, count)),
        8 => ColumnValues::Date((0..count).map(|_| date(input)).collect()),
        9 => ColumnValues::Time((0..count).map(|_| time(input)).collect()),
        10 => ColumnValues::Datetime((0..count).map(|_| datetime(input)).collect()),
        _ => ColumnValues::Raw(var_width(input, count)),
    };
    ColumnBatch { validity, values }
}

/// Builds valid offsets from lengths, or reads arbitrary offsets.
fn var_width(input: &mut Input<'_>, count: usize) -> VarWidth {
    if input.one_of([false, true]) {
        let offsets = (0..=count).map(|_| input.u16().into()).collect();
        return VarWidth { offsets, data: bytes(input) };
    }
    let lengths: Vec<_> = (0..count).map(|_| u32::from(input.byte())).collect();
    let mut offsets = vec![0];
    for length in lengths {
        offsets.push(offsets[offsets.len() - 1] + length);
    }
    let all = offsets[offsets.len() - 1] as usize;
    VarWidth { offsets, data: padded(input.bytes(all), all) }
}

fn padded(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length.min(MOST_BYTES), b'1');
    bytes
}

fn bytes(input: &mut Input<'_>) -> Vec<u8> {
    let count = input.byte().into();
    input.bytes(count)
}

/// Text is UTF-8: wasmtime traps on a string that is not.
fn text(input: &mut Input<'_>) -> String {
    String::from_utf8_lossy(&bytes(input)).into_owned()
}

fn date(input: &mut Input<'_>) -> Date {
    Date { year: input.u16(), month: input.byte(), day: input.byte() }
}

fn time(input: &mut Input<'_>) -> Time {
    Time {
        negative: input.byte() & 1 == 1,
        hours: input.u16(),
        minutes: input.byte(),
        seconds: input.byte(),
        microseconds: input.u32(),
    }
}

fn datetime(input: &mut Input<'_>) -> Datetime {
    Datetime {
        year: input.u16(),
        month: input.byte(),
        day: input.byte(),
        hour: input.byte(),
        minute: input.byte(),
        second: input.byte(),
        microsecond: input.u32(),
    }
}
