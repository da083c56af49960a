//! `transaction`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::HostTransaction;
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{HostcallResult, Transaction};

impl HostTransaction for WasmysqlCtxView<'_> {
    async fn commit(&mut self, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.commit().await?)
    }

    async fn rollback(&mut self, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.rollback().await?)
    }

    async fn close(&mut self, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.close().await?)
    }

    async fn prepare(&mut self, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.prepare().await?)
    }

    fn xid(&mut self, handle: Resource<Transaction>) -> wasmtime::Result<Option<String>> {
        Ok(self.table.get(&handle)?.0.xid().map(str::to_owned))
    }

    fn is_active(&mut self, handle: Resource<Transaction>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&handle)?.0.is_active())
    }

    fn drop(&mut self, handle: Resource<Transaction>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
