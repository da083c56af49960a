//! Compares the files with the ledger. Pure functions.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::error::MigrationError;
use super::files::MigrationFile;
use super::ledger::{LedgerRow, RowState};

/// The state of a migration, as [`Database::migration_status`](crate::Database::migration_status)
/// reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// The version.
    pub version: u64,
    /// The file name. That of the ledger, if the file is missing.
    pub name: String,
    /// The state.
    pub state: MigrationState,
    /// The start of the last run, in UTC: `2026-11-27 06:12:00.000000`. `None` before the first
    /// run.
    pub started_at: Option<String>,
    /// The duration of the last run, if it was recorded.
    pub duration: Option<Duration>,
    /// The number of statements, from the first, that are applied.
    pub statements_applied: usize,
    /// The number of statements of the file.
    pub statements: usize,
    /// The line of the statement that failed, from 1.
    pub failed_line: Option<usize>,
    /// The error of the last run, if it failed.
    pub error: Option<String>,
}

/// The state of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// The file is not applied. The next run applies it.
    Pending,
    /// The file is applied.
    Applied,
    /// A statement failed after other statements of the file, which stay applied.
    Failed,
    /// A run was interrupted in the middle of the file, or is still running.
    Interrupted,
    /// The file was changed or renamed after it was applied.
    Changed,
    /// The file was applied and is missing.
    Missing,
    /// The file is not applied, but a file with a higher version is.
    OutOfOrder,
}

impl MigrationState {
    /// Returns whether the next run can proceed past this migration.
    #[must_use]
    pub fn is_ok(self) -> bool {
        matches!(self, Self::Pending | Self::Applied)
    }
}

/// Writes the state in lower case, for example `out of order`.
impl fmt::Display for MigrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::OutOfOrder => "out of order",
        })
    }
}

/// A version with its file and its row.
type Entry<'e> = (Option<&'e MigrationFile>, Option<&'e LedgerRow>);

/// Returns the state of each version, in order.
pub(super) fn status(files: &[MigrationFile], rows: &[LedgerRow]) -> Vec<MigrationStatus> {
    let newest = newest_applied(rows);
    let described = |(version, entry): (u64, Entry<'_>)| {
        let (file, row) = entry;
        MigrationStatus {
            version,
            name: file.map(MigrationFile::name).or(row.map(|row| &*row.name)).unwrap_or_default().to_owned(),
            state: state(entry, newest),
            started_at: row.map(|row| row.started_at.clone()),
            duration: row.and_then(|row| row.duration),
            statements_applied: row.map_or(0, |row| row.statements_applied),
            statements: row.map(|row| row.statements).or(file.map(|file| file.statements.len())).unwrap_or_default(),
            failed_line: row.and_then(|row| row.line),
            error: row.and_then(|row| row.error.clone()),
        }
    };
    entries(files, rows).into_iter().map(described).collect()
}

/// Returns the files to apply, in order, or the first problem.
pub(super) fn pending<'f>(
    files: &'f [MigrationFile],
    rows: &[LedgerRow],
) -> Result<Vec<&'f MigrationFile>, MigrationError> {
    let newest = newest_applied(rows);
    let mut pending = Vec::new();
    for (version, entry) in entries(files, rows) {
        match (state(entry, newest), entry) {
            (MigrationState::Applied, _) => {}
            (MigrationState::Pending, (Some(file), _)) => pending.push(file.version()),
            _ => return Err(problem(version, entry, newest)),
        }
    }
    Ok(files.iter().filter(|file| pending.contains(&file.version())).collect())
}

fn entries<'e>(files: &'e [MigrationFile], rows: &'e [LedgerRow]) -> BTreeMap<u64, Entry<'e>> {
    let mut entries: BTreeMap<u64, Entry<'e>> = BTreeMap::new();
    for file in files {
        entries.entry(file.version()).or_default().0 = Some(file);
    }
    // A failed attempt that changed nothing, of a file that no longer exists, needs no attention.
    for row in
        rows.iter().filter(|row| !row.changed_nothing() || entries.contains_key(&row.version)).collect::<Vec<_>>()
    {
        entries.entry(row.version).or_default().1 = Some(row);
    }
    entries
}

fn newest_applied(rows: &[LedgerRow]) -> Option<&LedgerRow> {
    rows.iter().filter(|row| !row.changed_nothing()).max_by_key(|row| row.version)
}

fn state((file, row): Entry<'_>, newest: Option<&LedgerRow>) -> MigrationState {
    match (row.filter(|row| !row.changed_nothing()), file) {
        (None, Some(file)) if newest.is_some_and(|newest| newest.version > file.version()) => {
            MigrationState::OutOfOrder
        }
        (None, _) => MigrationState::Pending,
        (Some(LedgerRow { state: RowState::Running, .. }), _) => MigrationState::Interrupted,
        (Some(LedgerRow { state: RowState::Failed, .. }), _) => MigrationState::Failed,
        (Some(_), None) => MigrationState::Missing,
        (Some(row), Some(file)) if row.checksum != file.checksum() || row.name != file.name() => {
            MigrationState::Changed
        }
        (Some(_), Some(_)) => MigrationState::Applied,
    }
}

/// Returns the error of an entry that is neither pending nor applied.
fn problem(version: u64, (file, row): Entry<'_>, newest: Option<&LedgerRow>) -> MigrationError {
    let name = || file.map(|file| file.location.clone()).or(row.map(|row| row.name.clone())).unwrap_or_default();
    let Some(row) = row.filter(|row| !row.changed_nothing()) else {
        let applied = newest.map(|newest| newest.name.clone()).unwrap_or_default();
        return MigrationError::OutOfOrder { file: name(), applied };
    };
    let (statements_applied, statements) = (row.statements_applied, row.statements);
    match (row.state, file) {
        (RowState::Running, _) => {
            let unchanged = file.filter(|file| file.checksum() == row.checksum);
            let next = unchanged.and_then(|file| file.statements.get(statements_applied));
            MigrationError::Interrupted {
                file: name(),
                version,
                line: row.line.or(next.map(|statement| statement.line)),
                message: row.error.clone(),
                statements_applied,
                statements,
            }
        }
        (RowState::Failed, _) => MigrationError::Unresolved {
            file: name(),
            version,
            line: row.line.unwrap_or_default(),
            message: row.error.clone().unwrap_or_default(),
            statements_applied,
            statements,
            in_doubt: row.in_doubt,
        },
        (RowState::Applied, None) => MigrationError::Missing { version, name: row.name.clone() },
        (RowState::Applied, Some(file)) if file.checksum() != row.checksum => MigrationError::Changed { file: name() },
        (RowState::Applied, Some(_)) => MigrationError::Renamed { file: name(), applied: row.name.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> MigrationFile {
        file_of(name, "SELECT 1;\nSELECT 2;\nSELECT 3")
    }

    fn file_of(name: &str, text: &str) -> MigrationFile {
        MigrationFile::parse(name, format!("m/{name}"), text).unwrap()
    }

    fn row(name: &str, state: RowState) -> LedgerRow {
        let file = file(name);
        LedgerRow {
            version: file.version(),
            name: name.to_owned(),
            checksum: file.checksum().to_owned(),
            state,
            statements_applied: if state == RowState::Applied { 3 } else { 1 },
            statements: 3,
            in_doubt: false,
            started_at: "2026-11-27 06:12:00.000000".to_owned(),
            duration: Some(Duration::from_millis(5)),
            line: None,
            error: None,
        }
    }

    fn attempt(name: &str) -> LedgerRow {
        LedgerRow { statements_applied: 0, ..row(name, RowState::Failed) }
    }

    #[track_caller]
    fn check(files: &[MigrationFile], rows: &[LedgerRow], expected: Result<&[&str], &[&str]>) {
        let names =
            |pending: Vec<&MigrationFile>| pending.iter().map(|file| file.name().to_owned()).collect::<Vec<_>>();
        match (pending(files, rows).map(names), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(error), Err(words)) => {
                let error = error.to_string();
                assert!(words.iter().all(|words| error.contains(words)), "{error}");
            }
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
        // Both functions agree on whether the next run can proceed.
        assert_eq!(status(files, rows).iter().all(|status| status.state.is_ok()), expected.is_ok());
    }

    #[test]
    fn files_that_are_not_applied_are_pending() {
        let files = [file("1_a.sql"), file("2_b.sql"), file("3_c.sql")];
        check(&files, &[], Ok(&["1_a.sql", "2_b.sql", "3_c.sql"]));
        check(&files, &[row("1_a.sql", RowState::Applied)], Ok(&["2_b.sql", "3_c.sql"]));
        let rows = files.clone().map(|file| row(file.name(), RowState::Applied));
        check(&files, &rows, Ok(&[]));
        check(&[], &[], Ok(&[]));
    }

    #[test]
    fn changed_renamed_and_missing_files_are_named() {
        let rows = [row("1_a.sql", RowState::Applied), row("2_b.sql", RowState::Applied)];
        let changed = [file("1_a.sql"), file_of("2_b.sql", "SELECT 4")];
        check(&changed, &rows, Err(&["m/2_b.sql was changed", "restore"]));
        check(&[file("1_a.sql"), file("2_c.sql")], &rows, Err(&["m/2_c.sql", "with the name 2_b.sql"]));
        check(&[file("2_b.sql")], &rows, Err(&["1_a.sql (version 1)", "missing"]));
        let states: Vec<_> =
            status(&[file_of("2_b.sql", "SELECT 4")], &rows).iter().map(|status| status.state).collect();
        assert_eq!(states, [MigrationState::Missing, MigrationState::Changed]);
    }

    #[test]
    fn new_file_below_an_applied_one_is_an_error() {
        let files = [file("1_a.sql"), file("2_b.sql"), file("3_c.sql")];
        let rows = [row("1_a.sql", RowState::Applied), row("3_c.sql", RowState::Applied)];
        check(&files, &rows, Err(&["m/2_b.sql is new", "3_c.sql"]));
        let retried = [row("1_a.sql", RowState::Applied), attempt("2_b.sql"), row("3_c.sql", RowState::Applied)];
        check(&files, &retried, Err(&["m/2_b.sql is new", "3_c.sql"]));
    }

    #[test]
    fn failed_attempt_that_changed_nothing_is_repeated() {
        let files = [file("1_a.sql"), file_of("2_b.sql", "SELECT 'corrected'")];
        let rows = [row("1_a.sql", RowState::Applied), attempt("2_b.sql")];
        check(&files, &rows, Ok(&["2_b.sql"]));
        // Also without its file, or with another one in its place.
        check(&files[..1], &rows, Ok(&[]));
        check(&[file("1_a.sql"), file("2_other.sql"), file("3_c.sql")], &rows, Ok(&["2_other.sql", "3_c.sql"]));
        let doubtful = LedgerRow { in_doubt: true, ..attempt("2_b.sql") };
        check(&files, &[rows[0].clone(), doubtful], Err(&["0 of 3", "unknown"]));
    }

    #[test]
    fn partly_applied_file_stops_every_later_run() {
        let failed =
            LedgerRow { line: Some(2), error: Some("no (1, 2)".to_owned()), ..row("1_a.sql", RowState::Failed) };
        let words = ["m/1_a.sql failed in an earlier run at line 2: no (1, 2)", "1 of 3", "--resolve 1=applied"];
        check(&[file("1_a.sql"), file("2_b.sql")], std::slice::from_ref(&failed), Err(&words));
        check(&[], &[failed], Err(&["1_a.sql failed in an earlier run"]));
    }

    #[test]
    fn interrupted_run_names_the_statement_in_doubt() {
        let running = row("1_a.sql", RowState::Running);
        let words =
            ["m/1_a.sql: an earlier run was interrupted at line 2", "from statement 2 on", "--resolve 1=pending"];
        check(&[file("1_a.sql")], std::slice::from_ref(&running), Err(&words));
        // The lines of a changed file are those of other statements.
        check(&[file_of("1_a.sql", "SELECT 4")], &[running], Err(&["was interrupted\n", "1 of 3"]));
    }
}
