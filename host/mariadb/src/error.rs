use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// The reason why a private server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// MariaDB is not installed on this machine.
    #[error(
        "{program} was not found in PATH or in the usual directories; install the MariaDB server \
         (Debian, Ubuntu: apt-get install mariadb-server-core mariadb-client-core; Fedora: dnf install mariadb-server; \
         Arch: pacman -S mariadb; macOS: brew install mariadb), or set WASMYSQL_MARIADBD to the path of mariadbd"
    )]
    NotInstalled {
        /// The program that was not found.
        program: &'static str,
    },

    /// The data directory, or a file in it, can't be written.
    #[error("can't use {} for a private MariaDB server: {source}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// Another private server uses the data directory.
    #[error(
        "{} is in use by another private MariaDB server; stop that server or choose another directory",
        path.display()
    )]
    InUse {
        /// The data directory.
        path: PathBuf,
    },

    /// A program of MariaDB can't be run.
    #[error("can't run {}: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The system tables could not be created.
    #[error("mariadb-install-db failed in {}{log}", path.display())]
    Install {
        /// The data directory of the system tables.
        path: PathBuf,
        /// The output of the installer.
        log: LogTail,
    },

    /// The server exited during startup.
    #[error("mariadbd exited during startup ({status}){log}")]
    Exited {
        /// The exit status.
        status: ExitStatus,
        /// The error log of the server.
        log: LogTail,
    },

    /// The server runs, but did not accept connections in time.
    #[error("mariadbd did not accept connections within {} s{log}", waited.as_secs())]
    NotReady {
        /// The timeout.
        waited: Duration,
        /// The error log of the server.
        log: LogTail,
    },
}

impl StartError {
    /// Returns a function for `map_err` that adds the path which could not be used.
    pub(crate) fn directory(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Directory { path: path.to_owned(), source }
    }

    /// Returns whether the server failed because another process uses its port.
    pub(crate) fn is_port_clash(&self) -> bool {
        matches!(self, Self::Exited { log, .. } if log.0.contains("Address already in use"))
    }
}

/// The part of a log that explains a failure: the lines from the first error on, or else the last
/// lines.
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
        if self.0.is_empty() { f.write_str("; its log is empty") } else { write!(f, "; its log:{}", self.0) }
    }
}
