//! Marks a migration by hand, after its schema was mended by hand.

use std::fmt;

use super::error::MigrationError;
use super::ledger::RowState;
use super::run::Control;
use super::{MigrationFile, Migrations};
use crate::core::Database;

/// The state that [`Database::resolve_migration`] gives a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The migration is applied. The ledger records the current text of its file.
    Applied,
    /// The migration is not applied. The next run applies the whole file.
    Pending,
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
        })
    }
}

pub(super) async fn resolve(
    database: &Database,
    migrations: &Migrations,
    version: u64,
    resolution: Resolution,
) -> Result<(), MigrationError> {
    let mut control = Control::connect(database, migrations).await?;
    let result = mark(&mut control, migrations, version, resolution).await;
    control.unlock(None).await;
    result
}

async fn mark(
    control: &mut Control,
    migrations: &Migrations,
    version: u64,
    resolution: Resolution,
) -> Result<(), MigrationError> {
    control.lock(migrations.statement_timeout).await?;
    let rows = control.read().await?;
    let refused = |problem: String| Err(MigrationError::NotResolvable { version, resolution, problem });
    let row = rows.iter().find(|row| row.version == version);
    if row.is_some_and(|row| row.state == RowState::Applied) {
        return refused("it is applied; only failed, interrupted and pending migrations can be marked".to_owned());
    }
    let file = migrations.files.iter().find(|file| file.version() == version);
    match (resolution, row, file) {
        (Resolution::Pending, None, _) => refused("it was never run, so it is pending".to_owned()),
        (Resolution::Pending, Some(_), _) => {
            let sql = control.ledger.delete(version);
            control.write(&sql).await
        }
        (Resolution::Applied, _, None) => refused("its file is missing; restore the file".to_owned()),
        (Resolution::Applied, _, Some(file)) => {
            let is_applied = |file: &MigrationFile| {
                rows.iter().any(|row| row.version == file.version() && row.state == RowState::Applied)
            };
            if let Some(earlier) = migrations.files.iter().find(|file| file.version() < version && !is_applied(file)) {
                return refused(format!("{} is not applied yet; apply or mark it first", earlier.location));
            }
            control.create().await?;
            let sql = control.ledger.mark_applied(file);
            control.write(&sql).await
        }
    }
}
