//! The prepared transactions of a server.

use super::Session;
use crate::driver::errors::protocol_violation;
use crate::types::Result;

/// A prepared transaction in the output of XA RECOVER.
#[derive(Debug)]
pub(crate) struct PreparedBranch {
    pub(crate) format: i64,
    pub(crate) name: Vec<u8>,
    pub(crate) qualifier: Vec<u8>,
}

impl Session {
    /// Returns all prepared transactions of the server, including those of other clients.
    pub(crate) async fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        let rows: Vec<(i64, usize, usize, Vec<u8>)> = self.query("XA RECOVER").await?;
        rows.into_iter()
            .map(|(format, name_bytes, qualifier_bytes, mut data)| {
                let is_whole = name_bytes.checked_add(qualifier_bytes) == Some(data.len());
                let qualifier = is_whole.then(|| data.split_off(name_bytes));
                qualifier.map(|qualifier| PreparedBranch { format, name: data, qualifier })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| protocol_violation("the response to XA RECOVER has lengths that do not match its data"))
    }
}
