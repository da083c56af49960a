//! Statements that are prepared once, to run many times.

use super::{maybe_async, wit};
use crate::column::Column;
use crate::error::{Error, Result};

/// A prepared statement, from `Connection::prepare`. A reference to it goes where the text of a statement goes, on the
/// connection that prepared it and on its transactions; elsewhere it is an `Argument` error.
///
/// What is run as text is kept prepared too, as long as there is room. This tells the columns before anything runs, and
/// spares the text of each call. It is good for the life of the connection, and keeps its session from other borrowers
/// until it is dropped or the connection is closed with `Connection::close`.
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
    /// What its placeholders are called, where they have names.
    names: Vec<String>,
    /// The number of the connection that it is of.
    connection: u64,
}

#[maybe_async]
impl Prepared {
    pub(super) fn new(statement: wit::Statement, names: Vec<String>, connection: u64) -> Self {
        Self { columns: statement.columns(), statement, names, connection }
    }

    /// How many parameters it takes.
    pub fn parameters(&self) -> u16 {
        self.statement.parameters()
    }

    /// The columns its result will have; none where it returns no rows. A CALL tells its columns when it runs, and a
    /// change of the schema shows in the result, not here.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What its placeholders are called, in the order of the text; empty where they are `?`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Gives it up. Unlike dropping, it tells of errors.
    pub async fn close(self) -> Result<()> {
        Ok(self.statement.close().await?)
    }

    /// The statement, where `connection` is the one it is of: it runs on that one, whatever it is asked of.
    pub(super) fn of(&self, connection: u64) -> Result<&wit::Statement> {
        if self.connection == connection { Ok(&self.statement) } else { Err(elsewhere()) }
    }
}

/// What is said where a prepared statement is not known.
#[cold]
pub(super) fn elsewhere() -> Error {
    Error::argument("a prepared statement belongs to its connection: run it there, or run its text here")
}
