//! How a host call fails.

use wasmtime::component::ResourceTableError;

use crate::bindings::types;
use crate::types::Error;

/// The result of a host call.
pub(super) type HostcallResult<T> = Result<T, HostcallError>;

/// The failure of a host call: an error that the guest receives, or a trap.
#[derive(Debug)]
pub struct HostcallError(Failure);

#[derive(Debug)]
enum Failure {
    Guest(Error),
    Trap(wasmtime::Error),
}

impl HostcallError {
    /// Returns the error for the guest, or the trap.
    pub(super) fn into_wit(self) -> wasmtime::Result<types::Error> {
        match self.0 {
            Failure::Guest(error) => Ok(error.into()),
            Failure::Trap(trap) => Err(trap),
        }
    }
}

impl From<Error> for HostcallError {
    fn from(error: Error) -> Self {
        Self(Failure::Guest(error))
    }
}

impl From<wasmtime::Error> for HostcallError {
    fn from(trap: wasmtime::Error) -> Self {
        Self(Failure::Trap(trap))
    }
}

impl From<ResourceTableError> for HostcallError {
    fn from(error: ResourceTableError) -> Self {
        Self(Failure::Trap(error.into()))
    }
}
