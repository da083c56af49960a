//! `cursor`.

use wasmtime::component::{Accessor, Resource};

use super::{crossing, get};
use crate::bindings::connection::{HostCursor, HostCursorWithStore, Outcome};
use crate::bindings::types::{Error, RowBatch};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::Cursor;

impl<T: Send> HostCursorWithStore<T> for Wasmysql {
    async fn fetch(
        accessor: &Accessor<T, Self>,
        handle: Resource<Cursor>,
        max_rows: u32,
    ) -> wasmtime::Result<Result<Option<RowBatch>, Error>> {
        let batch = get(accessor, &handle)?.0.fetch(max_rows).await;
        Ok(batch.map(|batch| batch.map(Into::into)).map_err(Into::into))
    }

    async fn next_result(
        accessor: &Accessor<T, Self>,
        handle: Resource<Cursor>,
    ) -> wasmtime::Result<Result<Option<Outcome>, Error>> {
        match get(accessor, &handle)?.0.next_result().await {
            Ok(next) => Ok(Ok(next.map(|next| crossing(accessor, next)).transpose()?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Cursor>) -> wasmtime::Result<Result<(), Error>> {
        Ok(get(accessor, &handle)?.0.close().await.map_err(Into::into))
    }
}

impl HostCursor for WasmysqlCtxView<'_> {
    fn drop(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
