//! The resource `engine` and its constructor `create-engine`.

use wasmtime::component::{Accessor, Resource};

use super::{get, outcome, push, request};
use crate::bindings::connection::{ExecuteOptions, Outcome};
use crate::bindings::engine::{
    EngineInfo, EngineOptions, Host, HostEngine, HostEngineWithStore, HostWithStore, PoolStatus,
};
use crate::bindings::types::Value;
use crate::core;
use crate::ctx::{Wasmysql, WasmysqlCtxView};
use crate::hostcalls::{Connection, Engine, HostcallResult};

impl<T: Send> HostWithStore<T> for Wasmysql {
    async fn create_engine(
        accessor: &Accessor<T, Self>,
        database: String,
        options: EngineOptions,
    ) -> HostcallResult<Resource<Engine>> {
        let (granted, request) = (accessor.with(|mut access| access.get().ctx.granted(&database)), request(accessor)?);
        let engine = core::Engine::open(granted, &database, options.into(), request.as_ref()).await?;
        push(accessor, Engine(engine))
    }
}

impl Host for WasmysqlCtxView<'_> {}

impl<T: Send> HostEngineWithStore<T> for Wasmysql {
    async fn acquire(accessor: &Accessor<T, Self>, handle: Resource<Engine>) -> HostcallResult<Resource<Connection>> {
        let connection = get(accessor, &handle)?.0.acquire(request(accessor)?).await?;
        push(accessor, Connection(connection))
    }

    async fn execute(
        accessor: &Accessor<T, Self>,
        handle: Resource<Engine>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let (engine, request) = (get(accessor, &handle)?.0, request(accessor)?);
        let params = params.into_iter().map(Into::into).collect();
        outcome(accessor, engine.execute(&sql, params, options.into(), request).await?)
    }

    async fn close(accessor: &Accessor<T, Self>, handle: Resource<Engine>) -> HostcallResult<()> {
        Ok(get(accessor, &handle)?.0.close().await?)
    }
}

impl HostEngine for WasmysqlCtxView<'_> {
    fn info(&mut self, handle: Resource<Engine>) -> wasmtime::Result<EngineInfo> {
        Ok(self.table.get(&handle)?.0.info().into())
    }

    fn status(&mut self, handle: Resource<Engine>) -> wasmtime::Result<PoolStatus> {
        Ok(self.table.get(&handle)?.0.status().into())
    }

    fn terminate(&mut self, handle: Resource<Engine>) -> wasmtime::Result<()> {
        self.table.get(&handle)?.0.terminate();
        Ok(())
    }

    fn drop(&mut self, handle: Resource<Engine>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
