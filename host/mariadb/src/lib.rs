//! Private MariaDB servers for demos, development, tests and benchmarks.
//!
//! A private server is a `mariadbd` process with a schema and an account that are ready to use. It
//! listens on a free port of `127.0.0.1` and on a unix socket. Several private servers can run at
//! the same time, and they don't affect other servers of the machine.
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
//! - The server stops when its [`PrivateServer`] is dropped. It also stops when this process ends
//!   without dropping it: after a kill, after an abort, or with the server in a `static`. The
//!   temporary directory is then removed.
//! - Without a [data directory](Builder::data_dir) all files are in a temporary directory. With a
//!   data directory the data persist between starts. Each start has a new password.
//! - All calls block, for at most a minute. The crate requires Unix.

#![deny(missing_docs)]

mod account;
mod error;
mod install;
mod process;
mod server;

pub use error::StartError;
pub use install::{find_galera, find_mariadbd};
pub use server::{Builder, PrivateServer};
