//! The error of options and configurations.

use std::path::PathBuf;

/// The error of a configuration. It never contains a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The configuration file, or the file of a certificate authority, can't be read.
    #[error("can't read '{path}': {source}", path = path.display())]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The text is not TOML, has an unknown or missing key, or has a value of the wrong type. The
    /// message repeats no value, because it may be a password.
    #[error("{place}{problem}", place = place(*.line, *.column))]
    Syntax {
        /// The line, starting at 1; 0 if unknown.
        line: usize,
        /// The column, starting at 1; 0 if unknown.
        column: usize,
        /// The problem, with the key if the line has a key.
        problem: String,
    },
    /// A database URL is invalid. The message does not repeat the URL, because it may contain a
    /// password.
    #[error("invalid database URL: {problem}; expected mysql://user:password@host:3306/schema")]
    Url {
        /// The problem.
        problem: String,
    },
    /// A setting is invalid or unsafe.
    #[error("{problem}")]
    Invalid {
        /// The problem, and the accepted values.
        problem: String,
    },
}

impl ConfigError {
    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::Invalid { problem: problem.into() }
    }
}

/// Returns the prefix of a message for this line and column.
fn place(line: usize, column: usize) -> String {
    if line == 0 { String::new() } else { format!("line {line}, column {column}: ") }
}
