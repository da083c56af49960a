//! The database of `wasmysql migrate`.

use std::path::{Path, PathBuf};

use wasmysql_host::Database;

use crate::databases::{configuration, database, password};
use crate::exit::Failure;

const EXPECTED: &str = "expected NAME=URL, such as main=mysql://owner@db.example/shop";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Database")]
pub(super) struct Target {
    /// Set the database and its account; the URL is mysql://USER:PASSWORD@HOST:PORT/SCHEMA. With
    /// --config, only the name
    #[arg(long, value_name = "NAME=URL", required_unless_present = "config", value_parser = named)]
    database: Option<Named>,

    /// Use a database of this TOML file [default: its only database]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A name, and a URL unless a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    name: String,
    url: Option<String>,
}

impl Target {
    pub(super) fn open(self) -> Result<Database, Failure> {
        match (self.database, self.config) {
            (Some(Named { name, url: Some(url) }), None) => {
                password(&name).and_then(|password| database(&name, &url, password)).map_err(Failure::Host)
            }
            (Some(Named { name, url: Some(_) }), Some(_)) => {
                Err(Failure::Usage(format!("--database {name}: --config has the URL; remove the URL, or --config")))
            }
            (named, Some(path)) => configured(&path, named.as_ref().map(|named| &*named.name)),
            (named, None) => {
                let name = named.map(|named| named.name).unwrap_or_default();
                Err(Failure::Usage(format!("--database {name}: {EXPECTED}")))
            }
        }
    }
}

/// Returns a database of a file: the one with this name, or the only one.
fn configured(path: &Path, name: Option<&str>) -> Result<Database, Failure> {
    let config = configuration(path).map_err(Failure::Host)?;
    let databases: Vec<(&str, &Database)> = config.databases().collect();
    let available = databases.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match (name, databases.as_slice()) {
        (None, [(_, only)]) => Ok((*only).clone()),
        (None, _) => Err(Failure::Usage(format!("add --database NAME; available: {available}"))),
        (Some(name), databases) => match databases.iter().find(|(known, _)| *known == name) {
            Some((_, database)) => Ok((*database).clone()),
            None => Err(Failure::Usage(format!("--database {name}: unknown database; available: {available}"))),
        },
    }
}

/// Parses `NAME=URL` or `NAME`.
fn named(text: &str) -> Result<Named, String> {
    let (name, url) = match text.split_once('=') {
        Some((name, url)) => (name, Some(url.to_owned())),
        None => (text, None),
    };
    // A URL without a name can contain `=` too.
    match name.is_empty() || name.contains(['/', ':', '@']) {
        true => Err(EXPECTED.to_owned()),
        false => Ok(Named { name: name.to_owned(), url }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_has_a_name_and_perhaps_a_url() {
        let of = |name: &str, url: Option<&str>| Ok(Named { name: name.to_owned(), url: url.map(str::to_owned) });
        assert_eq!(named("main=mysql://a@b/c?tls=off"), of("main", Some("mysql://a@b/c?tls=off")));
        assert_eq!(named("shop"), of("shop", None));
        for text in ["", "=mysql://a@b/c", "mysql://a@b/c", "mysql://a@b/c?tls=off"] {
            assert!(named(text).is_err(), "{text}");
        }
    }
}
