//! `cursor`.

use wasmtime::component::{Accessor, Resource};

use super::{get, outcome};
use crate::bindings::connection::{HostCursor, HostCursorWithStore, Outcome};
use crate::bindings::types::RowBatch;
use crate::core;
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{Cursor, HostcallResult};

impl<T: Send> HostCursorWithStore<T> for Wasmysql {
    async fn fetch(
        accessor: &Accessor<T, Self>,
        handle: Resource<Cursor>,
        max_rows: u32,
    ) -> HostcallResult<Option<RowBatch>> {
        let batch = get(accessor, &handle)?.0.fetch(max_rows).await?;
        Ok(batch.map(Into::into))
    }

    async fn next_result(accessor: &Accessor<T, Self>, handle: Resource<Cursor>) -> HostcallResult<Option<Outcome>> {
        let next = core::next_result(&get(accessor, &handle)?.0).await?;
        next.map(|next| outcome(accessor, next)).transpose()
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Cursor>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.close().await?)
    }
}

impl HostCursor for WasmysqlCtxView<'_> {
    fn drop(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
