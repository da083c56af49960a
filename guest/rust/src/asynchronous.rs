//! The api whose calls are `async`, which is the root of the crate. `blocking` is made from the same files.

use crate::bindings::{connection as wit, engine as wit_engine};
use crate::clock::pause;
use wasmysql_macros::keep_async as maybe_async;

/// How the files below give an argument to the contract: here by value, since a call can outlive what it is made from.
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
