//! The plugin that is served: its current version, and the way to the next one.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Semaphore;
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmysql_host::{StoreSettings, WasmysqlCtxBuilder};

use super::RequestLimits;
use super::instances::{Instances, Template};
use super::load::{self, Loaded};
use super::reuse::Reuse;
use crate::databases::Databases;
use crate::environment::Environment;
use crate::plugin::Host;
use crate::program::Program;

/// The plugin in a file.
pub(super) struct Site {
    host: Host,
    program: Program,
    requests: RequestLimits,
    template: Template,
    /// Whether databases are open, for versions that use them.
    has_databases: bool,
    current: RwLock<ProxyHandler<Instances>>,
}

impl Site {
    pub(super) fn new(
        host: Host,
        program: Program,
        requests: RequestLimits,
        settings: StoreSettings,
        environment: Environment,
        databases: &Databases,
        (loaded, reuse): (Loaded, Reuse),
    ) -> Self {
        let mysql: WasmysqlCtxBuilder = databases.context.clone();
        let file = program.path().display().to_string();
        let places =
            Arc::new(Semaphore::new(usize::try_from(requests.max_instances()).unwrap_or(Semaphore::MAX_PERMITS)));
        let template = Template {
            file,
            environment,
            mysql,
            settings,
            timeout: requests.timeout(),
            places,
            is_stopping: Arc::default(),
        };
        let current =
            RwLock::new(ProxyHandler::new(Instances::new(loaded.proxy, reuse, program.clone(), template.clone())));
        let has_databases = !databases.opened.is_empty();
        Self { host, program, requests, template, has_databases, current }
    }

    /// Returns the path whose changes change the plugin.
    pub(super) fn source(&self) -> &Path {
        self.program.source()
    }

    /// Returns the path for messages.
    pub(super) fn file(&self) -> &str {
        &self.template.file
    }

    /// Returns the current version. A request uses the version with which it began.
    pub(super) fn current(&self) -> ProxyHandler<Instances> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Prepares the end of this process, which also ends the instances.
    pub(super) fn stop(&self) {
        self.template.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Loads the file and makes it the current version. On an error the previous version stays.
    pub(super) fn reload(&self) -> Result<(), String> {
        let program = self.program.again().map_err(|failure| failure.into_message().unwrap_or_default())?;
        let loaded = load::load(&self.host, program.component())?;
        if loaded.uses_mysql && !self.has_databases {
            return Err("it uses databases, but none were opened at the start; restart the server".to_owned());
        }
        let reuse = Reuse::of(&loaded, &self.requests)?;
        let next = ProxyHandler::new(Instances::new(loaded.proxy, reuse, program, self.template.clone()));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}
