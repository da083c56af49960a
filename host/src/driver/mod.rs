//! The one door to `mysql_async`. What goes in and out is the vocabulary of `types`; a panic of the driver stays here.

mod connect;
mod errors;
mod farewell;
mod killer;
mod options;
mod params;
mod rows;
mod session;
mod statements;

/// What guests are told that it is.
pub(crate) const NAME: &str = "mysql_async";

pub(crate) use killer::Killer;
pub use options::{DatabaseOptions, Tls};
pub(crate) use session::{Reply, Rest, ServerInfo, Session};
pub(crate) use statements::Prepared;
