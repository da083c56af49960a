//! `cursor`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::{HostCursor, Outcome};
use crate::bindings::types::{Error, RowBatch};
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::Cursor;

impl HostCursor for WasmysqlCtxView<'_> {
    async fn fetch(
        &mut self,
        handle: Resource<Cursor>,
        max_rows: u32,
    ) -> wasmtime::Result<Result<Option<RowBatch>, Error>> {
        let batch = self.get(&handle)?.0.fetch(max_rows).await;
        Ok(batch.map(|batch| batch.map(Into::into)).map_err(Into::into))
    }

    async fn next_result(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<Result<Option<Outcome>, Error>> {
        match self.get(&handle)?.0.next_result().await {
            Ok(next) => Ok(Ok(next.map(|next| self.crossing(next)).transpose()?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn close(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.get(&handle)?.0.close().await.map_err(Into::into))
    }

    fn drop(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
