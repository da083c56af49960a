//! Code shared by the test programs.

pub mod entities;
mod series;
mod server;

pub use series::series;
pub use server::Server;

use wasmysql::bindings::options::{EngineOptions, ExecuteOptions, TransactionOptions};
use wasmysql::bindings::types::RowBatch;
use wasmysql::{Error, ErrorKind, Result};
use wasmysql_batch::{Column, Validity, Values, encode};

/// Engine options without restrictions beyond the grant.
pub const GRANTED: EngineOptions = EngineOptions {
    max_connections: None,
    acquire_timeout_ms: None,
    statement_timeout_ms: None,
    isolation: None,
    read_only: false,
};

/// Execute options without restrictions beyond the grant.
pub const EXECUTE: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: None };

/// The default transaction options.
pub const PLAIN: TransactionOptions =
    TransactionOptions { isolation: None, read_only: false, consistent_snapshot: false };

/// Returns a batch of parameters that are all NULL.
///
/// # Panics
///
/// Panics if the batch does not fit the memory.
pub fn nulls(rows: u32, columns: usize) -> RowBatch {
    // The kind `null` needs no bitmap.
    let column = Column::from_parts(Validity::of_valid(rows as usize), Values::Null).expect("NULL has no values");
    RowBatch { rows, data: encode(rows, &vec![column; columns]).expect("a batch") }
}

/// Prints the text of a rule that holds.
///
/// # Panics
///
/// Panics with the rule's text if `checked` is an error.
pub fn rule(text: &str, checked: Result<()>) {
    checked.unwrap_or_else(|error| panic!("{text}: {:?}: {error}", error.kind()));
    println!("{text}");
}

/// Asserts that a call failed with this kind of error and a message that starts with `message`.
#[track_caller]
pub fn refused<T>(result: Result<T, impl Into<Error>>, kind: ErrorKind, message: &str) {
    let Err(error) = result else { panic!("the call succeeded, expected {kind:?}: {message}") };
    let error = error.into();
    assert_eq!(error.kind(), &kind, "{error}");
    assert!(error.message().starts_with(message), "'{error}' does not start with '{message}'");
}

/// Asserts that a call failed with this error code of the server.
#[track_caller]
pub fn refused_by_server<T>(result: Result<T, impl Into<Error>>, code: u16) {
    let Err(error) = result else { panic!("the call succeeded, expected error {code}") };
    let error = error.into();
    assert_eq!(error.code(), Some(code), "{:?}: {error}", error.kind());
}
