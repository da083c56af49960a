//! `cursor`.

use wasmtime::component::{Accessor, Resource};

use super::get;
use crate::bindings::connection::{HostCursor, HostCursorWithStore};
use crate::bindings::types::{Error, RowBatch};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::face::Cursor;

impl<T: Send> HostCursorWithStore<T> for Wasmysql {
    async fn fetch(
        accessor: &Accessor<T, Self>,
        handle: Resource<Cursor>,
        max_rows: u32,
    ) -> wasmtime::Result<Result<Option<RowBatch>, Error>> {
        let batch = get(accessor, &handle)?.0.fetch(max_rows).await;
        Ok(batch.map(|batch| batch.map(Into::into)).map_err(Into::into))
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Cursor>) -> wasmtime::Result<Result<(), Error>> {
        get(accessor, &handle)?.0.close();
        Ok(Ok(()))
    }
}

impl HostCursor for WasmysqlCtxView<'_> {
    fn drop(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
