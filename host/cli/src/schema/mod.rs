//! Files of SQL, and how a private server gets to know them.

mod split;

use std::fs;
use std::path::PathBuf;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use wasmysql_mariadb::PrivateServer;

use crate::exit::Failure;
use split::{Statement, split};

/// As much of a statement as an error shows.
const SHOWN_CHARACTERS: usize = 60;

/// A file of SQL.
#[derive(Debug)]
pub(crate) struct SchemaFile {
    path: PathBuf,
    text: String,
}

impl SchemaFile {
    /// Reads a file. What is in it is looked at when it is loaded.
    pub(crate) fn read(path: PathBuf) -> Result<Self, Failure> {
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(error) => Err(Failure::Host(format!("{}: {error}", path.display()))),
        }
    }

    /// Runs its statements one after the other, up to the first that fails.
    async fn load(&self, connection: &mut Conn) -> Result<(), Failure> {
        let statements = split(&self.text).map_err(|error| self.failure(error.line, error.problem))?;
        for Statement { line, sql } in statements {
            connection
                .query_drop(sql)
                .await
                .map_err(|error| self.failure(line, &format!("{}\n  {}", beginning(sql), told(&error))))?;
        }
        Ok(())
    }

    fn failure(&self, line: usize, problem: &str) -> Failure {
        Failure::Host(format!("{}:{line}: {problem}", self.path.display()))
    }
}

/// The administrator of a private server, logged in.
#[derive(Debug)]
pub(crate) struct Administrator(Conn);

impl Administrator {
    pub(crate) async fn log_in(server: &PrivateServer) -> Result<Self, Failure> {
        let socket = server.socket();
        let options = OptsBuilder::default().socket(Some(socket.to_string_lossy())).user(Some(server.root_user()));
        Conn::new(options).await.map(Self).map_err(private)
    }

    /// Loads a file into a schema that is there.
    pub(crate) async fn load(&mut self, schema: &str, file: &SchemaFile) -> Result<(), Failure> {
        self.run(&format!("USE `{schema}`")).await?;
        file.load(&mut self.0).await
    }

    /// Makes a schema in which `user`, who logs in over TCP, may do everything.
    pub(crate) async fn create(&mut self, schema: &str, user: &str) -> Result<(), Failure> {
        self.run(&format!("CREATE DATABASE `{schema}`")).await?;
        self.run(&format!("GRANT ALL PRIVILEGES ON `{schema}`.* TO '{user}'@'127.0.0.1'")).await
    }

    /// Removes a schema. One that a session still holds on to is left: it is gone when the server is.
    pub(crate) async fn remove(&mut self, schema: &str) {
        let removed = async {
            self.0.query_drop("SET SESSION lock_wait_timeout = 2").await?;
            self.0.query_drop(format!("DROP DATABASE `{schema}`")).await
        };
        if let Err(error) = removed.await {
            tracing::debug!("{schema} is left: {error}");
        }
    }

    async fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.0.query_drop(sql).await.map_err(private)
    }
}

fn private(error: mysql_async::Error) -> Failure {
    Failure::Host(format!("the private database server: {}", told(&error)))
}

/// The server's words, where they are its.
fn told(error: &mysql_async::Error) -> String {
    match error {
        mysql_async::Error::Server(error) => format!("{} ({}, {})", error.message, error.code, error.state),
        error => error.to_string(),
    }
}

/// The beginning of a statement, in one line.
fn beginning(sql: &str) -> String {
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_statement_the_beginning_is_shown() {
        assert_eq!(beginning("CREATE TABLE t (\n    id INT\n)"), "CREATE TABLE t ( id INT )");
        assert_eq!(beginning(&"é ".repeat(100)), format!("{}...", "é ".repeat(30)));
    }
}
