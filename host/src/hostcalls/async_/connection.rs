//! `connection`.

use wasmtime::component::{Accessor, Resource};

use super::{answer, get, outcome, push};
use crate::bindings::connection::{
    ExecuteOptions, Host, HostConnection, HostConnectionWithStore, Outcome, TransactionOptions,
};
use crate::bindings::types::{Error, RowBatch, TransactionState, Value, Warning};
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{Connection, Statement, Transaction};

impl Host for WasmysqlCtxView<'_> {}

impl<T: Send> HostConnectionWithStore<T> for Wasmysql {
    async fn execute(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        let connection = get(accessor, &handle)?.0;
        let params = params.into_iter().map(Into::into).collect();
        outcome(accessor, connection.execute(&sql, params, options.into()).await)
    }

    async fn execute_many(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
        params: RowBatch,
        options: ExecuteOptions,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        let connection = get(accessor, &handle)?.0;
        outcome(accessor, connection.execute_many(&sql, params.into(), options.into()).await)
    }

    async fn prepare(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        sql: String,
    ) -> wasmtime::Result<Result<Resource<Statement>, Error>> {
        match get(accessor, &handle)?.0.prepare(sql).await {
            Ok(statement) => Ok(Ok(push(accessor, Statement::new(statement))?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn begin(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        options: TransactionOptions,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        match get(accessor, &handle)?.0.begin(options.into()).await {
            Ok(transaction) => Ok(Ok(push(accessor, Transaction::new(transaction))?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn begin_nested(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        match get(accessor, &handle)?.0.begin_nested().await {
            Ok(transaction) => Ok(Ok(push(accessor, Transaction::new(transaction))?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn begin_twophase(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: Option<String>,
    ) -> wasmtime::Result<Result<Resource<Transaction>, Error>> {
        match get(accessor, &handle)?.0.begin_twophase(xid).await {
            Ok(transaction) => Ok(Ok(push(accessor, Transaction::new(transaction))?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn recover_twophase(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<Result<Vec<String>, Error>> {
        answer(get(accessor, &handle)?.0.recover_twophase().await)
    }

    async fn commit_prepared(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        answer(get(accessor, &handle)?.0.commit_prepared(xid).await)
    }

    async fn rollback_prepared(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        xid: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        answer(get(accessor, &handle)?.0.rollback_prepared(xid).await)
    }

    async fn warnings(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<Result<Vec<Warning>, Error>> {
        let warnings = get(accessor, &handle)?.0.warnings().await;
        Ok(warnings.map(|warnings| warnings.into_iter().map(Into::into).collect()).map_err(Into::into))
    }

    async fn ping(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> wasmtime::Result<Result<(), Error>> {
        answer(get(accessor, &handle)?.0.ping().await)
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> wasmtime::Result<Result<(), Error>> {
        answer(get(accessor, &handle)?.0.close().await)
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
