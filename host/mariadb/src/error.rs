use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// Why a private server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// MariaDB is not on this machine.
    #[error(
        "{program} is not in PATH nor where it is usually installed; install MariaDB's server \
         (Debian, Ubuntu: apt-get install mariadb-server-core mariadb-client-core; Fedora: dnf install mariadb-server; \
         Arch: pacman -S mariadb; macOS: brew install mariadb), or set WASMYSQL_MARIADBD to the path of mariadbd"
    )]
    NotInstalled {
        /// The program that was not found.
        program: &'static str,
    },

    /// The data directory, or a file in it, can't be written.
    #[error("{} can't be used for a private MariaDB server: {source}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Another private server runs in the data directory.
    #[error("{} is in use by another private MariaDB server; stop it, or choose another directory", path.display())]
    InUse {
        /// The data directory.
        path: PathBuf,
    },

    /// A program of MariaDB can't be run.
    #[error("{} can't be run: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The system tables could not be made.
    #[error("mariadb-install-db failed in {}{log}", path.display())]
    Install {
        /// Where they should have been made.
        path: PathBuf,
        /// What it said.
        log: LogTail,
    },

    /// The server ended instead of starting.
    #[error("mariadbd ended while it started ({status}){log}")]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        log: LogTail,
    },

    /// The server runs, but did not accept connections in time.
    #[error("mariadbd accepted no connection within {} s{log}", waited.as_secs())]
    NotReady {
        /// How long it was given.
        waited: Duration,
        /// What it said.
        log: LogTail,
    },
}

impl StartError {
    /// For `map_err`, where `path` could not be used.
    pub(crate) fn directory(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Directory { path: path.to_owned(), source }
    }

    /// Another process has the port.
    pub(crate) fn is_port_clash(&self) -> bool {
        matches!(self, Self::Exited { log, .. } if log.0.contains("Address already in use"))
    }
}

/// What a log says of a failure: from its first error on, or else its last lines.
#[derive(Debug, Clone)]
pub struct LogTail(String);

impl LogTail {
    const LINES: usize = 15;

    pub(crate) fn read(path: &Path) -> Self {
        let log = fs::read(path).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let start = lines
            .iter()
            .position(|line| line.contains("ERROR"))
            .unwrap_or_else(|| lines.len().saturating_sub(Self::LINES));
        Self(lines[start..].iter().take(Self::LINES).map(|line| format!("\n  {line}")).collect())
    }
}

impl std::fmt::Display for LogTail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { f.write_str("; it said nothing") } else { write!(f, "; it said:{}", self.0) }
    }
}
