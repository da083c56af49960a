//! A second reader of batches: reads them cell by cell, as `wit/types.wit` defines them. It shares
//! no code with the crate `wasmysql-batch`.

use crate::bindings::types::{Date, Datetime, RowBatch, Time, Value};

/// The buffers of a column, as positions in the batch. All positions are `u64`, so that no sum of
/// them overflows.
struct Buffers {
    kind: u32,
    validity: u64,
    values: u64,
    data: u64,
    length: u64,
}

/// Returns the number of columns that the batch declares, or `None` if its header violates the
/// contract.
pub(super) fn columns(batch: &RowBatch) -> Option<u64> {
    let columns = u64::from(u32_at(&batch.data, 0)?);
    let is_header = u32_at(&batch.data, 4)? == 0 && 8 + 24 * columns <= batch.data.len() as u64;
    is_header.then_some(columns)
}

/// Returns whether a column of the batch has the kind `raw`.
pub(super) fn has_raw(batch: &RowBatch) -> bool {
    let columns = columns(batch).unwrap_or_default();
    (0..columns).any(|index| u32_at(&batch.data, 8 + 24 * index) == Some(11))
}

/// Returns the cells of a batch, row by row, or `None` if its layout violates the contract or if a
/// cell has a type that can't be sent.
pub(super) fn cells(batch: &RowBatch) -> Option<Vec<Vec<Value>>> {
    let rows = u64::from(batch.rows);
    let mut columns = Vec::new();
    let mut end = 8 + 24 * self::columns(batch)?;
    for index in 0..self::columns(batch)? {
        let word = |position: u64| u32_at(&batch.data, 8 + 24 * index + 4 * position);
        let [kind, validity, values, data, length, zero] = [word(0)?, word(1)?, word(2)?, word(3)?, word(4)?, word(5)?];
        let buffers = Buffers {
            kind,
            validity: validity.into(),
            values: values.into(),
            data: data.into(),
            length: length.into(),
        };
        if zero != 0 || !are_in_order(&buffers, rows, &mut end) || end > batch.data.len() as u64 {
            return None;
        }
        columns.push(buffers);
    }
    if columns.is_empty() {
        return Some(vec![Vec::new(); batch.rows as usize]);
    }
    let mut cells = vec![Vec::new(); batch.rows as usize];
    for buffers in &columns {
        let mut start = 0;
        for (row, cells) in (0..).zip(&mut cells) {
            cells.push(cell(&batch.data, buffers, row, &mut start)?);
        }
        if is_var(buffers.kind) && (u32_at(&batch.data, buffers.values)? != 0 || start != buffers.length) {
            return None;
        }
    }
    Some(cells)
}

fn is_var(kind: u32) -> bool {
    matches!(kind, 5 | 6 | 7 | 11)
}

/// Checks the places of a column's buffers, and moves `end` to the end of the last buffer.
fn are_in_order(buffers: &Buffers, rows: u64, end: &mut u64) -> bool {
    let mut follows = |place: u64, bytes: u64| {
        let is_after = place.is_multiple_of(8) && place >= *end;
        *end = place + bytes;
        is_after
    };
    let bits = buffers.validity == 0 || follows(buffers.validity, rows / 8 + u64::from(!rows.is_multiple_of(8)));
    match buffers.kind {
        0 => [buffers.validity, buffers.values, buffers.data, buffers.length] == [0; 4],
        1 | 2 | 4 | 8 | 9 | 10 => bits && follows(buffers.values, 8 * rows) && (buffers.data | buffers.length) == 0,
        3 => bits && follows(buffers.values, 4 * rows) && (buffers.data | buffers.length) == 0,
        5 | 6 | 7 | 11 => bits && follows(buffers.values, 4 * rows + 4) && follows(buffers.data, buffers.length),
        _ => false,
    }
}

/// Returns a cell, or `None` if it violates the contract or its type can't be sent. `start` is the
/// end of the text before, and becomes the end of this text.
fn cell(batch: &[u8], buffers: &Buffers, row: u64, start: &mut u64) -> Option<Value> {
    let is_valid = buffers.validity == 0 || byte_at(batch, buffers.validity + row / 8)? >> (row % 8) & 1 == 1;
    if is_var(buffers.kind) {
        let end = u64::from(u32_at(batch, buffers.values + 4 * (row + 1))?);
        let from = buffers.data + std::mem::replace(start, end);
        if end > buffers.length || (!is_valid && from != buffers.data + end) {
            return None;
        }
        let bytes = batch.get(usize::try_from(from).ok()?..usize::try_from(buffers.data + end).ok()?)?.to_vec();
        return match buffers.kind {
            11 => None,
            _ if !is_valid => Some(Value::Null),
            7 => Some(Value::Bytes(bytes)),
            5 => String::from_utf8(bytes).ok().map(Value::Decimal),
            _ => String::from_utf8(bytes).ok().map(Value::Text),
        };
    }
    if !is_valid || buffers.kind == 0 {
        return Some(Value::Null);
    }
    let width = if buffers.kind == 3 { 4 } else { 8 };
    let low = u32_at(batch, buffers.values + width * row)?;
    if buffers.kind == 3 {
        return Some(Value::Float(f32::from_bits(low)));
    }
    let high = u32_at(batch, buffers.values + width * row + 4)?;
    let word = u64::from(high) << 32 | u64::from(low);
    match buffers.kind {
        1 => Some(Value::Signed(word.cast_signed())),
        2 => Some(Value::Unsigned(word)),
        4 => Some(Value::Double(f64::from_bits(word))),
        kind => calendar(kind, low, high),
    }
}

/// Returns a date or time, or `None` if a bit is set that no field uses.
fn calendar(kind: u32, low: u32, high: u32) -> Option<Value> {
    let (microsecond, second, minute) = (low % (1 << 20), (low >> 20) % 64, low >> 26);
    let (second, minute) = (u8::try_from(second).ok()?, u8::try_from(minute).ok()?);
    if kind == 9 {
        let hours = u16::try_from(high % (1 << 31)).ok().filter(|hours| *hours < 1024)?;
        let negative = high >> 31 == 1;
        return Some(Value::Time(Time {
            negative,
            hours,
            minutes: minute,
            seconds: second,
            microseconds: microsecond,
        }));
    }
    let year = u16::try_from(high >> 14).ok().filter(|year| *year < 1 << 14)?;
    let byte = |bits: u32| u8::try_from(bits).ok();
    let (month, day, hour) = (byte((high >> 10) % 16)?, byte((high >> 5) % 32)?, byte(high % 32)?);
    match kind {
        8 if low == 0 && hour == 0 => Some(Value::Date(Date { year, month, day })),
        8 => None,
        _ => Some(Value::Datetime(Datetime { year, month, day, hour, minute, second, microsecond })),
    }
}

fn byte_at(batch: &[u8], at: u64) -> Option<u8> {
    batch.get(usize::try_from(at).ok()?).copied()
}

fn u32_at(batch: &[u8], at: u64) -> Option<u32> {
    let at = usize::try_from(at).ok()?;
    Some(u32::from_le_bytes(batch.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
