//! The columns of a result, and the batch layout of their values.

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) kind: ColumnKind,
    pub(crate) type_code: u8,
    /// The column flags of the protocol, as the server sent them.
    pub(crate) flags: u16,
    pub(crate) charset: u16,
    pub(crate) length: u32,
    pub(crate) decimals: u8,
}

/// The case of `column-values` that stores a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Null,
    Signed,
    Unsigned,
    Float,
    Double,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Raw,
}

impl ColumnKind {
    /// Returns the bytes that each value adds to a batch. For kinds of varying width these are the
    /// 4 bytes of an offset; `BatchBuilder` counts their data separately.
    pub(crate) fn width(self) -> usize {
        match self {
            ColumnKind::Null => 0,
            ColumnKind::Signed | ColumnKind::Unsigned | ColumnKind::Double => 8,
            ColumnKind::Float | ColumnKind::Date => 4,
            ColumnKind::Time | ColumnKind::DateTime => 12,
            ColumnKind::Decimal | ColumnKind::Text | ColumnKind::Bytes | ColumnKind::Raw => 4,
        }
    }
}
