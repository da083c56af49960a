//! The async API, which the root of the crate exports. The blocking API is compiled from the same
//! files.

use wasmysql_macros::keep_async as maybe_async;

use crate::bindings::{connection as wit, engine as wit_engine};
use crate::clock::sleep;

/// Passes an argument to the bindings: here by value, because an async call can outlive a borrowed
/// argument.
macro_rules! give {
    ($argument:expr) => {
        $argument.into()
    };
}

#[path = "api/mod.rs"]
mod api;
mod stream;

pub use api::*;
pub use stream::RowStream;
