//! `transaction`.

use wasmtime::component::{Accessor, Resource};

use super::get;
use crate::bindings::connection::{HostTransaction, HostTransactionWithStore};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{HostcallResult, Transaction};

impl<T: Send> HostTransactionWithStore<T> for Wasmysql {
    async fn commit(accessor: &Accessor<T, Self>, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.commit().await?)
    }

    async fn rollback(accessor: &Accessor<T, Self>, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.rollback().await?)
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.close().await?)
    }

    async fn prepare(accessor: &Accessor<T, Self>, handle: Resource<Transaction>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.prepare().await?)
    }
}

impl HostTransaction for WasmysqlCtxView<'_> {
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
