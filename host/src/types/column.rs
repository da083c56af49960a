//! What is known of a result's column, and which of the batch's layouts its values take.

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) kind: ColumnKind,
    pub(crate) type_code: u8,
    /// The protocol's column flags, as the server sent them.
    pub(crate) flags: u16,
    pub(crate) charset: u16,
    pub(crate) length: u32,
    pub(crate) decimals: u8,
}

/// Which case of `column-values` a column's values take.
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
    /// Bytes one value of fixed width takes in a batch; 0 for those of varying width, which bring their own.
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
