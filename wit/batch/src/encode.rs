//! Joins columns to a buffer.

use std::fmt;

use crate::column::{Column, Values};
use crate::directory::{ALIGNMENT, ENTRY, Entry, HEADER, header};

/// The columns don't fit one buffer: a place would need more than 32 bits, or a column has another
/// number of rows than the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns don't fit one batch: it has at most 4 GiB, and one cell per row and column")
    }
}

impl std::error::Error for TooLarge {}

/// Joins columns to the buffer of a batch of `rows` rows.
///
/// # Errors
///
/// [`TooLarge`] if the buffer would have 4 GiB or more, or if a column has another number of rows.
pub fn encode(rows: u32, columns: &[Column]) -> Result<Vec<u8>, TooLarge> {
    let mut end = HEADER + ENTRY * columns.len();
    let mut entries = Vec::with_capacity(columns.len());
    for column in columns {
        if column.rows() != rows as usize || column.values.len().is_some_and(|len| len != column.rows()) {
            return Err(TooLarge);
        }
        let mut place = |bytes: usize| {
            let start = end;
            end += bytes.next_multiple_of(ALIGNMENT);
            u32::try_from(end).map_err(|_| TooLarge)?;
            u32::try_from(start).map_err(|_| TooLarge)
        };
        let mut entry = Entry { kind: column.kind().code(), ..Entry::default() };
        if let (Some(bits), false) = (column.validity.bits(), matches!(column.values, Values::Null)) {
            entry.validity = place(bits.len())?;
        }
        match &column.values {
            Values::Null => {}
            Values::Signed(values) => entry.values = place(values.len() * 8)?,
            Values::Unsigned(values) | Values::Date(values) | Values::Time(values) | Values::DateTime(values) => {
                entry.values = place(values.len() * 8)?;
            }
            Values::Float(values) => entry.values = place(values.len() * 4)?,
            Values::Double(values) => entry.values = place(values.len() * 8)?,
            Values::Decimal(var) | Values::Text(var) | Values::Bytes(var) | Values::Raw(var) => {
                entry.values = place(var.offsets.len() * 4)?;
                entry.data = place(var.data.len())?;
                entry.length = u32::try_from(var.data.len()).map_err(|_| TooLarge)?;
            }
        }
        entries.push(entry);
    }
    let mut buffer = Vec::with_capacity(end);
    buffer.extend_from_slice(&header(u32::try_from(columns.len()).map_err(|_| TooLarge)?));
    for entry in entries {
        buffer.extend_from_slice(&entry.to_bytes());
    }
    for column in columns {
        write(&mut buffer, column);
    }
    debug_assert_eq!(buffer.len(), end);
    Ok(buffer)
}

/// Appends the buffers of a column.
fn write(buffer: &mut Vec<u8>, column: &Column) {
    if let (Some(bits), false) = (column.validity.bits(), matches!(column.values, Values::Null)) {
        buffer.extend_from_slice(bits);
        pad(buffer);
    }
    match &column.values {
        Values::Null => {}
        Values::Signed(values) => append(buffer, values, |value| value.to_le_bytes()),
        Values::Unsigned(values) | Values::Date(values) | Values::Time(values) | Values::DateTime(values) => {
            append(buffer, values, |value| value.to_le_bytes());
        }
        Values::Float(values) => append(buffer, values, |value| value.to_le_bytes()),
        Values::Double(values) => append(buffer, values, |value| value.to_le_bytes()),
        Values::Decimal(var) | Values::Text(var) | Values::Bytes(var) | Values::Raw(var) => {
            append(buffer, &var.offsets, |offset| offset.to_le_bytes());
            buffer.extend_from_slice(&var.data);
        }
    }
    pad(buffer);
}

/// Appends numbers in little endian, and pads.
fn append<T: bytemuck::Pod, const N: usize>(buffer: &mut Vec<u8>, values: &[T], to_bytes: impl Fn(T) -> [u8; N]) {
    if cfg!(target_endian = "little") {
        buffer.extend_from_slice(bytemuck::cast_slice(values));
    } else {
        values.iter().for_each(|value| buffer.extend_from_slice(&to_bytes(*value)));
    }
    pad(buffer);
}

/// Adds zeros up to the next multiple of 8 bytes.
fn pad(buffer: &mut Vec<u8>) {
    buffer.resize(buffer.len().next_multiple_of(ALIGNMENT), 0);
}
