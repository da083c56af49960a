//! Checks a buffer completely, before anything is read from it.
//!
//! The buffers of columns must be in order and must not overlap. So the work of the check is
//! proportional to the bytes of the batch, whatever its directory declares.

use std::ops::Range;

use crate::column::is_utf8;
use crate::directory::{ALIGNMENT, ENTRY, Entry, HEADER, column_count, entries};
use crate::kind::{Kind, Storage};
use crate::malformed::{Defect, Malformed};
use crate::packed::{Date, DateTime, Time};
use crate::view::ColumnView;

/// The buffers of a column, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) kind: Kind,
    /// Absent if no row is NULL.
    pub(crate) validity: Option<Range<usize>>,
    /// The values, or the offsets.
    pub(crate) values: Range<usize>,
    pub(crate) data: Range<usize>,
}

/// Returns the parts of all columns.
pub(crate) fn check(rows: u32, data: &[u8]) -> Result<Box<[Parts]>, Malformed> {
    let columns = column_count(data)?;
    let mut buffers = Buffers { bytes: data.len(), end: HEADER + ENTRY * columns as usize };
    let mut all = Vec::with_capacity(columns as usize);
    for (index, entry) in (0..columns).zip(entries(data, columns)) {
        let of_column = |kind| move |defect| Malformed { column: Some((index, kind)), defect };
        let kind = Kind::from_code(entry.kind).ok_or(Defect::UnknownKind(entry.kind)).map_err(of_column(None))?;
        let parts = buffers.parts(kind, entry, rows).map_err(of_column(Some(kind)))?;
        check_values(&ColumnView::new(data, &parts, rows as usize)).map_err(of_column(Some(kind)))?;
        all.push(parts);
    }
    Ok(all.into())
}

/// Takes one buffer after the other.
struct Buffers {
    /// The length of the batch.
    bytes: usize,
    /// The end of the buffer before.
    end: usize,
}

impl Buffers {
    fn parts(&mut self, kind: Kind, entry: Entry, rows: u32) -> Result<Parts, Defect> {
        let unused = |field, value| if value == 0 { Ok(()) } else { Err(Defect::Unused { field, value }) };
        let rows = u64::from(rows);
        if entry.reserved != 0 {
            return Err(Defect::Reserved(entry.reserved));
        }
        let storage = kind.storage();
        if storage == Storage::Nothing {
            unused("validity", entry.validity)?;
            unused("values", entry.values)?;
        }
        if storage != Storage::Variable {
            unused("data", entry.data)?;
            unused("length of data", entry.length)?;
        }
        let validity = match entry.validity {
            0 => None,
            place => Some(self.take("validity", place, rows.div_ceil(8))?),
        };
        let (values, data) = match storage {
            Storage::Nothing => (0..0, 0..0),
            Storage::Fixed(width) => (self.take("values", entry.values, rows * width as u64)?, 0..0),
            Storage::Variable => (
                self.take("values", entry.values, (rows + 1) * size_of::<u32>() as u64)?,
                self.take("data", entry.data, entry.length.into())?,
            ),
        };
        Ok(Parts { kind, validity, values, data })
    }

    fn take(&mut self, field: &'static str, place: u32, length: u64) -> Result<Range<usize>, Defect> {
        let (start, bytes) = (place as usize, self.bytes);
        if !start.is_multiple_of(ALIGNMENT) {
            return Err(Defect::Unaligned { field, place });
        }
        if start < self.end {
            return Err(Defect::Overlap { field, place, end: self.end });
        }
        let end = u64::from(place) + length;
        match usize::try_from(end) {
            Ok(within) if within <= bytes => {
                self.end = within;
                Ok(start..within)
            }
            _ => Err(Defect::OutOfBounds { field, end, bytes }),
        }
    }
}

fn check_values(column: &ColumnView<'_>) -> Result<(), Defect> {
    match column.kind() {
        Kind::Decimal | Kind::Text => {
            check_offsets(column)?;
            check_utf8(column)
        }
        Kind::Bytes | Kind::Raw => check_offsets(column),
        Kind::Date => check_bits(column, Date::BITS),
        Kind::Time => check_bits(column, Time::BITS),
        Kind::DateTime => check_bits(column, DateTime::BITS),
        Kind::Null | Kind::Signed | Kind::Unsigned | Kind::Float | Kind::Double => Ok(()),
    }
}

fn check_offsets(column: &ColumnView<'_>) -> Result<(), Defect> {
    let (mut offsets, length) = (column.offsets(), column.data().len());
    let first = offsets.next().unwrap_or_default();
    if first != 0 {
        return Err(Defect::FirstOffset(first));
    }
    let mut start = 0;
    for (row, end) in offsets.clone().enumerate() {
        if end < start {
            return Err(Defect::OffsetsDecrease { row });
        }
        start = end;
    }
    if start as usize != length {
        // The length comes from an entry of 32 bits.
        return Err(Defect::LastOffset { offset: start, length: u32::try_from(length).unwrap_or(u32::MAX) });
    }
    if column.validity().is_some() {
        let mut start = 0;
        for (row, end) in offsets.enumerate() {
            if end != start && column.is_null(row) {
                return Err(Defect::NullWithData { row });
            }
            start = end;
        }
    }
    Ok(())
}

fn check_utf8(column: &ColumnView<'_>) -> Result<(), Defect> {
    if is_utf8(column.data(), column.offsets()) {
        return Ok(());
    }
    let invalid = |row: &usize| column.bytes(*row).is_some_and(|bytes| std::str::from_utf8(bytes).is_err());
    // If the whole data is invalid or a character spans two values, one of the values is invalid.
    Err(Defect::NotUtf8 { row: (0..column.rows()).find(invalid).unwrap_or_default() })
}

fn check_bits(column: &ColumnView<'_>, allowed: u64) -> Result<(), Defect> {
    if column.words().fold(0, |bits, word| bits | word) & !allowed == 0 {
        return Ok(());
    }
    // The value of a NULL row has no meaning.
    let is_stray = |&(row, word): &(usize, u64)| word & !allowed != 0 && !column.is_null(row);
    match column.words().enumerate().find(is_stray) {
        Some((row, word)) => Err(Defect::StrayBits { row, word }),
        None => Ok(()),
    }
}
