//! `connection`.

use wasmtime::component::Resource;

use super::answer;
use crate::bindings::blocking_connection::{ExecuteOptions, Host, HostConnection, Outcome, TransactionOptions};
use crate::bindings::types::{Error, RowBatch, TransactionState, Value, Warning};
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{Connection, Statement, Transaction};

impl Host for WasmysqlCtxView<'_> {}

impl HostConnection for WasmysqlCtxView<'_> {
    async fn execute(
        &mut self,
        handle: Resource<Connection>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        let connection = self.get(&handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        self.outcome(connection.execute(&sql, params, options.into()).await)
    }

    async fn execute_many(
        &mut self,
        handle: Resource<Connection>,
        sql: String,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        let connection = self.get(&handle)?.0;
        self.outcome(connection.execute_many(&sql, params.into(), options.into()).await)
    }

    async fn prepare(
        &mut self,
        handle: Resource<Connection>,
        sql: String,
    ) -> wasmtime::Result<Result<Resource<Statement>, Error>> {
        let prepared = self.get(&handle)?.0.prepare(sql).await;
        self.push(prepared.map(Statement::new))
    }

    async fn begin(
        &mut self,
        handle: Resource<Connection>,
        options: TransactionOptions,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        let begun = self.get(&handle)?.0.begin(options.into()).await;
        self.push(begun.map(Transaction::new))
    }

    async fn begin_nested(
        &mut self,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        let begun = self.get(&handle)?.0.begin_nested().await;
        self.push(begun.map(Transaction::new))
    }

    async fn begin_twophase(
        &mut self,
        handle: Resource<Connection>,
        xid: Option<String>,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        let begun = self.get(&handle)?.0.begin_twophase(xid).await;
        self.push(begun.map(Transaction::new))
    }

    async fn recover_twophase(&mut self, handle: Resource<Connection>) -> wasmtime::Result<Result<Vec<String>, Error>> {
        answer(self.get(&handle)?.0.recover_twophase().await)
    }

    async fn commit_prepared(
        &mut self,
        handle: Resource<Connection>,
        xid: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        answer(self.get(&handle)?.0.commit_prepared(xid).await)
    }

    async fn rollback_prepared(
        &mut self,
        handle: Resource<Connection>,
        xid: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        answer(self.get(&handle)?.0.rollback_prepared(xid).await)
    }

    async fn warnings(&mut self, handle: Resource<Connection>) -> wasmtime::Result<Result<Vec<Warning>, Error>> {
        let warnings = self.get(&handle)?.0.warnings().await;
        Ok(warnings.map(|warnings| warnings.into_iter().map(Into::into).collect()).map_err(Into::into))
    }

    async fn ping(&mut self, handle: Resource<Connection>) -> wasmtime::Result<Result<(), Error>> {
        answer(self.get(&handle)?.0.ping().await)
    }

    async fn close(&mut self, handle: Resource<Connection>) -> wasmtime::Result<Result<(), Error>> {
        answer(self.get(&handle)?.0.close().await)
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
