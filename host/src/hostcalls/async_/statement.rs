//! `statement`.

use wasmtime::component::{Accessor, Resource};

use super::{get, outcome};
use crate::bindings::connection::{ExecuteOptions, HostStatement, HostStatementWithStore, Outcome};
use crate::bindings::types::{Column, RowBatch, Value};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{HostcallResult, Statement};

impl<T: Send> HostStatementWithStore<T> for Wasmysql {
    async fn execute(
        accessor: &Accessor<T, Self>,
        handle: Resource<Statement>,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let statement = get(accessor, &handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        outcome(accessor, statement.execute(params, options.into()).await?)
    }

    async fn execute_many(
        accessor: &Accessor<T, Self>,
        handle: Resource<Statement>,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let statement = get(accessor, &handle)?.0;
        outcome(accessor, statement.execute_many(params.into(), options.into()).await?)
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Statement>) -> HostcallResult<()> {
        get(accessor, &handle)?.0.close();
        Ok(())
    }
}

impl HostStatement for WasmysqlCtxView<'_> {
    fn parameters(&mut self, handle: Resource<Statement>) -> wasmtime::Result<u16> {
        Ok(self.table.get(&handle)?.0.parameters())
    }

    fn columns(&mut self, handle: Resource<Statement>) -> wasmtime::Result<Vec<Column>> {
        Ok(self.table.get(&handle)?.0.columns().iter().map(Into::into).collect())
    }

    fn drop(&mut self, handle: Resource<Statement>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
