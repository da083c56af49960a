//! The columns of a result, and the batch layout of their values.

pub(crate) use wasmysql_batch::Kind as ColumnKind;

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
