//! Generates parameters from the bytes of a fuzzer: values, and batches whose columns may not match
//! their number of rows.

use super::input::Input;
use crate::bindings::types::{Date, Datetime, RawValue, RowBatch, Time, Value};

const TYPES: u8 = 12;
/// The maximum number of values of a column, and of bytes of its data. A guest would need memory of
/// its own for more, and fuzzer inputs are small.
const MOST_VALUES: usize = 300;
const MOST_BYTES: usize = 8 * 1024;

/// The buffers of a column.
struct Column {
    kind: u8,
    validity: Option<Vec<u8>>,
    values: Option<Vec<u8>>,
    data: Option<Vec<u8>>,
}

pub(super) fn value(input: &mut Input<'_>) -> Value {
    match input.byte() % TYPES {
        0 => Value::Null,
        1 => Value::Signed(i64::from_le_bytes(input.array())),
        2 => Value::Unsigned(input.u64()),
        3 => Value::Float(f32::from_bits(input.u32())),
        4 => Value::Double(f64::from_bits(input.u64())),
        5 => Value::Decimal(text(input)),
        6 => Value::Text(text(input)),
        7 => Value::Bytes(bytes(input)),
        8 => Value::Date(date(input)),
        9 => Value::Time(time(input)),
        10 => Value::Datetime(datetime(input)),
        _ => Value::Raw(RawValue { type_code: input.byte(), data: bytes(input) }),
    }
}

pub(super) fn batch(input: &mut Input<'_>) -> RowBatch {
    let rows = input.one_of([false, true]);
    let rows = if rows { input.u32() } else { u32::from(input.byte()) };
    let mut columns = Vec::new();
    while !input.is_empty() {
        columns.push(column(input, rows as usize));
    }
    RowBatch { rows, data: laid_out(&columns) }
}

/// Lays out the buffers, whatever their lengths are.
fn laid_out(columns: &[Column]) -> Vec<u8> {
    let mut directory = [columns.len(), 0].map(word).concat();
    let mut end = directory.len() + 24 * columns.len();
    let mut buffers = Vec::new();
    for column in columns {
        let mut place = |buffer: &Option<Vec<u8>>| {
            let Some(buffer) = buffer else { return word(0) };
            let place = word(end);
            end += buffer.len().next_multiple_of(8);
            buffers.extend_from_slice(buffer);
            buffers.resize(buffers.len().next_multiple_of(8), 0);
            place
        };
        let places = [place(&column.validity), place(&column.values), place(&column.data)];
        let length = column.data.as_ref().map_or(0, Vec::len);
        directory.extend([word(column.kind.into()), places[0], places[1], places[2], word(length), word(0)].concat());
    }
    [directory, buffers].concat()
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

fn column(input: &mut Input<'_>, rows: usize) -> Column {
    let kind = input.byte() % TYPES;
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
    let mut numbers = |number: fn(&mut Input<'_>) -> Vec<u8>| Some((0..count).flat_map(|_| number(input)).collect());
    let (values, data) = match kind {
        0 => (None, None),
        1 | 2 | 4 => (numbers(|input| input.u64().to_le_bytes().into()), None),
        3 => (numbers(|input| input.u32().to_le_bytes().into()), None),
        8 => (numbers(|input| packed_date(&date(input)).to_le_bytes().into()), None),
        9 => (numbers(|input| packed_time(&time(input)).to_le_bytes().into()), None),
        10 => (numbers(|input| packed_datetime(&datetime(input)).to_le_bytes().into()), None),
        _ => var_width(input, count),
    };
    Column { kind, validity, values, data }
}

/// Builds valid offsets from lengths, or reads arbitrary offsets. Returns them and the bytes.
fn var_width(input: &mut Input<'_>, count: usize) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let bytes_of = |offsets: Vec<u32>| Some(offsets.into_iter().flat_map(u32::to_le_bytes).collect());
    if input.one_of([false, true]) {
        let offsets = (0..=count).map(|_| input.u16().into()).collect();
        return (bytes_of(offsets), Some(bytes(input)));
    }
    let lengths: Vec<_> = (0..count).map(|_| u32::from(input.byte())).collect();
    let mut offsets = vec![0];
    for length in lengths {
        offsets.push(offsets[offsets.len() - 1] + length);
    }
    let all = offsets[offsets.len() - 1] as usize;
    (bytes_of(offsets), Some(padded(input.bytes(all), all)))
}

/// Packs a date. Fields that are too large set bits of other fields.
fn packed_date(date: &Date) -> u64 {
    u64::from(date.year) << 46 | u64::from(date.month) << 42 | u64::from(date.day) << 37
}

fn packed_time(time: &Time) -> u64 {
    let clock = u64::from(time.minutes) << 26 | u64::from(time.seconds) << 20 | u64::from(time.microseconds);
    u64::from(time.negative) << 63 | u64::from(time.hours) << 32 | clock
}

fn packed_datetime(at: &Datetime) -> u64 {
    let date = packed_date(&Date { year: at.year, month: at.month, day: at.day });
    let clock = u64::from(at.minute) << 26 | u64::from(at.second) << 20 | u64::from(at.microsecond);
    date | u64::from(at.hour) << 32 | clock
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
