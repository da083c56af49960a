//! The databases a plugin is granted: from the command line, from a file, or a private server.

use std::collections::HashSet;
use std::env::{self, VarError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::Handle;
use wasmysql_host::{Config, ConfigError, Database, DatabaseOptions, Grant, Statements, WasmysqlCtx};
use wasmysql_mariadb::{PrivateServer, StartError};

use crate::exit::Failure;
use crate::interrupt::SHUTDOWN_PATIENCE;
use crate::schema::{Administrator, SchemaFile};

/// The name of the private server's schema for plugins.
pub(crate) const PRIVATE: &str = "main";

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Databases (without any: a private MariaDB server, granted as `main` with `ddl`)")]
pub(crate) struct Arguments {
    #[command(flatten)]
    given: Given,

    /// Where the private server keeps its data [default: a temporary directory]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "config"])]
    data_dir: Option<PathBuf>,

    /// Load a file of SQL into the private server before the plugin starts
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "config"])]
    schema: Option<PathBuf>,
}

/// Databases that are there.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// Grant a database: mysql://USER:PASSWORD@HOST:PORT/SCHEMA, or with several servers HOST:PORT,HOST:PORT
    #[arg(long, value_name = "NAME=URL", value_parser = named_url)]
    database: Vec<(String, String)>,

    /// What the plugin may do with it: read, dml, ddl or any, each including the ones before [default: dml]
    #[arg(long, value_name = "NAME=STATEMENTS", value_parser = grant)]
    grant: Vec<(String, Statements)>,

    /// Take databases and grants from a TOML file, where the plugin is named as its file without .wasm
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "grant"])]
    config: Option<PathBuf>,
}

/// Databases, and who is granted what of them.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    /// By their names.
    pub(crate) databases: Vec<(String, Database)>,
    pub(crate) grants: Vec<GuestDatabase>,
    /// Why others can't be used.
    pub(crate) problems: Vec<String>,
}

/// A grant.
#[derive(Debug)]
pub(crate) struct GuestDatabase {
    /// The guest's name, or `*` for every guest.
    pub(crate) guest: String,
    pub(crate) database: String,
    pub(crate) statements: Statements,
}

/// As long as a grant gives a statement by default.
const STATEMENT_PATIENCE: Duration = Duration::from_secs(30);

/// What a plugin is granted, and the private server if that is where it comes from.
#[derive(Debug)]
pub(crate) struct Databases {
    pub(crate) context: WasmysqlCtx,
    pub(crate) opened: Vec<Database>,
    pub(crate) server: Option<PrivateServer>,
}

impl Databases {
    /// Waits for statements whose rows the plugin has dropped: what they change is kept only when they come to their end.
    pub(crate) fn finish(&self) -> impl Future<Output = ()> + Send + 'static {
        let opened = self.opened.clone();
        async move {
            for database in opened {
                database.shutdown(STATEMENT_PATIENCE).await;
            }
        }
    }

    /// Leaves no session at any server: what the plugin has left open is cut, and what still runs is stopped.
    pub(crate) async fn shutdown(&self) {
        for database in &self.opened {
            database.shutdown(SHUTDOWN_PATIENCE).await;
        }
    }
}

impl Arguments {
    /// A private server with this file loaded.
    pub(crate) fn with_schema(schema: Option<PathBuf>) -> Self {
        Self { schema, ..Self::default() }
    }

    /// What the plugin named `plugin` is granted. A private server is there only for one that uses it. It blocks while the
    /// server starts.
    pub(crate) fn open(self, plugin: &str, uses_mysql: bool, runtime: &Handle) -> Result<Databases, Failure> {
        let mut given = self.given;
        if let Some(path) = &given.config {
            let config = configuration(path).map_err(Failure::Host)?;
            let opened = config.databases().map(|(_, database)| database.clone()).collect();
            return Ok(Databases { context: config.context(plugin).build(), opened, server: None });
        }
        let private = given.database.is_empty();
        given.check_names(private.then_some(PRIVATE))?;
        let mut server = None;
        if private {
            let schema = self.schema.map(SchemaFile::read).transpose()?;
            if !uses_mysql {
                return Ok(Databases { context: WasmysqlCtx::default(), opened: Vec::new(), server });
            }
            let way_out = "; or give a server of your own with --database main=mysql://...";
            let started = start(self.data_dir, way_out)?;
            if let Some(schema) = schema {
                let load = async { Administrator::log_in(&started).await?.load(started.schema(), &schema).await };
                runtime.block_on(load)?;
            }
            given.database.push((PRIVATE.to_owned(), started.url()));
            server = Some(started);
        }
        let default = if private { Statements::Ddl } else { Statements::default() };
        let mut builder = WasmysqlCtx::builder().guest(plugin);
        let mut opened = Vec::new();
        for (name, url) in &given.database {
            // A private server has a password of its own, whatever is in the environment.
            let password = if private { Ok(None) } else { password(name) };
            let database = password.and_then(|password| database(name, url, password)).map_err(Failure::Host)?;
            builder = builder.database(name, &database, Grant::new(given.statements(name).unwrap_or(default)));
            opened.push(database);
        }
        Ok(Databases { context: builder.build(), opened, server })
    }
}

impl Given {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.config.is_none() && self.database.is_empty() && self.grant.is_empty()
    }

    /// What is offered to plugins: by a file to those that it names, by arguments to every one.
    pub(crate) fn offer(&self) -> Result<Offer, Failure> {
        self.check_names(None)?;
        let mut offer = Offer::default();
        match self.config.as_deref().map(configuration) {
            Some(Ok(config)) => {
                let named = |(name, database): (&str, &Database)| (name.to_owned(), database.clone());
                offer.databases = config.databases().map(named).collect();
                offer.grants = config
                    .grants()
                    .map(|grant| GuestDatabase::of(grant.guest, grant.database, grant.grant.statements()))
                    .collect();
            }
            Some(Err(problem)) => offer.problems.push(problem),
            None => {}
        }
        for (name, url) in &self.database {
            match password(name).and_then(|password| database(name, url, password)) {
                Ok(database) => {
                    offer.databases.push((name.clone(), database));
                    offer.grants.push(GuestDatabase::of("*", name, self.statements(name).unwrap_or_default()));
                }
                Err(problem) => offer.problems.push(problem),
            }
        }
        Ok(offer)
    }

    fn statements(&self, database: &str) -> Option<Statements> {
        self.grant.iter().find(|(name, _)| name == database).map(|(_, statements)| *statements)
    }

    /// Refuses grants of databases that are not there, and two of one name, of which one would be passed over.
    fn check_names(&self, private: Option<&str>) -> Result<(), Failure> {
        let twice = |option: &str, name: &str| Err(Failure::Usage(format!("{option} {name} is given twice; give one")));
        if let Some(name) = repeated(&self.database) {
            return twice("--database", name);
        }
        if let Some(name) = repeated(&self.grant) {
            return twice("--grant", name);
        }
        let names = self.database.iter().map(|(name, _)| name.as_str());
        let known: Vec<&str> = names.chain(private).collect();
        match self.grant.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((unknown, _)) if known.is_empty() => {
                Err(Failure::Usage(format!("--grant {unknown}: give the database too, with --database {unknown}=URL")))
            }
            Some((unknown, _)) => Err(Failure::Usage(format!(
                "--grant {unknown}: there is no database of this name; there is {}",
                known.join(", ")
            ))),
        }
    }
}

impl GuestDatabase {
    fn of(guest: &str, database: &str, statements: Statements) -> Self {
        Self { guest: guest.to_owned(), database: database.to_owned(), statements }
    }
}

fn configuration(path: &Path) -> Result<Config, String> {
    Config::from_file(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn database(name: &str, url: &str, password: Option<String>) -> Result<Database, String> {
    let open = || {
        let mut options = DatabaseOptions::from_url(url)?.name(name);
        if let Some(password) = password {
            options = options.password(password);
        }
        Database::new(options)
    };
    open().map_err(|error: ConfigError| format!("--database {name}: {error}"))
}

/// The password of a database in the environment, if there is one.
fn password(name: &str) -> Result<Option<String>, String> {
    let variable = password_variable(name);
    match env::var(&variable) {
        // Taken as it is, it would be a login without a password.
        Ok(password) if password.is_empty() => Err(format!(
            "--database {name}: {variable} is set and empty; for an account that has no password, unset it"
        )),
        Ok(password) => Ok(Some(password)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("--database {name}: {variable} is not UTF-8")),
    }
}

fn password_variable(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("WASMYSQL_PASSWORD_{name}")
}

/// Starts a private server. It takes a minute at most. `way_out` is what can be done without one, if it is not installed.
pub(crate) fn start(data_dir: Option<PathBuf>, way_out: &str) -> Result<PrivateServer, Failure> {
    PrivateServer::builder().data_dir(data_dir).start().map_err(|error| {
        let way_out = if let StartError::NotInstalled { .. } = error { way_out } else { "" };
        Failure::Host(format!("the private database server did not start: {error}{way_out}"))
    })
}

/// `NAME=VALUE`.
pub(crate) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// `NAME=URL`. A URL alone may have a '=', too.
fn named_url(text: &str) -> Result<(String, String), String> {
    match assignment(text) {
        Ok((name, url)) if !name.contains(['/', ':', '@']) => Ok((name, url)),
        _ => Err("expected NAME=URL, such as main=mysql://app@db.example/shop".to_owned()),
    }
}

/// A name that is there twice.
fn repeated<T>(named: &[(String, T)]) -> Option<&str> {
    let mut seen = HashSet::new();
    named.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
}

fn grant(text: &str) -> Result<(String, Statements), String> {
    let (name, statements) = assignment(text)?;
    Ok((name, statements.parse().map_err(|error| format!("{error}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_come_from_a_variable_a_shell_can_set() {
        assert_eq!(password_variable("main"), "WASMYSQL_PASSWORD_MAIN");
        assert_eq!(password_variable("shop-2.eu"), "WASMYSQL_PASSWORD_SHOP_2_EU");
    }
}
