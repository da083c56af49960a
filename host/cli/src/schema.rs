//! Loads SQL files into a private server.

use std::fs;
use std::path::PathBuf;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use wasmysql_private_server::PrivateServer;
use wasmysql_sql::{DELIMITER_ADVICE, Statement, beginning, split};

use crate::exit::Failure;

/// The server's code for a statement that it can't parse.
const SYNTAX_ERROR: u16 = 1064;
/// The server's code for a schema that exists.
const DATABASE_EXISTS: u16 = 1007;

/// An SQL file.
#[derive(Debug)]
pub(crate) struct SchemaFile {
    path: PathBuf,
    text: String,
}

impl SchemaFile {
    /// Reads a file. Its content is parsed when it is loaded.
    pub(crate) fn read(path: PathBuf) -> Result<Self, Failure> {
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(error) => Err(Failure::Host(format!("{}: {error}", path.display()))),
        }
    }

    /// Runs the statements in order, up to the first that fails.
    async fn load(&self, connection: &mut Conn) -> Result<(), Failure> {
        let statements = split(&self.text).map_err(|error| self.failure(error.line, error.problem))?;
        for statement in statements {
            connection.query_drop(statement.sql).await.map_err(|error| self.statement_failure(statement, &error))?;
        }
        Ok(())
    }

    fn statement_failure(&self, statement: Statement<'_>, error: &mysql_async::Error) -> Failure {
        let is_syntax = matches!(error, mysql_async::Error::Server(error) if error.code == SYNTAX_ERROR);
        let advice = match is_syntax && statement.may_need_delimiter() {
            true => format!("\n  {DELIMITER_ADVICE}"),
            false => String::new(),
        };
        let message = server_message(error);
        self.failure(statement.line, &format!("{}\n  {message}{advice}", beginning(statement.sql)))
    }

    fn failure(&self, line: usize, problem: &str) -> Failure {
        Failure::Host(format!("{}:{line}: {problem}", self.path.display()))
    }
}

/// How the administrator of a private server logs in.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) socket: PathBuf,
    pub(crate) user: String,
}

impl Login {
    pub(crate) fn of(server: &PrivateServer) -> Self {
        Self { socket: server.socket(), user: server.root_user().to_owned() }
    }
}

/// A connection of the administrator to a private server.
#[derive(Debug)]
pub(crate) struct Administrator(Conn);

impl Administrator {
    pub(crate) async fn log_in(login: &Login) -> Result<Self, Failure> {
        let options = OptsBuilder::default().socket(Some(login.socket.to_string_lossy())).user(Some(&login.user));
        Conn::new(options).await.map(Self).map_err(server_failure)
    }

    /// Loads a file into an existing schema.
    pub(crate) async fn load(&mut self, schema: &str, file: &SchemaFile) -> Result<(), Failure> {
        self.run(&format!("USE `{schema}`")).await?;
        file.load(&mut self.0).await
    }

    /// Creates a schema and grants `user`, who logs in over TCP, all privileges in it. Returns
    /// false if a schema with this name exists.
    pub(crate) async fn create(&mut self, schema: &str, user: &str) -> Result<bool, Failure> {
        match self.0.query_drop(format!("CREATE DATABASE `{schema}`")).await {
            Err(mysql_async::Error::Server(error)) if error.code == DATABASE_EXISTS => return Ok(false),
            created => created.map_err(server_failure)?,
        }
        // In a grant, `_` stands for any character.
        let pattern = schema.replace('_', "\\_");
        self.run(&format!("GRANT ALL PRIVILEGES ON `{pattern}`.* TO '{user}'@'127.0.0.1'")).await?;
        Ok(true)
    }

    /// Ends all sessions of a schema and drops it. If a session can't be ended within two seconds,
    /// the schema remains until the server stops.
    pub(crate) async fn remove(&mut self, schema: &str) {
        let removed = async {
            self.0.query_drop("SET SESSION lock_wait_timeout = 2").await?;
            let sessions = "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()";
            for session in self.0.exec::<u64, _, _>(sessions, (schema,)).await? {
                // The only possible error is that it has ended.
                let _ = self.0.query_drop(format!("KILL {session}")).await;
            }
            self.0.query_drop(format!("DROP DATABASE `{schema}`")).await
        };
        if let Err(error) = removed.await {
            tracing::debug!("can't drop schema {schema}: {error}");
        }
    }

    async fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.0.query_drop(sql).await.map_err(server_failure)
    }
}

fn server_failure(error: mysql_async::Error) -> Failure {
    Failure::Host(format!("private database server: {}", server_message(&error)))
}

/// Formats an error. Errors of the server have the message, code and state, without text of the
/// driver.
fn server_message(error: &mysql_async::Error) -> String {
    match error {
        mysql_async::Error::Server(error) => format!("{} ({}, {})", error.message, error.code, error.state),
        error => error.to_string(),
    }
}
