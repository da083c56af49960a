//! The one door to `mysql_async`. What goes in and out is the vocabulary of `types`; a panic of the driver stays here.

mod address;
mod connect;
mod connector;
mod errors;
mod graceful_close;
mod inspection;
mod killer;
mod options;
mod params;
mod placeholders;
mod rows;
mod server_health;
mod server_selection;
mod server_text;
mod session;
mod session_defaults;
mod session_settings;
mod statement_cache;
mod url;

/// What guests are told that it is.
pub(crate) const NAME: &str = "mysql_async";

pub use address::ServerOrder;
pub(crate) use connector::Connector;
pub(crate) use inspection::{PlainText, ServerInfo};
pub(crate) use killer::Killer;
pub use options::{DatabaseOptions, Tls};
#[cfg(any(test, fuzzing))]
pub(crate) use params::parameter;
#[cfg(any(test, fuzzing))]
pub(crate) use placeholders::readable;
pub(crate) use session::{PreparedBranch, Remaining, Reply, Session, SessionId, too_many_columns};
pub(crate) use session_settings::{SessionSettings, StatementLimit};
pub(crate) use statement_cache::Prepared;
