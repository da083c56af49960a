//! The kinds of columns.

use std::fmt;

/// The kind of a column: the form in which a batch stores its values. The number of a kind is its
/// code in the directory of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Kind {
    /// Every row is NULL. The column has no buffers.
    Null = 0,
    /// TINYINT to BIGINT, as `i64`.
    Signed = 1,
    /// TINYINT UNSIGNED to BIGINT UNSIGNED and YEAR, as `u64`.
    Unsigned = 2,
    /// FLOAT, as `f32`.
    Float = 3,
    /// DOUBLE, as `f64`.
    Double = 4,
    /// DECIMAL, as the text of its digits.
    Decimal = 5,
    /// Text in UTF-8.
    Text = 6,
    /// Bytes.
    Bytes = 7,
    /// DATE, packed as [`Date::pack`](crate::Date::pack) defines.
    Date = 8,
    /// TIME, packed as [`Time::pack`](crate::Time::pack) defines.
    Time = 9,
    /// DATETIME and TIMESTAMP, packed as [`DateTime::pack`](crate::DateTime::pack) defines.
    DateTime = 10,
    /// Bytes of a type that the contract does not know.
    Raw = 11,
}

/// The values of a column in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    /// No values.
    Nothing,
    /// One value of this number of bytes for each row.
    Fixed(usize),
    /// One offset for each row and one more, and the bytes of the values.
    Variable,
}

impl Kind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 12] = [
        Self::Null,
        Self::Signed,
        Self::Unsigned,
        Self::Float,
        Self::Double,
        Self::Decimal,
        Self::Text,
        Self::Bytes,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Raw,
    ];

    /// Returns the kind with this code, or `None` if there is none.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// Returns the code in the directory.
    pub fn code(self) -> u32 {
        self as u32
    }

    /// Returns the name of the case in `column-kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
            Self::Float => "float",
            Self::Double => "double",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Raw => "raw",
        }
    }

    /// Returns the bytes of one row in the buffer of values: the size of the value, or 4 bytes of
    /// an offset for kinds of variable length.
    pub fn width(self) -> usize {
        match self.storage() {
            Storage::Nothing => 0,
            Storage::Fixed(width) => width,
            Storage::Variable => size_of::<u32>(),
        }
    }

    pub(crate) fn storage(self) -> Storage {
        match self {
            Self::Null => Storage::Nothing,
            Self::Float => Storage::Fixed(4),
            Self::Signed | Self::Unsigned | Self::Double | Self::Date | Self::Time | Self::DateTime => {
                Storage::Fixed(8)
            }
            Self::Decimal | Self::Text | Self::Bytes | Self::Raw => Storage::Variable,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_positions_of_the_kinds() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!((Kind::from_code(12), Kind::from_code(u32::MAX)), (None, None));
    }

    #[test]
    fn names_are_those_of_the_contract() {
        let wit = include_str!("../../types.wit");
        let (_, cases) = wit.split_once("enum column-kind {").unwrap();
        let (cases, _) = cases.split_once('}').unwrap();
        let cases: Vec<_> = cases.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
        assert_eq!(cases, Kind::ALL.map(Kind::name));
    }
}
