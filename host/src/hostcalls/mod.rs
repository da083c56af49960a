//! The host functions of the contract. Each method converts its arguments, makes one call of `core`
//! and converts the result. Each API has a folder with one file per resource.

mod async_;
mod blocking;
mod convert;
mod error;

use std::sync::Arc;

use wasmtime::component::Linker;

pub(crate) use self::error::HostcallError;
use self::error::HostcallResult;
use crate::bindings::{self, options, types};
use crate::core;
use crate::ctx::{Wasmysql, WasmysqlCtxView, WasmysqlView};

/// The resource `engine` of the contract.
#[derive(Debug, Clone)]
pub struct Engine(core::Engine);
/// The resource `connection` of the contract.
#[derive(Debug, Clone)]
pub struct Connection(core::Connection);
/// The resource `transaction` of the contract. Each call in flight holds a clone.
#[derive(Debug, Clone)]
pub struct Transaction(Arc<core::TransactionHandle>);
/// The resource `statement` of the contract.
#[derive(Debug, Clone)]
pub struct Statement(Arc<core::PreparedStatement>);
/// The resource `cursor` of the contract.
#[derive(Debug, Clone)]
pub struct Cursor(Arc<core::Cursor>);

impl types::Host for WasmysqlCtxView<'_> {
    fn convert_error(&mut self, error: HostcallError) -> wasmtime::Result<types::Error> {
        error.into_wit()
    }
}

impl options::Host for WasmysqlCtxView<'_> {}

impl Transaction {
    fn new(transaction: core::TransactionHandle) -> Transaction {
        Transaction(Arc::new(transaction))
    }
}

impl Statement {
    fn new(statement: core::PreparedStatement) -> Statement {
        Statement(Arc::new(statement))
    }
}

impl Cursor {
    fn new(cursor: core::Cursor) -> Cursor {
        Cursor(Arc::new(cursor))
    }
}

/// Adds all interfaces of `wasmysql:mysql` to a linker: those of the async and the blocking API.
///
/// # Errors
///
/// If the linker has one of the interfaces already.
pub fn add_to_linker<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_types_to_linker(linker)?;
    link_async(linker)?;
    link_blocking(linker)
}

/// Adds only the interfaces of the async API of `wasmysql:mysql` to a linker.
///
/// # Errors
///
/// If the linker has one of the interfaces already.
pub fn add_async_to_linker<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_types_to_linker(linker)?;
    link_async(linker)
}

/// Adds only the interfaces of the blocking API of `wasmysql:mysql` to a linker. The engine needs
/// no support for component-model async.
///
/// # Errors
///
/// If the linker has one of the interfaces already.
pub fn add_blocking_to_linker<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_types_to_linker(linker)?;
    link_blocking(linker)
}

fn add_types_to_linker<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    types::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    options::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)
}

fn link_async<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    bindings::connection::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::engine::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)
}

fn link_blocking<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    bindings::blocking_connection::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::blocking_engine::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)
}
