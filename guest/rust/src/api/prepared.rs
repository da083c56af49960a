//! Prepared statements.

use super::{maybe_async, wit};
use crate::column::Column;
use crate::error::{Error, Result};

/// A prepared statement, from `Connection::prepare`.
///
/// Pass a reference to a prepared statement in the place of the text, on its own connection and on
/// transactions of that connection. On another connection the call fails with `Argument`.
///
/// The host also caches the most recently used statements by their text. An explicit prepared
/// statement returns the columns before anything is executed, and calls do not pass the text.
///
/// A prepared statement is valid until its session ends. The session is released when its prepared
/// statements are dropped too, or when `Connection::close` closes it.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let by_id = conn.prepare("SELECT name FROM airlines WHERE id = ?").await?;
/// for id in [3, 5, 8] {
///     let name: String = conn.query_scalar(&by_id, (id,)).await?;
///     println!("{name}");
/// }
/// # Ok(())
/// # }
/// ```
#[maybe_async]
#[derive(Debug)]
pub struct Prepared {
    statement: wit::Statement,
    columns: Vec<Column>,
    /// The names of the placeholders; empty if they are `?`.
    names: Vec<String>,
    /// The number of the connection that prepared the statement.
    connection: u64,
}

#[maybe_async]
impl Prepared {
    pub(super) fn new(statement: wit::Statement, names: Vec<String>, connection: u64) -> Self {
        Self { columns: statement.columns(), statement, names, connection }
    }

    /// Returns the number of parameters.
    pub fn parameters(&self) -> u16 {
        self.statement.parameters()
    }

    /// Returns the columns of the result; empty if the statement returns no rows.
    ///
    /// The columns of a CALL are known only from its result. A later change of the schema shows in
    /// the result, not here.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the names of the placeholders, in the order of the text; empty if they are `?`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Closes the statement. Dropping it does the same, but reports no errors.
    ///
    /// # Errors
    ///
    /// The host returns none at present.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn close(self) -> Result<()> {
        Ok(self.statement.close().await?)
    }

    /// Returns the statement if `connection` prepared it. The host executes a statement on the
    /// connection that prepared it, so a call on another connection must fail here.
    pub(super) fn on_connection(&self, connection: u64) -> Result<&wit::Statement> {
        if self.connection == connection { Ok(&self.statement) } else { Err(wrong_connection()) }
    }
}

/// The error for a prepared statement that is used on another connection, or on an engine.
#[cold]
pub(super) fn wrong_connection() -> Error {
    Error::argument("a prepared statement belongs to its connection: run it there, or run its text here")
}
