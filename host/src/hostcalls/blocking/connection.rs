//! `connection`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::{ExecuteOptions, Host, HostConnection, Outcome, TransactionOptions};
use crate::bindings::types::{RowBatch, TransactionState, Value, Warning};
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{Connection, HostcallResult, Statement, Transaction};

impl Host for WasmysqlCtxView<'_> {}

impl HostConnection for WasmysqlCtxView<'_> {
    async fn execute(
        &mut self,
        handle: Resource<Connection>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let connection = self.get(&handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        self.outcome(connection.execute(&sql, params, options.into()).await?)
    }

    async fn execute_many(
        &mut self,
        handle: Resource<Connection>,
        sql: String,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let connection = self.get(&handle)?.0;
        self.outcome(connection.execute_many(&sql, params.into(), options.into()).await?)
    }

    async fn prepare(&mut self, handle: Resource<Connection>, sql: String) -> HostcallResult<Resource<Statement>> {
        let resource = self.get(&handle)?.0.prepare(sql).await?;
        self.push(Statement::new(resource))
    }

    async fn begin(
        &mut self,
        handle: Resource<Connection>,
        options: TransactionOptions,
    ) -> HostcallResult<Resource<Transaction>> {
        let resource = self.get(&handle)?.0.begin(options.into()).await?;
        self.push(Transaction::new(resource))
    }

    async fn begin_nested(&mut self, handle: Resource<Connection>) -> HostcallResult<Resource<Transaction>> {
        let resource = self.get(&handle)?.0.begin_nested().await?;
        self.push(Transaction::new(resource))
    }

    async fn begin_twophase(
        &mut self,
        handle: Resource<Connection>,
        xid: Option<String>,
    ) -> HostcallResult<Resource<Transaction>> {
        let resource = self.get(&handle)?.0.begin_twophase(xid).await?;
        self.push(Transaction::new(resource))
    }

    async fn recover_twophase(&mut self, handle: Resource<Connection>) -> HostcallResult<Vec<String>> {
        Ok(self.get(&handle)?.0.recover_twophase().await?)
    }

    async fn commit_prepared(&mut self, handle: Resource<Connection>, xid: String) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.commit_prepared(xid).await?)
    }

    async fn rollback_prepared(&mut self, handle: Resource<Connection>, xid: String) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.rollback_prepared(xid).await?)
    }

    async fn warnings(&mut self, handle: Resource<Connection>) -> HostcallResult<Vec<Warning>> {
        let warnings = self.get(&handle)?.0.warnings().await?;
        Ok(warnings.into_iter().map(Into::into).collect())
    }

    async fn ping(&mut self, handle: Resource<Connection>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.ping().await?)
    }

    async fn close(&mut self, handle: Resource<Connection>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.close().await?)
    }

    fn transaction_state(&mut self, handle: Resource<Connection>) -> wasmtime::Result<TransactionState> {
        Ok(self.table.get(&handle)?.0.transaction_state().into())
    }

    fn is_closed(&mut self, handle: Resource<Connection>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&handle)?.0.is_closed())
    }

    fn drop(&mut self, handle: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
