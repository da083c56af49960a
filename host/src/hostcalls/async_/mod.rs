//! The async API: a guest can have several calls in flight. Store data is borrowed only inside
//! `with`; futures own what they need.

mod connection;
mod cursor;
mod engine;
mod statement;
mod transaction;

use wasmtime::AsContextMut;
use wasmtime::component::{Accessor, Resource};

use super::{Cursor, HostcallResult};
use crate::bindings::connection as wit;
use crate::core;
use crate::ctx::Wasmysql;
use crate::telemetry::GuestRequest;

/// Clones the resource behind a handle. An unknown handle is a trap.
fn get<T, R: Clone + Send + 'static>(accessor: &Accessor<T, Wasmysql>, handle: &Resource<R>) -> HostcallResult<R> {
    accessor.with(|mut access| Ok(access.get().table.get(handle)?.clone()))
}

/// Creates a handle for the guest. A full table is a trap.
fn push<T, R: Send + 'static>(accessor: &Accessor<T, Wasmysql>, resource: R) -> HostcallResult<Resource<R>> {
    accessor.with(|mut access| Ok(access.get().table.push(resource)?))
}

/// Returns the request that the calling task handles. Call it before the first wait, while the task
/// is known.
fn request<T>(accessor: &Accessor<T, Wasmysql>) -> HostcallResult<Option<GuestRequest>> {
    accessor.with(|mut access| {
        let ctx = access.get().ctx;
        // Only hosts with concurrent requests pay for the search.
        if !ctx.has_requests_of_tasks() {
            return Ok(ctx.request());
        }
        let tasks: Vec<_> = access.as_context_mut().async_call_stack()?.collect();
        Ok(Some(access.get().ctx.request_of(tasks.into_iter())))
    })
}

/// Converts the outcome of a statement. The batch is moved, and the cursor becomes a handle.
fn outcome<T>(accessor: &Accessor<T, Wasmysql>, outcome: core::Outcome) -> HostcallResult<wit::Outcome> {
    let cursor = outcome.cursor.map(|cursor| push(accessor, Cursor::new(cursor))).transpose()?;
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
