//! The error of migrations.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The error of migrations. Each message names the file and the line, if there are any, and the
/// remedy. It never contains a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// A directory or a file can't be read.
    #[error("can't read {}: {source}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A directory has no migrations.
    #[error("{} contains no migrations; add a file such as 0001_create_visits.sql", directory.display())]
    NoFiles {
        /// The path of the directory.
        directory: PathBuf,
    },
    /// The name of an SQL file has another form.
    #[error(
        "{file}: the name of a migration must be a number, _ and a name of letters, digits, _ and -, such as \
         0001_create_visits.sql; rename the file"
    )]
    FileName {
        /// The file.
        file: String,
    },
    /// Two files have the same version.
    #[error("{first} and {second} both have version {version}; give the newer file the next number")]
    DuplicateVersion {
        /// The version.
        version: u64,
        /// The first file.
        first: String,
        /// The second file.
        second: String,
    },
    /// A file is larger than 16 MiB.
    #[error("{file} is larger than {} MiB; divide it, or import its data with a program", limit >> 20)]
    FileTooLarge {
        /// The file.
        file: String,
        /// The maximum size, in bytes.
        limit: usize,
    },
    /// A file is not UTF-8.
    #[error("{file} is not UTF-8; convert it")]
    NotUtf8 {
        /// The file.
        file: String,
    },
    /// A file can't be split into statements, or has a statement that no migration can run.
    #[error("{file}:{line}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The problem.
        problem: String,
    },
    /// An option of the migrations is invalid.
    #[error("{problem}")]
    InvalidOption {
        /// The problem, and the accepted values.
        problem: String,
    },
    /// The database has no default schema.
    #[error("the database has no default schema; add the schema of the migrations to its URL or options")]
    NoSchema,
    /// The server can't be reached or refused a login, or the pool was closed.
    #[error("{message}")]
    Connect {
        /// The message, with the remedy.
        message: String,
    },
    /// Other migrations of this ledger did not end in time.
    #[error(
        "other migrations of this schema are running{}, and did not end within {} s; try again later, or raise the \
         lock timeout", session(*holder), timeout.as_secs_f64()
    )]
    LockTimeout {
        /// The lock timeout.
        timeout: Duration,
        /// The connection id of the session that holds the lock, as the server reports it.
        holder: Option<u64>,
    },
    /// A statement of interrupted migrations still runs at the server.
    #[error(
        "a statement of interrupted migrations still runs{}, and did not end within {} s; wait for its end, or stop \
         it with KILL", session(*holder), timeout.as_secs_f64()
    )]
    StatementStillRuns {
        /// The lock timeout.
        timeout: Duration,
        /// The connection id of the session that runs the statement, as the server reports it.
        holder: Option<u64>,
    },
    /// The ledger can't be read or written. No statement of a file was sent since.
    #[error("the ledger {table} can't be used: {message}")]
    Ledger {
        /// The name of the table.
        table: String,
        /// The message.
        message: String,
    },
    /// An applied file was changed.
    #[error(
        "{file} was changed after it was applied; restore its text, and put the change into a new file with the next \
         number"
    )]
    Changed {
        /// The file.
        file: String,
    },
    /// An applied file was renamed.
    #[error("{file} was applied with the name {applied}; restore the name")]
    Renamed {
        /// The file.
        file: String,
        /// The name when it was applied.
        applied: String,
    },
    /// An applied file is missing.
    #[error("{name} (version {version}) was applied, but the file is missing; restore the file")]
    Missing {
        /// The version.
        version: u64,
        /// The file name when it was applied.
        name: String,
    },
    /// A file that is not applied has a lower version than an applied file.
    #[error("{file} is new, but {applied} with a higher number is already applied; give {file} the next number")]
    OutOfOrder {
        /// The new file.
        file: String,
        /// The name of the applied file.
        applied: String,
    },
    /// A statement failed in an earlier run, after other statements of its file.
    #[error(
        "{file} failed in an earlier run at line {line}: {message}\n  {}",
        consequence(*.version, *.statements_applied, *.statements, *in_doubt)
    )]
    Unresolved {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The line of the statement that failed, from 1.
        line: usize,
        /// The error of the server.
        message: String,
        /// The number of statements, from the first, that are applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
        /// Whether later statements may be applied too.
        in_doubt: bool,
    },
    /// An earlier run was interrupted in the middle of a file.
    #[error(
        "{file}: an earlier run was interrupted{}\n  {}",
        at(*line, message.as_deref()),
        consequence(*.version, *.statements_applied, *.statements, true)
    )]
    Interrupted {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The line of the first statement that may be applied or not, from 1, if it is known.
        line: Option<usize>,
        /// The reason, if the earlier run recorded it.
        message: Option<String>,
        /// The number of statements, from the first, that are applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
    },
    /// The server refused a statement.
    #[error(
        "{file}:{line}: {statement}\n  {message}\n  {}",
        consequence(*.version, *.statements_applied, *.statements, *in_doubt)
    )]
    Statement {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The line of the statement, from 1.
        line: usize,
        /// The beginning of the statement.
        statement: String,
        /// The error of the server.
        message: String,
        /// The number of statements, from the first, that are applied and stay applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
        /// Whether later statements may be applied too: the statement may be applied in part, or it
        /// ended a transaction.
        in_doubt: bool,
    },
    /// A statement was sent, and its result is unknown: its deadline passed, it was interrupted, or
    /// the connection was lost.
    #[error(
        "{file}:{line}: {statement}\n  it is unknown whether the statement is applied: {message}\n  {}",
        consequence(*.version, *.statements_applied, *.statements, true)
    )]
    InDoubt {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The line of the statement, from 1.
        line: usize,
        /// The beginning of the statement.
        statement: String,
        /// The reason.
        message: String,
        /// The number of statements, from the first, that are applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
    },
    /// A file ended in a transaction, which was rolled back.
    #[error(
        "{file}:{line}: the file ends in the transaction that this statement began, and the transaction was rolled back; \
         add COMMIT to the file\n  {}",
        consequence(*.version, *.statements_applied, *.statements, false)
    )]
    OpenTransaction {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The line of the statement that began the transaction, from 1.
        line: usize,
        /// The number of statements, from the first, that are applied and stay applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
    },
    /// Statements were applied, but the ledger could not be updated.
    #[error(
        "{file}: {statements_applied} of {statements} statements are applied, but the ledger can't be updated: \
         {message}\n  the next run reports the file as interrupted; {}",
        remedy(*.version, *.statements_applied == *.statements)
    )]
    Unrecorded {
        /// The file.
        file: String,
        /// The version.
        version: u64,
        /// The reason.
        message: String,
        /// The number of statements, from the first, that are applied.
        statements_applied: usize,
        /// The number of statements of the file.
        statements: usize,
    },
    /// A version can't be resolved.
    #[error("version {version} can't be marked as {resolution}: {problem}")]
    NotResolvable {
        /// The version.
        version: u64,
        /// The wanted state.
        resolution: super::Resolution,
        /// The problem.
        problem: String,
    },
}

fn session(holder: Option<u64>) -> impl fmt::Display {
    holder.map(|id| format!(" (session {id} of the server)")).unwrap_or_default()
}

fn at(line: Option<usize>, message: Option<&str>) -> String {
    let line = line.map(|line| format!(" at line {line}")).unwrap_or_default();
    let message = message.map(|message| format!(": {message}")).unwrap_or_default();
    line + &message
}

/// Returns the state of a file after a failure, and the remedy.
fn consequence(version: u64, applied: usize, statements: usize, in_doubt: bool) -> String {
    match (applied, in_doubt) {
        (0, false) => "nothing of the file is applied; correct the file and run the migrations again".to_owned(),
        (_, false) => {
            format!("{applied} of {statements} statements are applied and stay applied; {}", remedy(version, false))
        }
        _ => {
            let next = (applied + 1).min(statements);
            format!(
                "{applied} of {statements} statements are applied, and it is unknown whether those from statement \
                 {next} on are; compare the schema with the file, then {}",
                remedy(version, false)
            )
        }
    }
}

/// Returns the advice about a file that is applied in part, or completely.
fn remedy(version: u64, is_complete: bool) -> String {
    let by_hand = if is_complete { "" } else { "run the missing statements by hand and " };
    format!(
        "{by_hand}mark version {version} as applied (wasmysql migrate ... --resolve {version}=applied), or undo the \
         applied statements and mark it as pending (--resolve {version}=pending)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_states_the_applied_part_and_the_remedy() {
        let message = |statements_applied, in_doubt| {
            MigrationError::Statement {
                file: "m/0002_a.sql".to_owned(),
                version: 2,
                line: 7,
                statement: "DROP TABLE t".to_owned(),
                message: "Unknown table 't' (1051, 42S02)".to_owned(),
                statements_applied,
                statements: 5,
                in_doubt,
            }
            .to_string()
        };
        let beginning = "m/0002_a.sql:7: DROP TABLE t\n  Unknown table 't' (1051, 42S02)\n  ";
        assert_eq!(
            message(0, false),
            format!("{beginning}nothing of the file is applied; correct the file and run the migrations again")
        );
        let partly = message(2, false);
        assert!(partly.contains("2 of 5 statements are applied and stay applied"), "{partly}");
        assert!(partly.contains("--resolve 2=applied") && partly.contains("--resolve 2=pending"), "{partly}");
        let in_doubt = message(2, true);
        assert!(in_doubt.contains("unknown whether those from statement 3 on are"), "{in_doubt}");
    }
}
