//! Limits the prepared statements that a guest holds on one connection.

use super::limits::{HELD_COLUMN_BYTES, HELD_SQL_BYTES, Limits};
use crate::types::{Error, Limit, Result};

/// The number and total text size of the prepared statements that a guest holds on a connection.
#[derive(Debug, Default)]
pub(super) struct HeldStatements {
    count: usize,
    sql_bytes: usize,
    column_bytes: usize,
}

impl HeldStatements {
    /// Fails with `limit-exceeded(statements)` if the grant does not allow another statement.
    pub(super) fn check_room(&self, sql: &str, limits: &Limits) -> Result<()> {
        if self.count >= limits.statements {
            return Err(Error::limit(
                Limit::Statements,
                format!(
                    "{} prepared statements are held on this connection, {} are allowed; close some of them",
                    self.count, limits.statements
                ),
            ));
        }
        let (bytes, allowed) = (self.sql_bytes + sql.len(), HELD_SQL_BYTES.max(limits.sql_bytes));
        if bytes > allowed {
            return Err(Error::limit(
                Limit::Statements,
                format!(
                    "the prepared statements of this connection would have {bytes} bytes of text, {allowed} are allowed; \
                     close some of them"
                ),
            ));
        }
        Ok(())
    }

    /// Adds a statement. Fails with `limit-exceeded(statements)` if the columns of the statements
    /// take too much memory.
    pub(super) fn add(&mut self, sql: &str, column_bytes: usize) -> Result<()> {
        let bytes = self.column_bytes + column_bytes;
        if bytes > HELD_COLUMN_BYTES {
            return Err(Error::limit(
                Limit::Statements,
                format!(
                    "the columns of the prepared statements of this connection would take {bytes} bytes, \
                     {HELD_COLUMN_BYTES} are allowed; close some of them or select fewer columns"
                ),
            ));
        }
        self.count += 1;
        self.sql_bytes += sql.len();
        self.column_bytes = bytes;
        Ok(())
    }

    pub(super) fn remove(&mut self, sql: &str, column_bytes: usize) {
        self.count -= 1;
        self.sql_bytes -= sql.len();
        self.column_bytes -= column_bytes;
    }
}
