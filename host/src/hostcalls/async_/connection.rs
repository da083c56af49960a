//! `connection`.

use wasmtime::component::{Accessor, Resource};

use super::{get, outcome, push};
use crate::bindings::connection::{
    ExecuteOptions, Host, HostConnection, HostConnectionWithStore, Outcome, TransactionOptions,
};
use crate::bindings::types::{RowBatch, TransactionState, Value, Warning};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{Connection, HostcallResult, Statement, Transaction};

impl Host for WasmysqlCtxView<'_> {}

impl<T: Send> HostConnectionWithStore<T> for Wasmysql {
    async fn execute(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let connection = get(accessor, &handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        outcome(accessor, connection.execute(&sql, params, options.into()).await?)
    }

    async fn execute_many(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let connection = get(accessor, &handle)?.0;
        outcome(accessor, connection.execute_many(&sql, params.into(), options.into()).await?)
    }

    async fn prepare(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
    ) -> HostcallResult<Resource<Statement>> {
        let statement = get(accessor, &handle)?.0.prepare(sql).await?;
        push(accessor, Statement::new(statement))
    }

    async fn begin(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        options: TransactionOptions,
    ) -> HostcallResult<Resource<Transaction>> {
        let transaction = get(accessor, &handle)?.0.begin(options.into()).await?;
        push(accessor, Transaction::new(transaction))
    }

    async fn begin_nested(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> HostcallResult<Resource<Transaction>> {
        let transaction = get(accessor, &handle)?.0.begin_nested().await?;
        push(accessor, Transaction::new(transaction))
    }

    async fn begin_twophase(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: Option<String>,
    ) -> HostcallResult<Resource<Transaction>> {
        let transaction = get(accessor, &handle)?.0.begin_twophase(xid).await?;
        push(accessor, Transaction::new(transaction))
    }

    async fn recover_twophase(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> HostcallResult<Vec<String>> {
        Ok(get(accessor, &handle)?.0.recover_twophase().await?)
    }

    async fn commit_prepared(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: String,
    ) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.commit_prepared(xid).await?)
    }

    async fn rollback_prepared(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: String,
    ) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.rollback_prepared(xid).await?)
    }

    async fn warnings(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> HostcallResult<Vec<Warning>> {
        let warnings = get(accessor, &handle)?.0.warnings().await?;
        Ok(warnings.into_iter().map(Into::into).collect())
    }

    async fn ping(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.ping().await?)
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.close().await?)
    }
}

impl HostConnection for WasmysqlCtxView<'_> {
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
