//! `cursor`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::{HostCursor, Outcome};
use crate::bindings::types::RowBatch;
use crate::core;
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{Cursor, HostcallResult};

impl HostCursor for WasmysqlCtxView<'_> {
    async fn fetch(&mut self, handle: Resource<Cursor>, max_rows: u32) -> HostcallResult<Option<RowBatch>> {
        let batch = self.get(&handle)?.0.fetch(max_rows).await?;
        Ok(batch.map(Into::into))
    }

    async fn next_result(&mut self, handle: Resource<Cursor>) -> HostcallResult<Option<Outcome>> {
        let next = core::next_result(&self.get(&handle)?.0).await?;
        next.map(|next| self.outcome(next)).transpose()
    }

    async fn close(&mut self, handle: Resource<Cursor>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.close().await?)
    }

    fn drop(&mut self, handle: Resource<Cursor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
