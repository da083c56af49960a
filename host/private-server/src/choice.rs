//! Which server to run.

use std::convert::Infallible;
use std::env;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The environment variable that chooses the server if the program does not.
const VARIABLE: &str = "WASMYSQL_SERVER";

/// The family of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// MariaDB.
    MariaDb,
    /// MySQL.
    MySql,
}

impl Flavor {
    /// Both families, in the order in which they are searched by default.
    pub const ALL: [Flavor; 2] = [Flavor::MariaDb, Flavor::MySql];

    /// Returns the name that [`ServerChoice`] parses: `mariadb` or `mysql`.
    pub fn name(self) -> &'static str {
        match self {
            Flavor::MariaDb => "mariadb",
            Flavor::MySql => "mysql",
        }
    }

    /// Returns the names of the program. Old versions of MariaDB use MySQL's.
    pub(crate) fn programs(self) -> &'static [&'static str] {
        match self {
            Flavor::MariaDb => &["mariadbd", "mysqld"],
            Flavor::MySql => &["mysqld"],
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flavor::MariaDb => "MariaDB",
            Flavor::MySql => "MySQL",
        })
    }
}

/// The server that a [`PrivateServer`](crate::PrivateServer) runs.
///
/// It is parsed from `mariadb`, `mysql`, or a path. Every other text is a path, so parsing can't
/// fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServerChoice {
    /// The first server that is installed: MariaDB, or else MySQL. The default.
    #[default]
    Installed,
    /// The installed server of this family.
    Flavor(Flavor),
    /// A server program (`mariadbd` or `mysqld`), or a directory into which the packages of a
    /// server were unpacked.
    ///
    /// If the directory contains its own dynamic loader, the server runs with it and with the
    /// libraries of the directory.
    Path(PathBuf),
}

impl ServerChoice {
    /// Returns the choice in the environment variable `WASMYSQL_SERVER`, or
    /// [`Installed`](Self::Installed) if it is not set or empty.
    pub fn from_env() -> Self {
        match env::var_os(VARIABLE) {
            Some(value) if !value.is_empty() => match value.to_str() {
                Some(text) => text.into(),
                None => Self::Path(value.into()),
            },
            _ => Self::Installed,
        }
    }
}

impl From<&str> for ServerChoice {
    fn from(text: &str) -> Self {
        match Flavor::ALL.into_iter().find(|flavor| flavor.name() == text) {
            Some(flavor) => Self::Flavor(flavor),
            None => Self::Path(text.into()),
        }
    }
}

impl FromStr for ServerChoice {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_families_and_other_texts_are_paths() {
        assert_eq!(ServerChoice::from("mariadb"), ServerChoice::Flavor(Flavor::MariaDb));
        assert_eq!(ServerChoice::from("mysql"), ServerChoice::Flavor(Flavor::MySql));
        assert_eq!(ServerChoice::from("./mysql"), ServerChoice::Path("./mysql".into()));
    }
}
