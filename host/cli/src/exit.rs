//! Failures of commands and their exit codes.

use std::fmt::Display;
use std::process::ExitCode;

use crate::log;

pub(crate) const RUN: &str = "\
A Python file runs in a component that is built and compiled once. By default it may use 256 MiB and 60 s of CPU time.

On a terminal, the private server is kept for ten minutes after the last run in a directory, so that the next starts at
once. Each run gets a new database in any case.

Exit codes:
  0    The plugin succeeded
  1    The plugin returned an error or trapped
  2    The arguments are invalid
  3    The plugin, the configuration or the schema can't be used, or the private server did not start
  129  The terminal was closed (SIGHUP)
  130  Interrupted (SIGINT, Ctrl-C)
  143  Terminated (SIGTERM)
  If the plugin calls `exit`, its exit code is used.

Environment:
  WASMYSQL_PASSWORD_NAME  Password for --database NAME=URL; replaces a password in the URL. NAME is in upper
                          case, with _ in place of characters other than letters and digits
  WASMYSQL_SERVER         Private server, as for --server
  WASMYSQL_KEEP_SERVER    Seconds for which the private server is kept after a run; 0 keeps none
  RUST_LOG                Log filter for stderr, for example `wasmysql_host=debug`";

pub(crate) const SERVE: &str = "\
A plugin that traps answers 500, and a new instance handles the next request. An instance keeps its memory between
requests, but no connection: a connection that a request leaves open is reported and closed. --max-cpu-time limits each
request; the other limits of the plugin limit an instance. Outgoing HTTP requests of the plugin are denied.

The access log on stderr has a line for each request. RUST_LOG=warn,wasmysql::access=off disables it. Requests without
the header x-request-id get a new id. The header traceparent is the parent of the spans of the statements.

Signals:
  SIGHUP           Reload the plugin; if the file can't be loaded, the previous version keeps serving
  SIGTERM, SIGINT  Accept no new connections, finish the requests in progress, and stop; a second signal stops at once

Exit codes:
  0    Stopped by a signal, after all requests in progress had finished
  2    The arguments are invalid
  3    The plugin, the configuration, the schema or the address can't be used, or the private server did not start
  130  Stopped by SIGINT (Ctrl-C) before all requests had finished
  143  Stopped by SIGTERM before all requests had finished

Environment:
  WASMYSQL_PASSWORD_NAME  Password for --database NAME=URL; replaces a password in the URL. NAME is in upper
                          case, with _ in place of characters other than letters and digits
  WASMYSQL_SERVER         Private server, as for --server
  WASMYSQL_KEEP_SERVER    Seconds for which the private server is kept after a run; 0 keeps none
  RUST_LOG                Log filter for stderr, for example `wasmysql_host=debug`";

pub(crate) const TEST: &str = "\
Each test runs in a separate instance with a fresh schema on a private server, granted as `main` with `ddl`.
Tests can't affect each other, and a panic fails only one test. The server starts only for tests that use a database.

Exit codes:
  0    All tests that ran succeeded
  2    The arguments are invalid
  3    The tests or the schema can't be used, or the private server did not start
  101  A test failed
  129  The terminal was closed (SIGHUP)
  130  Interrupted (SIGINT, Ctrl-C)
  143  Terminated (SIGTERM)

Environment:
  WASMYSQL_SERVER  Private server, as for --server
  RUST_LOG         Log filter for stderr, for example `wasmysql_host=debug`";

pub(crate) const CHECK: &str = "\
The plugin is not run and its statements are not checked, so the check does not know which databases it opens. The
command connects to the databases and inspects the servers and the accounts. It changes nothing.

Exit codes:
  0    The plugin can be run and the databases can be used, possibly with warnings
  2    The arguments are invalid
  3    The plugin can't be run, the configuration can't be used, or a database can't be used
  129  The terminal was closed (SIGHUP)
  130  Interrupted (SIGINT, Ctrl-C)
  143  Terminated (SIGTERM)

Environment:
  WASMYSQL_PASSWORD_NAME  Password for --database NAME=URL; replaces a password in the URL. NAME is in upper
                          case, with _ in place of characters other than letters and digits
  RUST_LOG                Log filter for stderr, for example `wasmysql_host=debug`";

pub(crate) const MIGRATE: &str = "\
Files are applied in the order of their numbers, each once. A ledger in the schema records them. MySQL and MariaDB
commit each DDL statement, so the statements before a failure stay applied. docs/migrations.md describes failures.

Exit codes:
  0    All migrations are applied. With --status and --dry-run, no migration needs attention
  1    A migration failed, was interrupted or changed, or is missing or out of order
  2    The arguments are invalid
  3    The files, the configuration or the database can't be used, or other runs did not end in time
  129  The terminal was closed (SIGHUP)
  130  Interrupted (SIGINT, Ctrl-C); the running statement is killed
  143  Terminated (SIGTERM); the running statement is killed

Environment:
  WASMYSQL_PASSWORD_NAME  Password for --database NAME=URL; replaces a password in the URL. NAME is in upper
                          case, with _ in place of characters other than letters and digits
  RUST_LOG                Log filter for stderr, for example `wasmysql_host=debug`";

/// The reason why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The plugin returned an error. A message only if the plugin has printed none.
    Plugin(Option<String>),
    /// The plugin trapped.
    Trap(String),
    /// The plugin exited with this code.
    Exit(u8),
    /// The arguments are invalid.
    Usage(String),
    /// A file, a server or the system can't be used.
    Host(String),
    /// Migrations need attention. A message only if none has been printed.
    Migration(Option<String>),
    /// Tests failed. The report has already been printed.
    Tests,
    /// A check found errors. The report has already been printed.
    Check,
    /// A signal ended the command; the value is the exit code.
    Interrupted(u8),
}

impl Failure {
    pub(crate) fn host(error: impl Display) -> Self {
        Self::Host(error.to_string())
    }

    /// Adds the name of the file that can't be used.
    pub(crate) fn of(self, file: &impl Display) -> Self {
        match self {
            Self::Host(message) => Self::Host(format!("{file}: {message}")),
            other => other,
        }
    }

    /// Prints the error message and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let code = match &self {
            Self::Plugin(_) | Self::Trap(_) | Self::Migration(_) => 1,
            Self::Usage(_) => 2,
            Self::Host(_) | Self::Check => 3,
            Self::Tests => 101,
            Self::Exit(code) | Self::Interrupted(code) => *code,
        };
        if let Some(message) = self.into_message() {
            log::print_error(&message);
        }
        ExitCode::from(code)
    }

    /// Returns the error message, unless it has already been printed.
    pub(crate) fn into_message(self) -> Option<String> {
        match self {
            Self::Plugin(message) | Self::Migration(message) => message,
            Self::Trap(message) | Self::Usage(message) | Self::Host(message) => Some(message),
            Self::Tests | Self::Check | Self::Exit(_) | Self::Interrupted(_) => None,
        }
    }
}
