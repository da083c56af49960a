//! Private MariaDB and MySQL servers for demos, development, tests and benchmarks.
//!
//! A private server is a `mariadbd` or `mysqld` process with a schema and an account that are ready
//! to use. It listens on a free port of `127.0.0.1` and on a unix socket. Several private servers
//! can run at the same time, and they don't affect other servers of the machine.
//!
//! ```no_run
//! use wasmysql_private_server::PrivateServer;
//!
//! let server = PrivateServer::start()?;
//! println!("{}", server.url()); // mysql://wasmysql:...@127.0.0.1:40123/main
//! # Ok::<(), wasmysql_private_server::StartError>(())
//! ```
//!
//! # Behaviour
//!
//! - The server stops when its [`PrivateServer`] is dropped. It also stops when this process ends
//!   without dropping it: after a kill, after an abort, or with the server in a `static`. The
//!   temporary directory is then removed.
//! - The server is the installed one: MariaDB, or else MySQL. The environment variable
//!   `WASMYSQL_SERVER` or [`Builder::server`] choose another: `mariadb`, `mysql` or a path.
//! - Without a [data directory](Builder::data_dir) all files are in a temporary directory. With a
//!   data directory the data persist between starts. Each start has a new password.
//! - All calls block: for at most a minute, and for at most three at the first start of a version,
//!   which creates the template of its data directories in the user's cache. The crate requires
//!   Unix.

#![deny(missing_docs)]

mod account;
mod builder;
mod choice;
mod data_directory;
mod error;
mod installation;
mod process;
mod server;

pub use builder::Builder;
pub use choice::{Flavor, ServerChoice};
pub use error::{LogTail, StartError};
pub use installation::{Installation, find_galera};
pub use server::PrivateServer;
