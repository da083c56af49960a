//! The databases that a plugin is granted: from the command line, a file or a private server.

use std::collections::HashSet;
use std::env::{self, VarError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use wasmysql_host::{Config, ConfigError, Database, DatabaseOptions, Grant, Statements, WasmysqlCtxBuilder};
use wasmysql_private_server::ServerChoice;

use crate::exit::Failure;
use crate::interrupt::SHUTDOWN_TIMEOUT;
use crate::migrations;
use crate::private::{self, Private};
use crate::schema::{Administrator, SchemaFile};

/// The database name under which plugins open the private server.
pub(crate) const PRIVATE: &str = "main";

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Databases (default: a private server, granted as `main` with `ddl`)")]
pub(crate) struct Arguments {
    #[command(flatten)]
    given: Given,

    /// Select the private server: mariadb, mysql, or the path of a server program or of an unpacked
    /// package [default: the installed one, MariaDB before MySQL]
    #[arg(long, value_name = "mariadb|mysql|PATH", conflicts_with_all = ["database", "config"])]
    server: Option<ServerChoice>,

    /// Keep the data of the private server in this directory [default: a temporary directory]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "config"])]
    data_dir: Option<PathBuf>,

    /// Start a new private server and stop it at the end [default on a terminal: the server is kept
    /// for ten minutes, and each start gets a new database there]
    #[arg(long, conflicts_with_all = ["database", "config"])]
    fresh: bool,

    /// Set a user variable on each session of the plugin, `@NAME` in SQL; the plugin can't change
    /// it
    #[arg(long, value_name = "NAME=TEXT", value_parser = assignment, conflicts_with = "config")]
    variable: Vec<(String, String)>,

    /// Load an SQL file into the private server, such as a dump, before the migrations
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "config"])]
    schema: Option<PathBuf>,

    /// Apply the migrations of a directory to the private server before the plugin starts; for
    /// other servers use `wasmysql migrate`
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "config"])]
    migrations: Option<PathBuf>,
}

/// Databases on existing servers.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// Grant a database; the URL is mysql://USER:PASSWORD@HOST:PORT/SCHEMA, with
    /// HOST:PORT,HOST:PORT for several servers
    #[arg(long, value_name = "NAME=URL", value_parser = named_url)]
    database: Vec<(String, String)>,

    /// Set the statements that a grant allows: read, dml, ddl or any; each includes the previous
    /// ones [default: dml]
    #[arg(long, value_name = "NAME=STATEMENTS", value_parser = grant)]
    grant: Vec<(String, Statements)>,

    /// Read databases and grants from a TOML file; the plugin's name there is its file name without
    /// .wasm
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "grant"])]
    config: Option<PathBuf>,
}

/// The configured databases and their grants.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    /// The names and the databases.
    pub(crate) databases: Vec<(String, Database)>,
    pub(crate) grants: Vec<GuestDatabase>,
    /// The error messages of databases that can't be used.
    pub(crate) problems: Vec<String>,
}

/// A grant of a database to a guest.
#[derive(Debug)]
pub(crate) struct GuestDatabase {
    /// The guest's name, or `*` for every guest.
    pub(crate) guest: String,
    pub(crate) database: String,
    pub(crate) statements: Statements,
}

/// How long statements can run on after the plugin: the default statement timeout of a grant.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// The granted databases, and the private server if it is used.
#[derive(Debug)]
pub(crate) struct Databases {
    /// Builds the context of an instance.
    pub(crate) context: WasmysqlCtxBuilder,
    pub(crate) opened: Vec<Database>,
    pub(crate) server: Option<Private>,
}

impl Databases {
    /// Waits for statements whose rows the plugin has dropped. The server keeps their changes only
    /// if they run to completion.
    pub(crate) fn finish(&self) -> impl Future<Output = ()> + Send + 'static {
        self.finish_within(STATEMENT_TIMEOUT)
    }

    /// Waits at most this long for connections in use, and closes all sessions.
    pub(crate) fn finish_within(&self, patience: Duration) -> impl Future<Output = ()> + Send + 'static {
        let opened = self.opened.clone();
        async move {
            let deadline = Instant::now() + patience;
            for database in opened {
                database.shutdown(deadline.saturating_duration_since(Instant::now())).await;
            }
        }
    }

    /// Closes all sessions: rolls back open transactions and stops running statements.
    pub(crate) async fn shutdown(&self) {
        for database in &self.opened {
            database.shutdown(SHUTDOWN_TIMEOUT).await;
        }
    }
}

impl Arguments {
    /// Sets the directory whose migrations are applied to the private server, unless a directory or
    /// another server is given.
    pub(crate) fn with_migrations(mut self, directory: Option<PathBuf>) -> Self {
        if self.given.database.is_empty() && self.given.config.is_none() {
            self.migrations = self.migrations.or(directory);
        }
        self
    }

    /// Returns the arguments of a private server to which these migrations are applied.
    pub(crate) fn private(server: Option<ServerChoice>, migrations: Option<PathBuf>) -> Self {
        Self { server, migrations, ..Self::default() }
    }

    /// Opens the databases that are granted to the plugin named `plugin`.
    ///
    /// Starts a private server only if the plugin uses databases. Blocks while the server starts.
    pub(crate) fn open(self, plugin: &str, uses_mysql: bool, runtime: &Handle) -> Result<Databases, Failure> {
        let mut given = self.given;
        if let Some(path) = &given.config {
            let config = configuration(path).map_err(Failure::Host)?;
            let opened = config.databases().map(|(_, database)| database.clone()).collect();
            return Ok(Databases { context: config.context(plugin), opened, server: None });
        }
        let private = given.database.is_empty();
        given.check_names(private.then_some(PRIVATE))?;
        let mut server = None;
        if private {
            let schema = self.schema.map(SchemaFile::read).transpose()?;
            let project = private::project(self.migrations.as_deref());
            let migrations = self.migrations.map(migrations::read).transpose()?;
            if !uses_mysql {
                return Ok(Databases { context: WasmysqlCtxBuilder::default(), opened: Vec::new(), server });
            }
            let started = Private::open(self.server, self.data_dir, self.fresh, &project)?;
            let login = started.login();
            if let Some(schema) = schema {
                let load = async { Administrator::log_in(&login).await?.load(started.schema(), &schema).await };
                runtime.block_on(load)?;
            }
            if let Some(migrations) = migrations {
                runtime.block_on(migrations::apply(&login, started.schema(), &migrations))?;
            }
            given.database.push((PRIVATE.to_owned(), started.url()));
            server = Some(started);
        }
        let default = if private { Statements::Ddl } else { Statements::default() };
        let mut builder = with_variables(WasmysqlCtxBuilder::default().guest(plugin), &self.variable)?;
        let mut opened = Vec::new();
        for (name, url) in &given.database {
            // The password of the private server is generated; the environment does not replace it.
            let password = if private { Ok(None) } else { password(name) };
            let database = password.and_then(|password| database(name, url, password)).map_err(Failure::Host)?;
            builder = builder.database(name, &database, Grant::new(given.statements(name).unwrap_or(default)));
            opened.push(database);
        }
        Ok(Databases { context: builder, opened, server })
    }
}

impl Given {
    /// Returns whether no databases are configured.
    pub(crate) fn is_empty(&self) -> bool {
        self.config.is_none() && self.database.is_empty() && self.grant.is_empty()
    }

    /// Returns the databases and grants: those of the file, or those of the arguments, which are
    /// for every plugin.
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

    /// Rejects grants of unknown databases, and duplicate names, because one entry would be
    /// ignored.
    fn check_names(&self, private: Option<&str>) -> Result<(), Failure> {
        let given_twice =
            |option: &str, name: &str| Err(Failure::Usage(format!("{option} {name} is given twice; remove one")));
        if let Some(name) = duplicate(&self.database) {
            return given_twice("--database", name);
        }
        if let Some(name) = duplicate(&self.grant) {
            return given_twice("--grant", name);
        }
        let names = self.database.iter().map(|(name, _)| name.as_str());
        let known: Vec<&str> = names.chain(private).collect();
        match self.grant.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((unknown, _)) if known.is_empty() => {
                Err(Failure::Usage(format!("--grant {unknown}: unknown database; add --database {unknown}=URL")))
            }
            Some((unknown, _)) => {
                Err(Failure::Usage(format!("--grant {unknown}: unknown database; available: {}", known.join(", "))))
            }
        }
    }
}

impl GuestDatabase {
    fn of(guest: &str, database: &str, statements: Statements) -> Self {
        Self { guest: guest.to_owned(), database: database.to_owned(), statements }
    }
}

pub(crate) fn configuration(path: &Path) -> Result<Config, String> {
    Config::from_file(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn database(name: &str, url: &str, password: Option<String>) -> Result<Database, String> {
    let open = || {
        let mut options = DatabaseOptions::from_url(url)?.name(name);
        if let Some(password) = password {
            options = options.password(password);
        }
        Database::new(options)
    };
    open().map_err(|error: ConfigError| format!("--database {name}: {error}"))
}

/// Returns the password of a database from the environment, if the variable is set.
pub(crate) fn password(name: &str) -> Result<Option<String>, String> {
    let variable = password_variable(name);
    match env::var(&variable) {
        // An empty password would log in without a password.
        Ok(password) if password.is_empty() => {
            Err(format!("--database {name}: {variable} is set but empty; unset it if the account has no password"))
        }
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

/// Sets the variables of the option `--variable`.
pub(crate) fn with_variables(
    builder: WasmysqlCtxBuilder,
    variables: &[(String, String)],
) -> Result<WasmysqlCtxBuilder, Failure> {
    let names: Vec<_> = variables.iter().map(|(name, _)| (name.to_ascii_lowercase(), ())).collect();
    if let Some(name) = duplicate(&names) {
        return Err(Failure::Usage(format!("--variable {name} is given twice; remove one")));
    }
    let set = |builder: WasmysqlCtxBuilder, (name, text): &(String, String)| builder.variable(name, text.as_str());
    variables.iter().try_fold(builder, set).map_err(|error| Failure::Usage(format!("--variable: {error}")))
}

/// Parses `NAME=VALUE`.
pub(crate) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Parses `NAME=URL`. A URL without a name can contain `=` too, so the name is checked.
fn named_url(text: &str) -> Result<(String, String), String> {
    match assignment(text) {
        Ok((name, url)) if !name.contains(['/', ':', '@']) => Ok((name, url)),
        _ => Err("expected NAME=URL, such as main=mysql://app@db.example/shop".to_owned()),
    }
}

/// Returns a name that occurs twice.
fn duplicate<T>(named: &[(String, T)]) -> Option<&str> {
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
    fn password_variables_are_valid_shell_names() {
        assert_eq!(password_variable("main"), "WASMYSQL_PASSWORD_MAIN");
        assert_eq!(password_variable("shop-2.eu"), "WASMYSQL_PASSWORD_SHOP_2_EU");
    }
}
