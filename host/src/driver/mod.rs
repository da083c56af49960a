//! The driver layer: the only module that uses `mysql_async`. Its API uses the types of `types`,
//! and it catches panics of the driver.

mod address;
mod backoff;
mod certificate_defects;
mod connect;
mod connector;
mod errors;
mod graceful_close;
mod inspection;
mod killer;
mod login_errors;
mod options;
mod parameter_types;
mod params;
mod placeholders;
mod replica_lag;
mod rows;
mod server_flavour;
mod server_health;
mod server_selection;
mod server_text;
mod session;
mod session_defaults;
mod session_settings;
mod statement_cache;
mod tls_files;
mod url;
mod user_variables;

pub use self::address::ServerOrder;
pub(crate) use self::backoff::Backoff;
pub(crate) use self::connector::Connector;
pub(crate) use self::inspection::{PlainText, ServerInfo};
pub(crate) use self::killer::{Killer, MAX_SIDE_CONNECTIONS};
pub use self::options::{DatabaseOptions, Tls};
#[cfg(feature = "config")]
pub(crate) use self::options::{TlsMode, TlsParameters};
#[cfg(any(test, fuzzing))]
pub(crate) use self::params::parameter;
#[cfg(any(test, fuzzing))]
pub(crate) use self::placeholders::readable;
pub use self::replica_lag::ReplicaLag;
pub(crate) use self::server_health::ServerHealth;
pub(crate) use self::session::{
    Preparation, PreparedBranch, Remaining, Reply, Session, SessionId, Unprepared, too_many_columns,
};
pub(crate) use self::session_settings::{SessionSettings, StatementLimit};
pub(crate) use self::statement_cache::Prepared;
pub(crate) use self::user_variables::UserVariables;
pub use self::user_variables::VariableValue;

/// The name of the driver, as engines report it to guests.
pub(crate) const NAME: &str = "mysql_async";
