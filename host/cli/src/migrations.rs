//! Reads migrations, and applies them to private servers.

use std::path::Path;

use wasmysql_host::{Database, DatabaseOptions, MigrationError, Migrations};

use crate::exit::Failure;
use crate::interrupt::SHUTDOWN_TIMEOUT;
use crate::schema::Login;

/// Reads and checks the files of a directory.
pub(crate) fn read(directory: impl AsRef<Path>) -> Result<Migrations, Failure> {
    Migrations::from_directory(directory).map_err(Failure::host)
}

/// Applies migrations to a schema of a private server, as its administrator.
pub(crate) async fn apply(login: &Login, schema: &str, migrations: &Migrations) -> Result<(), Failure> {
    let options = DatabaseOptions::socket(&login.socket).user(&login.user).schema(schema);
    let database = Database::new(options).map_err(Failure::host)?;
    let applied = database.migrate(migrations).await;
    database.shutdown(SHUTDOWN_TIMEOUT).await;
    applied.map(drop).map_err(Failure::host)
}

/// Returns the failure of `wasmysql migrate`: whether the files or the schema need attention, or
/// the arguments, the directory or the server.
pub(crate) fn failure(error: &MigrationError) -> Failure {
    let message = error.to_string();
    match error {
        MigrationError::InvalidOption { .. } => Failure::Usage(message),
        MigrationError::Changed { .. }
        | MigrationError::Renamed { .. }
        | MigrationError::Missing { .. }
        | MigrationError::OutOfOrder { .. }
        | MigrationError::Unresolved { .. }
        | MigrationError::Interrupted { .. }
        | MigrationError::Statement { .. }
        | MigrationError::InDoubt { .. }
        | MigrationError::OpenTransaction { .. }
        | MigrationError::Unrecorded { .. }
        | MigrationError::NotResolvable { .. } => Failure::Migration(Some(message)),
        _ => Failure::Host(message),
    }
}
