//! The api whose functions are not `async`: a call keeps its component waiting, and the store with it.

mod connection;
mod cursor;
mod engine;
mod statement;
mod transaction;

use wasmtime::component::Resource;

use super::Cursor;
use crate::bindings::{blocking_connection as wit_connection, types};
use crate::core;
use crate::ctx::WasmysqlCtxView;
use crate::types::Result;

impl WasmysqlCtxView<'_> {
    /// A clone of what a handle stands for. A handle the guest does not have is its crime: a trap.
    fn get<R: Clone + Send + 'static>(&self, handle: &Resource<R>) -> wasmtime::Result<R> {
        Ok(self.table.get(handle)?.clone())
    }

    /// What a call gives, as a new handle for the guest; a trap when its table is full.
    fn push<R: Send + 'static>(&mut self, result: Result<R>) -> wasmtime::Result<Result<Resource<R>, types::Error>> {
        match result {
            Ok(resource) => Ok(Ok(self.table.push(resource)?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    /// A statement's answer: its batch is moved, and its cursor becomes a handle.
    fn outcome(
        &mut self,
        result: Result<core::Outcome>,
    ) -> wasmtime::Result<Result<wit_connection::Outcome, types::Error>> {
        match result {
            Ok(outcome) => Ok(Ok(self.crossing(outcome)?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    /// What crosses of a statement's outcome.
    fn crossing(&mut self, outcome: core::Outcome) -> wasmtime::Result<wit_connection::Outcome> {
        let cursor = outcome.cursor.map(|cursor| self.table.push(Cursor::new(cursor))).transpose()?;
        Ok(wit_connection::Outcome {
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

/// The answer of a call that gives nothing else.
fn answer<W>(result: Result<impl Into<W>>) -> wasmtime::Result<Result<W, types::Error>> {
    Ok(result.map(Into::into).map_err(Into::into))
}
