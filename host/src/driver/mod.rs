//! The one door to `mysql_async`. What goes in and out is the vocabulary of `types`; a panic of the driver stays here.

mod baseline;
mod choice;
mod connect;
mod connector;
mod errors;
mod farewell;
mod inspection;
mod killer;
mod options;
mod params;
mod placeholders;
mod rows;
mod server_text;
mod servers;
mod session;
mod session_defaults;
mod standing;
mod statements;
mod url;

/// What guests are told that it is.
pub(crate) const NAME: &str = "mysql_async";

pub(crate) use baseline::{SessionSettings, StatementLimit};
pub(crate) use connector::Connector;
pub(crate) use inspection::{PlainText, ServerInfo};
pub(crate) use killer::Killer;
pub use options::{DatabaseOptions, Tls};
#[cfg(any(test, fuzzing))]
pub(crate) use params::parameter;
#[cfg(any(test, fuzzing))]
pub(crate) use placeholders::readable;
pub use servers::ServerOrder;
pub(crate) use session::{PreparedBranch, Reply, Rest, Session, SessionId, too_many_columns};
pub(crate) use statements::Prepared;
