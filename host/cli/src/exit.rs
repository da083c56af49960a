//! How a command fails, and which exit code tells of it.

use std::fmt::Display;
use std::process::ExitCode;

use crate::log;

pub(crate) const RUN: &str = "\
Exit codes:
  0    The plugin succeeded
  1    The plugin returned an error, or was trapped
  2    The arguments are wrong
  3    The plugin, the configuration or the schema can't be used, or the private server did not start
  130  Interrupted (Ctrl-C); 143 when terminated, 129 when its terminal is gone
  A plugin that exits with a code of its own ends with that one.

Environment:
  WASMYSQL_PASSWORD_NAME  The password for --database NAME=URL, in place of one in the URL. The name is in
                          capitals, with _ for what is neither a letter nor a digit
  WASMYSQL_MARIADBD       The mariadbd to run as private server
  RUST_LOG                What to log to stderr, for example `wasmysql_host=debug`";

pub(crate) const TEST: &str = "\
Each test has an instance of its own, and a fresh schema of its own on one private MariaDB server, granted as `main` with
`ddl`. So tests can't meet, and a panic is the failure of one. The server starts only for tests that use a database.

Exit codes:
  0    All tests that ran succeeded
  2    The arguments are wrong
  3    The tests or the schema can't be used, or the private server did not start
  101  A test failed
  130  Interrupted (Ctrl-C); 143 when terminated, 129 when its terminal is gone

Environment:
  WASMYSQL_MARIADBD  The mariadbd to run as private server
  RUST_LOG           What to log to stderr, for example `wasmysql_host=debug`";

pub(crate) const CHECK: &str = "\
The plugin is not run, and no statement of it is looked at: which databases it opens shows when it runs. Databases are
connected to, and asked about themselves and the account; nothing is changed.

Exit codes:
  0    The plugin can be run, and the databases can be used; there can be warnings
  2    The arguments are wrong
  3    The plugin can't be run, the configuration can't be used, or a database can't be used
  130  Interrupted (Ctrl-C); 143 when terminated, 129 when its terminal is gone

Environment:
  WASMYSQL_PASSWORD_NAME  The password for --database NAME=URL, in place of one in the URL. The name is in
                          capitals, with _ for what is neither a letter nor a digit
  RUST_LOG                What to log to stderr, for example `wasmysql_host=debug`";

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The plugin returned an error, of which it has told already.
    Plugin,
    /// The plugin was stopped for what it did.
    Trap(String),
    /// The plugin exited with a code of its own.
    Exit(u8),
    /// The arguments make no sense together.
    Usage(String),
    /// The world is not as it should be.
    Host(String),
    /// Tests failed, as was told.
    Tests,
    /// A check found what can't work, and has told it.
    Check,
    /// A signal came.
    Interrupted(u8),
}

impl Failure {
    pub(crate) fn host(error: impl Display) -> Self {
        Self::Host(error.to_string())
    }

    /// Says of what in the world it is.
    pub(crate) fn of(self, what: &impl Display) -> Self {
        match self {
            Self::Host(message) => Self::Host(format!("{what}: {message}")),
            other => other,
        }
    }

    /// Tells the user, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, message) = match self {
            Self::Plugin => (1, None),
            Self::Tests => (101, None),
            Self::Check => (3, None),
            Self::Trap(message) => (1, Some(message)),
            Self::Exit(code) | Self::Interrupted(code) => (code, None),
            Self::Usage(message) => (2, Some(message)),
            Self::Host(message) => (3, Some(message)),
        };
        if let Some(message) = message {
            log::tell_error(&message);
        }
        ExitCode::from(code)
    }
}
