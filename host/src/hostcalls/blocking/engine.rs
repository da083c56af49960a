//! The resource `engine` and its constructor `create-engine`.

use wasmtime::component::Resource;

use crate::bindings::blocking_connection::Outcome;
use crate::bindings::blocking_engine::{EngineInfo, EngineOptions, ExecuteOptions, Host, HostEngine, PoolStatus};
use crate::bindings::types::Value;
use crate::core;
use crate::ctx::WasmysqlCtxView;
use crate::hostcalls::{Connection, Engine, HostcallResult};

impl Host for WasmysqlCtxView<'_> {
    async fn create_engine(&mut self, database: String, options: EngineOptions) -> HostcallResult<Resource<Engine>> {
        let (granted, request) = (self.ctx.granted(&database), self.ctx.request());
        let engine = core::Engine::open(granted, &database, options.into(), request.as_ref()).await?;
        self.push(Engine(engine))
    }
}

impl HostEngine for WasmysqlCtxView<'_> {
    async fn acquire(&mut self, handle: Resource<Engine>) -> HostcallResult<Resource<Connection>> {
        let resource = self.get(&handle)?.0.acquire(self.ctx.request()).await?;
        self.push(Connection(resource))
    }

    async fn execute(
        &mut self,
        handle: Resource<Engine>,
        sql: String,
        params: Vec<Value>,
        options: ExecuteOptions,
    ) -> HostcallResult<Outcome> {
        let (engine, request) = (self.get(&handle)?.0, self.ctx.request());
        let params = params.into_iter().map(Into::into).collect();
        self.outcome(engine.execute(&sql, params, options.into(), request).await?)
    }

    async fn close(&mut self, handle: Resource<Engine>) -> HostcallResult<()> {
        Ok(self.get(&handle)?.0.close().await?)
    }

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
