//! Statements that the server can't prepare (error 1295). On MySQL these are for example CREATE
//! PROCEDURE, ALTER VIEW and CHECK TABLE. They run over the text protocol.
//!
//! That protocol executes all statements of a text, and the driver can't turn this off. Two checks
//! ensure that there is only one:
//!
//! - The server has just refused to prepare the same text in the same session. It reports 1295 only
//!   after its own parser has read the whole text as one statement. A second statement is a syntax
//!   error.
//! - The host's lexer finds no `;` before the end, except in the body of a stored program.
//!
//! Therefore such a statement is never cached and never held: the SQL mode of the session could
//! change, and with it the end of a string.

use mysql_async::prelude::Queryable;

use super::{Reply, Session};
use crate::driver::errors::{catch_driver_panic, session_error};
use crate::driver::rows;
use crate::driver::statement_cache::Prepared;
use crate::sql::{StatementKind, only_statement, reads_diagnostics, takes_named_locks};
use crate::types::{Error, ErrorKind, Result};

/// The response to a prepare.
#[derive(Debug)]
pub(crate) enum Preparation {
    Prepared(Prepared),
    /// The server can't prepare the statement, but can execute it.
    Refused(Box<Unprepared>),
}

impl Preparation {
    /// Returns the prepared statement.
    ///
    /// # Errors
    ///
    /// Fails with the error of the server (1295) if the server can't prepare the statement.
    pub(crate) fn prepared(self) -> Result<Prepared> {
        match self {
            Preparation::Prepared(prepared) => Ok(prepared),
            Preparation::Refused(unprepared) => Err(unprepared.into_error()),
        }
    }
}

/// A statement that the server has refused to prepare, and whose text has no other statement.
#[derive(Debug)]
pub(crate) struct Unprepared {
    /// The text as it was sent, without the semicolons and comments at its end.
    text: Box<str>,
    pub(crate) kind: StatementKind,
    refusal: Error,
}

impl Unprepared {
    /// Returns the statement, or else the response of the server to its prepare.
    pub(super) fn new(text: &str, kind: StatementKind, mut response: Error) -> Result<Self> {
        if !matches!(&response.kind, ErrorKind::Server(server) if server.code == 1295) {
            return Err(response);
        }
        if reads_diagnostics(text) {
            response.message.push_str("; use `warnings` of the connection");
            return Err(response);
        }
        match only_statement(text, kind) {
            Some(text) => Ok(Self { text: text.into(), kind, refusal: response }),
            None => Err(response),
        }
    }

    /// Returns the error for a call that needs a prepared statement.
    pub(crate) fn into_error(self) -> Error {
        let mut error = self.refusal;
        error.message.push_str("; run it with `execute` and without parameters");
        error
    }
}

impl Session {
    /// Executes a statement over the text protocol. It must directly follow the refused prepare.
    pub(crate) async fn execute_unprepared(&mut self, statement: Unprepared) -> Result<Reply> {
        self.begin_statement(takes_named_locks(&statement.text), true);
        let reply = catch_driver_panic(async {
            let result = self.conn.query_iter(&*statement.text).await.map_err(session_error)?;
            if let Some(columns) = result.columns().filter(|columns| !columns.is_empty()) {
                return Ok(Reply { columns: columns.iter().map(rows::column).collect(), ..Reply::default() });
            }
            Reply::without_rows(result).await
        })
        .await?;
        if reply.columns.is_empty() {
            self.settle();
        }
        Ok(reply)
    }
}
