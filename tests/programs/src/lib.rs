//! What programs share.

pub mod entities;

use wasmysql::bindings::options::{EngineOptions, ExecuteOptions, TransactionOptions};
use wasmysql::{Error, ErrorKind, Result};

/// An engine with all that the grant allows.
pub const GRANTED: EngineOptions = EngineOptions {
    max_connections: None,
    acquire_timeout_ms: None,
    statement_timeout_ms: None,
    isolation: None,
    read_only: false,
};

/// A statement as the grant allows it.
pub const EXECUTE: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: None };

/// A transaction without options.
pub const PLAIN: TransactionOptions =
    TransactionOptions { isolation: None, read_only: false, consistent_snapshot: false };

/// Tells the test of a rule that holds. Where it does not, the program ends with its words.
pub fn rule(words: &str, checked: Result<()>) {
    checked.unwrap_or_else(|error| panic!("{words}: {:?}: {error}", error.kind()));
    println!("{words}");
}

/// Asserts that a call is refused with this kind of error and a message that begins with these words.
#[track_caller]
pub fn refused<T>(answer: Result<T, impl Into<Error>>, kind: ErrorKind, words: &str) {
    let Err(error) = answer else { panic!("{kind:?} was expected: {words}") };
    let error = error.into();
    assert_eq!(error.kind(), &kind, "{error}");
    assert!(error.message().starts_with(words), "'{error}' where '{words}' was expected");
}

/// Asserts that the server refuses a call with this number.
#[track_caller]
pub fn refused_by_server<T>(answer: Result<T, impl Into<Error>>, code: u16) {
    let Err(error) = answer else { panic!("error {code} was expected") };
    let error = error.into();
    assert_eq!(error.code(), Some(code), "{:?}: {error}", error.kind());
}
