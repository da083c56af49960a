//! The blocking API: a call blocks its component and the store.

mod connection;
mod cursor;
mod engine;
mod statement;
mod transaction;

use wasmtime::component::Resource;

use super::{Cursor, HostcallResult};
use crate::bindings::blocking_connection as wit;
use crate::core;
use crate::ctx::WasmysqlCtxView;

impl WasmysqlCtxView<'_> {
    /// Clones the resource behind a handle. An unknown handle is a trap.
    fn get<R: Clone + Send + 'static>(&self, handle: &Resource<R>) -> HostcallResult<R> {
        Ok(self.table.get(handle)?.clone())
    }

    /// Creates a handle for the guest. A full table is a trap.
    fn push<R: Send + 'static>(&mut self, resource: R) -> HostcallResult<Resource<R>> {
        Ok(self.table.push(resource)?)
    }

    /// Converts the outcome of a statement. The batch is moved, and the cursor becomes a handle.
    fn outcome(&mut self, outcome: core::Outcome) -> HostcallResult<wit::Outcome> {
        let cursor = outcome.cursor.map(|cursor| self.push(Cursor::new(cursor))).transpose()?;
        Ok(wit::Outcome {
            affected_rows: outcome.affected_rows,
            last_insert_id: outcome.last_insert_id,
            warnings: outcome.warnings,
            info: outcome.info,
            columns: outcome.columns.iter().map(Into::into).collect(),
            rows: outcome.rows.map(Into::into),
            cursor,
        })
    }
}
