//! What an embedder touches: the context of one guest, and how its store shows it.

use std::collections::HashMap;
use std::sync::Arc;

use wasmtime::component::{HasData, ResourceTable};

use crate::core::{Database, Grant, GuestDatabase};
use crate::store_limits::Limiter;

/// What one guest may use: its databases by name, each with its grant. One for each store.
///
/// Without databases it opens nothing.
#[derive(Debug, Default)]
pub struct WasmysqlCtx {
    databases: HashMap<String, Arc<GuestDatabase>>,
    /// Here because the store's limiter has to be in the store's data; see `StoreSettings`.
    pub(crate) store_limits: Limiter,
}

impl WasmysqlCtx {
    /// A context that grants nothing yet.
    #[must_use]
    pub fn builder() -> WasmysqlCtxBuilder {
        WasmysqlCtxBuilder::default()
    }

    pub(crate) fn granted(&self, name: &str) -> Option<Arc<GuestDatabase>> {
        self.databases.get(name).cloned()
    }
}

/// Builds a [`WasmysqlCtx`].
#[derive(Debug, Default)]
pub struct WasmysqlCtxBuilder {
    guest: String,
    databases: HashMap<String, (Database, Grant)>,
}

impl WasmysqlCtxBuilder {
    /// The guest's name, for logs. It also marks the guest's two-phase transactions, which guests of other names don't see.
    #[must_use]
    pub fn guest(mut self, name: impl Into<String>) -> WasmysqlCtxBuilder {
        self.guest = name.into();
        self
    }

    /// Lets the guest open `database` by this name, within `grant`. A second one of the same name takes the place of the first.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>, database: &Database, grant: Grant) -> WasmysqlCtxBuilder {
        self.databases.insert(name.into(), (database.clone(), grant));
        self
    }

    /// The names that the guest can open, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.databases.keys().map(String::as_str)
    }

    /// The context.
    #[must_use]
    pub fn build(self) -> WasmysqlCtx {
        let guest: Arc<str> = self.guest.into();
        let granted =
            |(name, (database, grant))| (name, Arc::new(GuestDatabase::new(Arc::clone(&guest), database, grant)));
        let databases = self.databases.into_iter().map(granted).collect();
        WasmysqlCtx { databases, store_limits: Limiter::default() }
    }
}

/// Implemented by the data of a store whose guests use MySQL.
pub trait WasmysqlView: Send {
    /// The context, and the table that the guest's handles live in.
    fn wasmysql(&mut self) -> WasmysqlCtxView<'_>;
}

/// A borrow of what the host functions need.
#[derive(Debug)]
pub struct WasmysqlCtxView<'a> {
    /// The guest's context.
    pub ctx: &'a mut WasmysqlCtx,
    /// The store's table of handles; other interfaces may share it.
    pub table: &'a mut ResourceTable,
}

/// Marks this package's host data; see [`HasData`].
#[derive(Debug)]
pub struct Wasmysql;

impl HasData for Wasmysql {
    type Data<'a> = WasmysqlCtxView<'a>;
}
