//! A private MariaDB server, for demos, development, tests and benchmarks.
//!
//! It is a real `mariadbd` with a schema and an account ready to use. It listens on `127.0.0.1` and a unix socket, on a
//! port of its own, so that any number of them run side by side and none touches a server of the machine.
//!
//! ```no_run
//! use wasmysql_mariadb::PrivateServer;
//!
//! let server = PrivateServer::start()?;
//! println!("{}", server.url()); // mysql://wasmysql:...@127.0.0.1:40123/main
//! # Ok::<(), wasmysql_mariadb::StartError>(())
//! ```
//!
//! # Behaviour
//!
//! - The server ends when its [`PrivateServer`] is dropped, and also when this process ends without dropping it: killed,
//!   aborted, or with the server in a `static`. Its temporary directory goes with it.
//! - Without a [data directory](Builder::data_dir) everything is in a temporary directory. With one the data are kept, and
//!   the next start finds them; the password is a new one each time.
//! - All calls block, none of them for longer than a minute. It needs a Unix.

#![deny(missing_docs)]

mod account;
mod error;
mod install;
mod process;
mod server;

pub use error::StartError;
pub use install::{find_galera, find_mariadbd};
pub use server::{Builder, PrivateServer};
