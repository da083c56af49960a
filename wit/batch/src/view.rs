//! Views of the columns of a checked batch.

use std::ops::Range;

use crate::check::Parts;
use crate::kind::{Kind, Storage};
use crate::packed::{Date, DateTime, Time};

/// A column of a batch, borrowed from its buffer. Rows count from 0.
#[derive(Debug, Clone, Copy)]
pub struct ColumnView<'b> {
    /// The buffer of the whole batch.
    buffer: &'b [u8],
    parts: &'b Parts,
    rows: usize,
}

/// A cell of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'b> {
    /// NULL.
    Null,
    /// A signed integer.
    Signed(i64),
    /// An unsigned integer.
    Unsigned(u64),
    /// A single float.
    Float(f32),
    /// A double float.
    Double(f64),
    /// The digits of a decimal.
    Decimal(&'b str),
    /// Text.
    Text(&'b str),
    /// Bytes.
    Bytes(&'b [u8]),
    /// A date.
    Date(Date),
    /// A time.
    Time(Time),
    /// A datetime.
    DateTime(DateTime),
    /// Bytes of an unknown type.
    Raw(&'b [u8]),
}

impl<'b> ColumnView<'b> {
    #[inline]
    pub(crate) fn new(buffer: &'b [u8], parts: &'b Parts, rows: usize) -> Self {
        Self { buffer, parts, rows }
    }

    /// Returns the kind.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.parts.kind
    }

    /// Returns the number of rows, including NULL rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns whether any row can be NULL.
    #[inline]
    pub fn has_nulls(&self) -> bool {
        self.parts.validity.is_some() || self.parts.kind == Kind::Null
    }

    /// Returns whether the row is NULL. Rows past the end are NULL.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        match &self.parts.validity {
            None => row >= self.rows || self.parts.kind == Kind::Null,
            Some(bits) => {
                let byte = self.buffer.get(bits.start + row / 8).copied().unwrap_or_default();
                row >= self.rows || byte & (1 << (row % 8)) == 0
            }
        }
    }

    /// Returns the bitmap of the rows that are not NULL, or `None` if no row is NULL or the kind is
    /// `null`.
    pub fn validity(&self) -> Option<&'b [u8]> {
        self.validity_range().map(|range| &self.buffer[range])
    }

    /// Returns the values in little endian, or the offsets for kinds of variable length.
    pub fn values(&self) -> &'b [u8] {
        &self.buffer[self.values_range()]
    }

    /// Returns the bytes of all values of a kind of variable length.
    pub fn data(&self) -> &'b [u8] {
        &self.buffer[self.data_range()]
    }

    /// Returns the place of `validity` in the buffer of the batch.
    pub fn validity_range(&self) -> Option<Range<usize>> {
        self.parts.validity.clone()
    }

    /// Returns the place of `values` in the buffer of the batch.
    pub fn values_range(&self) -> Range<usize> {
        self.parts.values.clone()
    }

    /// Returns the place of `data` in the buffer of the batch.
    pub fn data_range(&self) -> Range<usize> {
        self.parts.data.clone()
    }

    /// Returns the offsets of a kind of variable length: the start of each value, and the end of
    /// the last value.
    pub fn offsets(&self) -> impl ExactSizeIterator<Item = u32> + Clone + use<'b> {
        self.values().as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Returns the values of a kind of 8 bytes as words.
    pub fn words(&self) -> impl ExactSizeIterator<Item = u64> + Clone + use<'b> {
        self.values().as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Returns the value of a row of a kind of 8 bytes as a word. `None` for other kinds and past
    /// the end.
    #[inline]
    pub fn word(&self, row: usize) -> Option<u64> {
        if self.parts.kind.storage() != Storage::Fixed(8) {
            return None;
        }
        self.value(row).map(u64::from_le_bytes)
    }

    /// Returns the value of a row of the kind `float`. `None` for other kinds and past the end.
    #[inline]
    pub fn float(&self, row: usize) -> Option<f32> {
        if self.parts.kind != Kind::Float {
            return None;
        }
        self.value(row).map(f32::from_le_bytes)
    }

    /// Returns the bytes of a row of a kind of variable length. `None` for other kinds and past the
    /// end.
    #[inline]
    pub fn bytes(&self, row: usize) -> Option<&'b [u8]> {
        if self.parts.kind.storage() != Storage::Variable {
            return None;
        }
        // The end of a value is the start of the next value.
        let offsets: [u8; 8] = self.value_of(row, 4)?;
        let offsets = offsets.as_chunks().0;
        let start = self.parts.data.start + u32::from_le_bytes(offsets[0]) as usize;
        let end = self.parts.data.start + u32::from_le_bytes(offsets[1]) as usize;
        self.buffer.get(start..end)
    }

    /// Returns the text of a row of a kind of variable length. `None` for other kinds, past the end
    /// and for bytes that are not UTF-8.
    #[inline]
    pub fn text(&self, row: usize) -> Option<&'b str> {
        std::str::from_utf8(self.bytes(row)?).ok()
    }

    /// Returns the cell of a row, or `None` past the end.
    #[inline]
    pub fn cell(&self, row: usize) -> Option<Cell<'b>> {
        if row >= self.rows {
            return None;
        }
        if self.is_null(row) {
            return Some(Cell::Null);
        }
        Some(match self.parts.kind {
            Kind::Null => Cell::Null,
            Kind::Signed => Cell::Signed(self.word(row)?.cast_signed()),
            Kind::Unsigned => Cell::Unsigned(self.word(row)?),
            Kind::Float => Cell::Float(self.float(row)?),
            Kind::Double => Cell::Double(f64::from_bits(self.word(row)?)),
            Kind::Decimal => Cell::Decimal(self.text(row)?),
            Kind::Text => Cell::Text(self.text(row)?),
            Kind::Bytes => Cell::Bytes(self.bytes(row)?),
            Kind::Date => Cell::Date(Date::unpack(self.word(row)?)),
            Kind::Time => Cell::Time(Time::unpack(self.word(row)?)),
            Kind::DateTime => Cell::DateTime(DateTime::unpack(self.word(row)?)),
            Kind::Raw => Cell::Raw(self.bytes(row)?),
        })
    }

    #[inline]
    fn value<const N: usize>(&self, row: usize) -> Option<[u8; N]> {
        self.value_of(row, N)
    }

    /// Returns the bytes at a row of the values, which has `width` bytes. The check of the batch
    /// ensures that the values of all rows are within the buffer.
    #[inline]
    fn value_of<const N: usize>(&self, row: usize, width: usize) -> Option<[u8; N]> {
        if row >= self.rows {
            return None;
        }
        self.buffer.get(self.parts.values.start + row * width..)?.first_chunk().copied()
    }
}
