//! Collects the cells of a column.

use crate::kind::Kind;
use crate::validity::Validity;

/// The cells of one column, collected for [`encode`](crate::encode). Each row adds exactly one
/// cell: either a value and [`pushed`](Self::pushed), or [`push_null`](Self::push_null).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub(crate) validity: Validity,
    pub(crate) values: Values,
}

/// The values of a column. NULL rows have an entry too.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Every row is NULL.
    Null,
    /// Signed integers.
    Signed(Vec<i64>),
    /// Unsigned integers.
    Unsigned(Vec<u64>),
    /// Single floats.
    Float(Vec<f32>),
    /// Double floats.
    Double(Vec<f64>),
    /// The digits of decimals.
    Decimal(VarWidth),
    /// Texts in UTF-8.
    Text(VarWidth),
    /// Bytes.
    Bytes(VarWidth),
    /// Packed dates.
    Date(Vec<u64>),
    /// Packed times.
    Time(Vec<u64>),
    /// Packed datetimes.
    DateTime(Vec<u64>),
    /// Bytes of an unknown type.
    Raw(VarWidth),
}

/// Values of variable length, stored back to back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VarWidth {
    /// The start of each value, and the end of the last value.
    pub(crate) offsets: Vec<u32>,
    pub(crate) data: Vec<u8>,
}

impl VarWidth {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::with_capacity(0, 0)
    }

    /// Creates an empty list with room for `rows` values of together `bytes` bytes.
    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows.saturating_add(1));
        offsets.push(0);
        Self { offsets, data: Vec::with_capacity(bytes) }
    }

    /// Appends a value. Returns `false`, and appends nothing, if the list would need more than 32
    /// bits for its offsets.
    #[inline]
    #[must_use]
    pub fn push(&mut self, value: &[u8]) -> bool {
        let Ok(end) = u32::try_from(self.data.len() + value.len()) else { return false };
        self.data.extend_from_slice(value);
        self.offsets.push(end);
        true
    }
}

impl Default for VarWidth {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns whether each value is UTF-8. Checking the whole data is not enough: a character could
/// span two values.
pub(crate) fn is_utf8(data: &[u8], mut offsets: impl Iterator<Item = u32>) -> bool {
    is_ascii(data) || std::str::from_utf8(data).is_ok_and(|text| offsets.all(|at| text.is_char_boundary(at as usize)))
}

/// Returns whether all bytes are ASCII. Words of 8 bytes are several times as fast as the methods
/// of the standard library in a program for WebAssembly, whose words have 4 bytes.
fn is_ascii(data: &[u8]) -> bool {
    const NOT_ASCII: u64 = 0x8080_8080_8080_8080;
    let (blocks, rest) = data.as_chunks::<64>();
    let bits = |block: &[u8; 64]| block.as_chunks().0.iter().fold(0, |bits, word| bits | u64::from_le_bytes(*word));
    blocks.iter().all(|block| bits(block) & NOT_ASCII == 0) && rest.is_ascii()
}

impl Column {
    /// Creates an empty column.
    pub fn new(kind: Kind) -> Self {
        Self::with_capacity(kind, 0, 0)
    }

    /// Creates an empty column with room for `rows` values, which are together `bytes` bytes long
    /// if their length varies.
    pub fn with_capacity(kind: Kind, rows: usize, bytes: usize) -> Self {
        Self { validity: Validity::default(), values: Values::with_capacity(kind, rows, bytes) }
    }

    /// Creates a column from its values, with an entry for each NULL row too. Returns `None` if
    /// their number differs from the number of rows.
    pub fn from_parts(validity: Validity, values: Values) -> Option<Self> {
        values.len().is_none_or(|len| len == validity.rows()).then_some(Self { validity, values })
    }

    /// Returns the kind of the column.
    pub fn kind(&self) -> Kind {
        self.values.kind()
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.validity.rows()
    }

    /// Returns the bytes of all values; empty for kinds of fixed width.
    pub fn data(&self) -> &[u8] {
        match &self.values {
            Values::Decimal(var) | Values::Text(var) | Values::Bytes(var) | Values::Raw(var) => &var.data,
            _ => &[],
        }
    }

    /// Returns whether each value is valid UTF-8, as decimals and texts must be. True for other
    /// kinds.
    pub fn is_utf8(&self) -> bool {
        match &self.values {
            Values::Decimal(var) | Values::Text(var) => is_utf8(&var.data, var.offsets.iter().copied()),
            _ => true,
        }
    }

    /// Returns the values, to push the value of the next row. Call [`pushed`](Self::pushed)
    /// afterwards.
    #[inline]
    pub fn values(&mut self) -> &mut Values {
        &mut self.values
    }

    /// Counts a value that was pushed.
    #[inline]
    pub fn pushed(&mut self) {
        self.validity.push_valid();
    }

    /// Adds a row that is NULL.
    pub fn push_null(&mut self) {
        self.values.push_default();
        self.validity.push_null();
    }
}

impl Values {
    /// Creates an empty list with room for `rows` values, which are together `bytes` bytes long if
    /// their length varies.
    pub fn with_capacity(kind: Kind, rows: usize, bytes: usize) -> Self {
        match kind {
            Kind::Null => Self::Null,
            Kind::Signed => Self::Signed(Vec::with_capacity(rows)),
            Kind::Unsigned => Self::Unsigned(Vec::with_capacity(rows)),
            Kind::Float => Self::Float(Vec::with_capacity(rows)),
            Kind::Double => Self::Double(Vec::with_capacity(rows)),
            Kind::Decimal => Self::Decimal(VarWidth::with_capacity(rows, bytes)),
            Kind::Text => Self::Text(VarWidth::with_capacity(rows, bytes)),
            Kind::Bytes => Self::Bytes(VarWidth::with_capacity(rows, bytes)),
            Kind::Date => Self::Date(Vec::with_capacity(rows)),
            Kind::Time => Self::Time(Vec::with_capacity(rows)),
            Kind::DateTime => Self::DateTime(Vec::with_capacity(rows)),
            Kind::Raw => Self::Raw(VarWidth::with_capacity(rows, bytes)),
        }
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Signed(_) => Kind::Signed,
            Self::Unsigned(_) => Kind::Unsigned,
            Self::Float(_) => Kind::Float,
            Self::Double(_) => Kind::Double,
            Self::Decimal(_) => Kind::Decimal,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::DateTime(_) => Kind::DateTime,
            Self::Raw(_) => Kind::Raw,
        }
    }

    /// Returns the number of values, or `None` for the kind `null`.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::Null => None,
            Self::Signed(values) => Some(values.len()),
            Self::Unsigned(values) | Self::Date(values) | Self::Time(values) | Self::DateTime(values) => {
                Some(values.len())
            }
            Self::Float(values) => Some(values.len()),
            Self::Double(values) => Some(values.len()),
            Self::Decimal(var) | Self::Text(var) | Self::Bytes(var) | Self::Raw(var) => Some(var.offsets.len() - 1),
        }
    }

    /// Adds the entry of a NULL row: zero, or no bytes.
    pub fn push_default(&mut self) {
        match self {
            Self::Null => {}
            Self::Signed(values) => values.push(0),
            Self::Unsigned(values) | Self::Date(values) | Self::Time(values) | Self::DateTime(values) => {
                values.push(0);
            }
            Self::Float(values) => values.push(0.0),
            Self::Double(values) => values.push(0.0),
            Self::Decimal(var) | Self::Text(var) | Self::Bytes(var) | Self::Raw(var) => {
                let end = var.offsets.last().copied().unwrap_or_default();
                var.offsets.push(end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_checked_per_value() {
        let is_utf8 = |kind: Kind, texts: [&[u8]; 2]| {
            let mut column = Column::new(kind);
            for text in texts {
                let (Values::Text(var) | Values::Bytes(var)) = column.values() else { unreachable!() };
                assert!(var.push(text));
                column.pushed();
            }
            column.is_utf8()
        };
        assert!(is_utf8(Kind::Text, ["é".as_bytes(), b"a"]));
        assert!(!is_utf8(Kind::Text, [&[0xc3], &[0xa9]]));
        assert!(is_utf8(Kind::Bytes, [&[0xc3], &[0xa9]]));
        for at in 0..130 {
            let mut data = [b'x'; 130];
            data[at] = 0xff;
            assert!(!is_utf8(Kind::Text, [&data, b""]), "at {at}");
        }
    }
}
