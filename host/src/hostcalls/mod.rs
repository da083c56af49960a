//! The host functions of the contract: each method converts its arguments, makes one call of `core` and converts the answer. One folder an API, one file a
//! resource, so that the second API adds no behaviour.

mod async_;
mod blocking;
mod convert;

use std::sync::Arc;

use wasmtime::component::Linker;

use crate::bindings::{self, options, types};
use crate::core;
use crate::ctx::{Wasmysql, WasmysqlCtxView, WasmysqlView};

/// Behind the contract's `engine`.
#[derive(Debug, Clone)]
pub struct Engine(core::Engine);
/// Behind the contract's `connection`.
#[derive(Debug, Clone)]
pub struct Connection(core::Connection);
/// Behind the contract's `transaction`. The clones live as long as the calls on it.
#[derive(Debug, Clone)]
pub struct Transaction(Arc<core::TransactionHandle>);
/// Behind the contract's `statement`.
#[derive(Debug, Clone)]
pub struct Statement(Arc<core::PreparedStatement>);
/// Behind the contract's `cursor`.
#[derive(Debug, Clone)]
pub struct Cursor(Arc<core::Cursor>);

impl types::Host for WasmysqlCtxView<'_> {}
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

/// Adds every interface of `wasmysql:mysql`, in both APIs, to a linker, for stores whose data implements [`WasmysqlView`].
///
/// # Errors
///
/// When the linker has one of them already.
pub fn add_to_linker<T: WasmysqlView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    types::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    options::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::connection::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::engine::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::blocking_connection::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)?;
    bindings::blocking_engine::add_to_linker::<T, Wasmysql>(linker, T::wasmysql)
}
