//! The reasons why a buffer is not a batch.

use std::fmt;

use crate::kind::Kind;

/// A buffer violates the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    pub(crate) column: Option<(u32, Option<Kind>)>,
    pub(crate) defect: Defect,
}

/// The rule of the layout that a buffer violates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// The buffer is shorter than its header and its directory.
    TooShort {
        /// The bytes of the buffer.
        bytes: usize,
        /// The bytes of header and directory.
        needed: u64,
    },
    /// A reserved word of the header or of the directory is not zero.
    Reserved(u32),
    /// The directory has an unknown kind.
    UnknownKind(u32),
    /// A column has a buffer that its kind does not have.
    Unused {
        /// `validity`, `values`, `data` or `length of data`.
        field: &'static str,
        /// The value in the directory.
        value: u32,
    },
    /// A buffer does not begin at a multiple of 8 bytes.
    Unaligned {
        /// `validity`, `values` or `data`.
        field: &'static str,
        /// The place in the directory.
        place: u32,
    },
    /// A buffer begins before the end of the directory or of the buffer before it.
    Overlap {
        /// `validity`, `values` or `data`.
        field: &'static str,
        /// The place in the directory.
        place: u32,
        /// The end of the directory or of the buffer before.
        end: usize,
    },
    /// A buffer ends after the end of the batch.
    OutOfBounds {
        /// `validity`, `values` or `data`.
        field: &'static str,
        /// The end that the place and the number of rows require.
        end: u64,
        /// The bytes of the batch.
        bytes: usize,
    },
    /// The first offset is not 0.
    FirstOffset(u32),
    /// An offset is smaller than the offset before it.
    OffsetsDecrease {
        /// The row, counted from 0, whose end is before its start.
        row: usize,
    },
    /// The last offset is not the length of the data.
    LastOffset {
        /// The last offset.
        offset: u32,
        /// The length of the data in the directory.
        length: u32,
    },
    /// A row that is NULL has bytes.
    NullWithData {
        /// The row, counted from 0.
        row: usize,
    },
    /// A text or a decimal is not valid UTF-8.
    NotUtf8 {
        /// The row, counted from 0.
        row: usize,
    },
    /// The word of a date or time has a bit that no field uses.
    StrayBits {
        /// The row, counted from 0.
        row: usize,
        /// The word.
        word: u64,
    },
}

impl Malformed {
    /// Returns the index of the column, counted from 0, or `None` if the header or the directory is
    /// malformed.
    pub fn column(&self) -> Option<usize> {
        self.column.map(|(index, _)| index as usize)
    }

    /// Returns the violated rule.
    pub fn defect(&self) -> &Defect {
        &self.defect
    }
}

impl Defect {
    /// Returns a name of the rule, for test vectors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too-short",
            Self::Reserved(_) => "reserved",
            Self::UnknownKind(_) => "unknown-kind",
            Self::Unused { .. } => "unused",
            Self::Unaligned { .. } => "unaligned",
            Self::Overlap { .. } => "overlap",
            Self::OutOfBounds { .. } => "out-of-bounds",
            Self::FirstOffset(_) => "first-offset",
            Self::OffsetsDecrease { .. } => "offsets-decrease",
            Self::LastOffset { .. } => "last-offset",
            Self::NullWithData { .. } => "null-with-data",
            Self::NotUtf8 { .. } => "not-utf8",
            Self::StrayBits { .. } => "stray-bits",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            None => self.defect.fmt(f),
            Some((index, None)) => write!(f, "column {index}: {}", self.defect),
            Some((index, Some(kind))) => write!(f, "column {index} ({kind}): {}", self.defect),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { bytes, needed } => {
                write!(f, "the buffer has {bytes} bytes, but its header and directory need {needed}")
            }
            Self::Reserved(word) => write!(f, "a reserved word is {word}, it must be 0"),
            Self::UnknownKind(code) => write!(f, "the kind is {code}, the largest known kind is {}", Kind::Raw.code()),
            Self::Unused { field, value } => write!(f, "{field} is {value}, it must be 0 for this kind"),
            Self::Unaligned { field, place } => write!(f, "{field} is at byte {place}, which is not a multiple of 8"),
            Self::Overlap { field, place, end } => {
                write!(f, "{field} is at byte {place}, before byte {end}, where the part before it ends")
            }
            Self::OutOfBounds { field, end, bytes } => {
                write!(f, "{field} would end at byte {end}, but the buffer has {bytes} bytes")
            }
            Self::FirstOffset(offset) => write!(f, "the first offset is {offset}, it must be 0"),
            Self::OffsetsDecrease { row } => write!(f, "the offsets decrease at row {row}"),
            Self::LastOffset { offset, length } => {
                write!(f, "the last offset is {offset}, but the length of the data is {length}")
            }
            Self::NullWithData { row } => write!(f, "row {row} is NULL, but its offsets are not equal"),
            Self::NotUtf8 { row } => write!(f, "the value of row {row} is not valid UTF-8"),
            Self::StrayBits { row, word } => {
                write!(f, "the value of row {row} is {word:#018x}, which has bits that no field uses")
            }
        }
    }
}

impl std::error::Error for Malformed {}
