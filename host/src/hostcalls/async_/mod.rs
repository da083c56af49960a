//! The api whose functions are `async`: a guest can have several calls in flight. State of the store is touched only inside `with`;
//! what is awaited owns what it needs.

mod connection;
mod cursor;
mod engine;
mod statement;
mod transaction;

use wasmtime::component::{Accessor, Resource};

use super::Cursor;
use crate::bindings::{connection as wit_connection, types};
use crate::core;
use crate::ctx::Wasmysql;
use crate::types::Result;

/// A clone of what a handle stands for. A handle the guest does not have is its crime: a trap.
fn get<T, R: Clone + Send + 'static>(accessor: &Accessor<T, Wasmysql>, handle: &Resource<R>) -> wasmtime::Result<R> {
    accessor.with(|mut access| Ok(access.get().table.get(handle)?.clone()))
}

/// A new handle for the guest; a trap when its table is full.
fn push<T, R: Send + 'static>(accessor: &Accessor<T, Wasmysql>, resource: R) -> wasmtime::Result<Resource<R>> {
    accessor.with(|mut access| Ok(access.get().table.push(resource)?))
}

/// The answer of a call that gives nothing else.
fn answer<W>(result: Result<impl Into<W>>) -> wasmtime::Result<Result<W, types::Error>> {
    Ok(result.map(Into::into).map_err(Into::into))
}

/// A statement's answer: its batch is moved, and its cursor becomes a handle.
fn outcome<T>(
    accessor: &Accessor<T, Wasmysql>,
    result: Result<core::Outcome>,
) -> wasmtime::Result<Result<wit_connection::Outcome, types::Error>> {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => return Ok(Err(error.into())),
    };
    Ok(Ok(crossing(accessor, outcome)?))
}

/// What crosses of a statement's outcome.
fn crossing<T>(accessor: &Accessor<T, Wasmysql>, outcome: core::Outcome) -> wasmtime::Result<wit_connection::Outcome> {
    let cursor = outcome.cursor.map(|cursor| push(accessor, Cursor::new(cursor))).transpose()?;
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
