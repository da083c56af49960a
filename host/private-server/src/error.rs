use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use crate::Flavor;

/// The reason why a private server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The server is not installed on this machine.
    #[error("{flavor} was not found in PATH or in the usual directories; {}", how_to_install(*flavor))]
    NotInstalled {
        /// The family that was searched.
        flavor: Flavor,
    },

    /// A path leads to no server.
    #[error("{} is neither a MariaDB or MySQL server nor a directory with an unpacked one", path.display())]
    NoServer {
        /// The path.
        path: PathBuf,
    },

    /// The SQL files that create the system tables are not installed.
    #[error(
        "the SQL files that create MariaDB's system tables (fill_help_tables.sql and others) were not found in the \
         share directory beside {}; install the complete server package",
        program.display()
    )]
    NoSystemTables {
        /// The server program.
        program: PathBuf,
    },

    /// The data directory contains the data of the other family.
    #[error(
        "{} contains the data of a {found} server, but the chosen server is {chosen}; choose {found} or another directory",
        path.display()
    )]
    OtherFlavor {
        /// The data directory.
        path: PathBuf,
        /// The family of the data.
        found: Flavor,
        /// The family of the chosen server.
        chosen: Flavor,
    },

    /// The data directory, or a file in it, can't be written.
    #[error("can't use {} for a private server: {source}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// Another private server uses the data directory.
    #[error(
        "{} is in use by another private server; stop that server or choose another directory",
        path.display()
    )]
    InUse {
        /// The data directory.
        path: PathBuf,
    },

    /// No free port was found.
    #[error("can't find a free port on 127.0.0.1: {source}")]
    Port {
        /// The error of the operating system.
        source: io::Error,
    },

    /// The chosen server does not exist.
    #[error("`{}` is neither `mariadb`, `mysql` nor the path of a server", path.display())]
    NoSuchPath {
        /// The path.
        path: PathBuf,
    },

    /// The server program can't be run.
    #[error("can't run {}: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The system tables could not be created.
    #[error("the server could not create its system tables in {}{log}", path.display())]
    Initialise {
        /// The data directory of the system tables.
        path: PathBuf,
        /// The output of the server.
        log: LogTail,
    },

    /// The server exited during startup.
    #[error("the server exited during startup ({status}){log}")]
    Exited {
        /// The exit status.
        status: ExitStatus,
        /// The error log of the server.
        log: LogTail,
    },

    /// The server runs, but did not accept connections in time.
    #[error("the server did not accept connections within {} s{log}", waited.as_secs())]
    NotReady {
        /// The timeout.
        waited: Duration,
        /// The error log of the server.
        log: LogTail,
    },
}

fn how_to_install(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::MariaDb => {
            "install the MariaDB server (Debian, Ubuntu: apt-get install mariadb-server-core; Fedora: dnf install \
             mariadb-server; Arch: pacman -S mariadb; macOS: brew install mariadb), or set WASMYSQL_SERVER to the path of \
             mariadbd or mysqld"
        }
        Flavor::MySql => {
            "install the MySQL server (Ubuntu: apt-get install mysql-server-core; Fedora: dnf install mysql-server; macOS: \
             brew install mysql), or set WASMYSQL_SERVER to the path of mysqld"
        }
    }
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
