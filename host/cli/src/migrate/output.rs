//! The output of `wasmysql migrate` on stdout.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmysql_host::{MigrationProgress, MigrationState, MigrationStatus, Migrations};

use crate::exit::Failure;

/// The length of a start time without the fraction of a second.
const SECONDS: usize = "2026-11-27 06:12:00".len();

/// Prints each migration while it runs. A closed stdout does not stop the run.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    width: usize,
    /// Whether the current line is incomplete.
    in_line: Arc<AtomicBool>,
}

impl Progress {
    pub(super) fn of(migrations: &Migrations) -> Self {
        let width = migrations.files().iter().map(|file| file.name().len()).max().unwrap_or_default();
        Self { width, in_line: Arc::default() }
    }

    pub(super) fn report(&self, progress: MigrationProgress<'_>) {
        match progress {
            MigrationProgress::Started(file) => {
                self.print(&format!("{:width$}  ", file.name(), width = self.width));
                self.in_line.store(true, Ordering::Relaxed);
            }
            MigrationProgress::Applied(done) => {
                self.print(&format!("applied in {} ({})\n", shown(done.duration), statements(done.statements)));
                self.in_line.store(false, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    /// Ends the line of a migration that was not applied.
    pub(super) fn end_line(&self) {
        if self.in_line.swap(false, Ordering::Relaxed) {
            self.print("not applied\n");
        }
    }

    fn print(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }
}

pub(super) fn line(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{text}").map_err(|error| Failure::Host(format!("can't write to stdout: {error}")))
}

/// Prints a table. Fails if a migration needs attention.
pub(super) fn status(found: &[MigrationStatus]) -> Result<(), Failure> {
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|status| {
            let started = status.started_at.as_deref().map(|time| format!("{} UTC", &time[..SECONDS.min(time.len())]));
            [status.name.clone(), status.state.to_string(), started.unwrap_or_default(), details(status)]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    for row in &rows {
        let cells: Vec<String> = row.iter().enumerate().map(|(at, cell)| format!("{cell:0$}", width(at))).collect();
        line(cells.join("  ").trim_end())?;
    }
    line(&summary(found))?;
    match found.iter().all(|status| status.state.is_ok()) {
        true => Ok(()),
        false => Err(Failure::Migration(None)),
    }
}

/// Prints the statements of the pending migrations. Prints the states instead if a migration needs
/// attention, because the next run would stop.
pub(super) fn dry_run(directory: &Path, migrations: &Migrations, found: &[MigrationStatus]) -> Result<(), Failure> {
    if !found.iter().all(|status| status.state.is_ok()) {
        return status(found);
    }
    let is_pending =
        |version| found.iter().any(|status| status.version == version && status.state == MigrationState::Pending);
    for file in migrations.files().iter().filter(|file| is_pending(file.version())) {
        let path = directory.join(file.name());
        for (number, sql) in file.statements() {
            line(&format!("-- {}:{number}\n{}\n", path.display(), terminated(sql)))?;
        }
    }
    line(&summary(found))
}

/// Returns a statement as the `mysql` client reads it: with `;`, or with a delimiter that it does
/// not contain.
fn terminated(sql: &str) -> String {
    if !sql.contains(';') {
        return format!("{sql};");
    }
    let mut delimiter = "//".to_owned();
    while sql.contains(&delimiter) {
        delimiter.push('/');
    }
    format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;")
}

/// Returns the details of a run.
fn details(status: &MigrationStatus) -> String {
    let parts = [
        status
            .started_at
            .as_ref()
            .map(|_| format!("{} of {}", status.statements_applied, statements(status.statements))),
        status.duration.map(shown),
        status.failed_line.map(|line| format!("line {line}")),
        status.error.as_ref().map(|error| error.split_whitespace().collect::<Vec<_>>().join(" ")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Returns the number of migrations in each state.
fn summary(found: &[MigrationStatus]) -> String {
    let mut counts: Vec<(MigrationState, usize)> = vec![(MigrationState::Applied, 0), (MigrationState::Pending, 0)];
    for status in found {
        match counts.iter_mut().find(|(state, _)| *state == status.state) {
            Some((_, count)) => *count += 1,
            None => counts.push((status.state, 1)),
        }
    }
    counts.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", ")
}

fn statements(number: usize) -> String {
    format!("{number} statement{}", if number == 1 { "" } else { "s" })
}

fn shown(duration: Duration) -> String {
    match duration.as_millis() {
        milliseconds @ ..10_000 => format!("{milliseconds} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_with_a_delimiter_that_they_do_not_contain() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1;"),
            ("BEGIN SELECT 1; END", "DELIMITER //\nBEGIN SELECT 1; END\n//\nDELIMITER ;"),
            ("SELECT ';//'", "DELIMITER ///\nSELECT ';//'\n///\nDELIMITER ;"),
        ] {
            assert_eq!(terminated(sql), expected);
        }
    }
}
