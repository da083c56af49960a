//! The context of a guest, and the trait by which a store provides the context.

use std::collections::HashMap;
use std::sync::Arc;

use tracing::Span;
use wasmtime::component::{GuestTaskId, HasData, ResourceTable};

use crate::core::{Database, Grant, GuestDatabase};
use crate::driver::{UserVariables, VariableValue};
use crate::store_limits::Limiter;
use crate::telemetry::GuestRequest;
use crate::types::ConfigError;

/// The number of requests of an instance whose tasks are known, if fewer are in progress.
const KNOWN_REQUESTS: usize = 1024;

/// The databases that a guest may open, each with a name and a grant.
///
/// Each store has one context. The default context has no databases, so the guest can't open any.
///
/// # Examples
///
/// ```
/// # use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, WasmysqlCtx};
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let shop = Database::new(DatabaseOptions::from_url("mysql://app:secret@127.0.0.1:3306/shop")?)?;
/// let ctx = WasmysqlCtx::builder()
///     .guest("report")
///     .database("main", &shop, Grant::new(Statements::Read))
///     .build();
/// # Ok(()) }
/// ```
#[derive(Debug, Default)]
pub struct WasmysqlCtx {
    databases: HashMap<String, Arc<GuestDatabase>>,
    /// The request that was selected last.
    request: Option<GuestRequest>,
    /// The requests of the guest's tasks, for guests that handle several requests concurrently.
    requests: HashMap<GuestTaskId, GuestRequest>,
    /// The limiter of `StoreSettings`. wasmtime requires that the limiter is part of the store's
    /// data.
    pub(crate) store_limits: Limiter,
}

impl WasmysqlCtx {
    /// Creates a builder for a context without databases.
    #[must_use]
    pub fn builder() -> WasmysqlCtxBuilder {
        WasmysqlCtxBuilder::default()
    }

    /// Selects the request that the guest handles from now on. For guests that handle one request
    /// at a time.
    pub fn set_request(&mut self, request: &GuestRequest) {
        self.requests.clear();
        self.request = Some(request.clone());
    }

    /// Selects the request that a task of the guest handles. For guests that handle several
    /// requests concurrently, each in its own task.
    ///
    /// `wasmtime_wasi_http::handler::WorkerState::on_request_start` passes the task. Calls of the
    /// blocking API belong to the request that began last, because such a guest can handle only one
    /// request at a time.
    pub fn begin_request(&mut self, task: GuestTaskId, request: &GuestRequest) {
        // A task can run on after its request, so the requests are removed late.
        if self.requests.len() >= KNOWN_REQUESTS {
            self.requests.retain(|_, request| !request.has_ended());
        }
        self.requests.insert(task, request.clone());
        self.request = Some(request.clone());
    }

    /// Returns the request that was selected last.
    pub(crate) fn request(&self) -> Option<GuestRequest> {
        self.request.clone()
    }

    /// Returns whether requests were selected by task.
    pub(crate) fn has_requests_of_tasks(&self) -> bool {
        !self.requests.is_empty()
    }

    /// Returns the request of the innermost task that has one. If no task has one, the request of
    /// the tasks has ended long ago.
    pub(crate) fn request_of(&self, tasks: impl Iterator<Item = GuestTaskId>) -> GuestRequest {
        self.computing_request(tasks).unwrap_or_else(|| {
            let request = GuestRequest::new("unknown", Span::none());
            request.end();
            request
        })
    }

    /// Returns the request for which the tasks compute, if the host selected requests by task.
    pub(crate) fn computing_request(&self, mut tasks: impl Iterator<Item = GuestTaskId>) -> Option<GuestRequest> {
        tasks.find_map(|task| self.requests.get(&task)).cloned()
    }

    pub(crate) fn granted(&self, name: &str) -> Option<Arc<GuestDatabase>> {
        self.databases.get(name).cloned()
    }
}

/// A builder for [`WasmysqlCtx`]. A clone builds the context of another instance of the same guest.
#[derive(Debug, Clone, Default)]
pub struct WasmysqlCtxBuilder {
    guest: String,
    databases: HashMap<String, (Database, Grant)>,
    variables: UserVariables,
}

impl WasmysqlCtxBuilder {
    /// Sets the name of the guest. Default: an empty name.
    ///
    /// The name appears in logs and metrics. Guests of the same name share their part of a pool,
    /// and see each other's prepared two-phase transactions. Guests of other names don't see them.
    #[must_use]
    pub fn guest(mut self, name: impl Into<String>) -> Self {
        self.guest = name.into();
        self
    }

    /// Grants the guest access to `database` under this name, within the limits of `grant`.
    ///
    /// A second database with the same name replaces the first.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>, database: &Database, grant: Grant) -> Self {
        self.databases.insert(name.into(), (database.clone(), grant));
        self
    }

    /// Sets a user variable on each session of the guest, in all its databases: `@tenant` for the
    /// name `tenant`.
    ///
    /// The variable is set before the first statement of the guest on a session. Views (by a stored
    /// function), triggers and queries can filter by it, so that guests of several tenants share
    /// tables. A second value replaces the first. The next guest of the session sees its own
    /// variables only.
    ///
    /// A guest with variables can't change any user variable: statements with `:=` or `INTO @name`,
    /// and CALL with a variable, fail with `statement-denied`. A stored program that the guest may
    /// call could still change it, and so could a guest with a grant of
    /// [`Statements::Any`](crate::Statements::Any), which can create one.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::Invalid`] if the name is not 1 to 64 ASCII letters, digits and `_`,
    /// if a text has more than 4,096 bytes, or for more than 16 variables.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), wasmysql_host::ConfigError> {
    /// let acme = wasmysql_host::WasmysqlCtx::builder().guest("shop").variable("tenant", "acme")?;
    /// # Ok(()) }
    /// ```
    pub fn variable(mut self, name: &str, value: impl Into<VariableValue>) -> Result<Self, ConfigError> {
        self.variables.set(name, value.into())?;
        Ok(self)
    }

    /// Sets all variables.
    #[cfg(feature = "config")]
    pub(crate) fn variables(mut self, variables: UserVariables) -> Self {
        self.variables = variables;
        self
    }

    /// Returns the names of the granted databases, in arbitrary order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.databases.keys().map(String::as_str)
    }

    /// Builds the context.
    #[must_use]
    pub fn build(self) -> WasmysqlCtx {
        let guest: Arc<str> = self.guest.into();
        let granted = |(name, (database, grant))| {
            let granted = GuestDatabase::new(Arc::clone(&guest), database, grant, self.variables.clone());
            (name, Arc::new(granted))
        };
        let databases = self.databases.into_iter().map(granted).collect();
        WasmysqlCtx { databases, ..WasmysqlCtx::default() }
    }
}

/// Provides the context of a guest. Implement this trait for the data of a store.
pub trait WasmysqlView: Send {
    /// Returns the context and the resource table of the store.
    fn wasmysql(&mut self) -> WasmysqlCtxView<'_>;
}

/// A view of the store data that the host functions use.
#[derive(Debug)]
pub struct WasmysqlCtxView<'a> {
    /// The context of the guest.
    pub ctx: &'a mut WasmysqlCtx,
    /// The resource table of the store. Other interfaces can share the table.
    pub table: &'a mut ResourceTable,
}

/// The type that selects the host data of this crate in a linker; see [`HasData`].
#[derive(Debug)]
pub struct Wasmysql;

impl HasData for Wasmysql {
    type Data<'a> = WasmysqlCtxView<'a>;
}
