//! `statement`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::{ExecuteOptions, HostStatement, Outcome};
use crate::bindings::types::{Column, RowBatch, Value};
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{HostcallResult, Statement};

impl HostStatement for WasmysqlCtxView<'_> {
    async fn execute(
        &mut self,
        handle: Resource<Statement>,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let statement = self.get(&handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        self.outcome(statement.execute(params, options.into()).await?)
    }

    async fn execute_many(
        &mut self,
        handle: Resource<Statement>,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let statement = self.get(&handle)?.0;
        self.outcome(statement.execute_many(params.into(), options.into()).await?)
    }

    async fn close(&mut self, handle: Resource<Statement>) -> HostcallResult<()> {
        self.table.get(&handle)?.0.close();
        Ok(())
    }

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
