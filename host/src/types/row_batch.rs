//! Rows in one buffer, as they cross to and from a guest.

/// The record `row-batch` of the contract. The crate `wasmysql-batch` writes and reads its buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowBatch {
    pub(crate) rows: u32,
    pub(crate) data: Vec<u8>,
}
