//! Decides whether a guest may run a statement: by its grant, by the variables that the host set,
//! and by the embedder's own check.

use std::time::Duration;

use super::denial;
use super::grant::Grant;
use super::policy::{GuestStatement, StatementOperation};
use super::rules::Rules;
use crate::sql::{StatementKind, Statements, may_change_user_variables};
use crate::types::{Error, ErrorKind, IsolationLevel, Result};

/// A statement as a guest passed it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'s> {
    pub(super) operation: StatementOperation,
    pub(super) sql: &'s str,
    pub(super) parameters: usize,
    pub(super) rows: usize,
}

impl Rules {
    /// Fails with `statement-denied` if the grant does not allow a statement, or if the statement
    /// may change variables that the host set.
    pub(super) fn admit(&self, kind: StatementKind, sql: &str) -> Result<()> {
        self.grant.admit(kind, sql)?;
        if !self.settings.variables.are_fixed() || !may_change_user_variables(sql, kind) {
            return Ok(());
        }
        let message = "the host sets variables for this guest, so its statements can't change any variable: not with \
                       `:=`, not with INTO @name, and not as an argument of CALL; select values as columns instead";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Asks the embedder about an admitted statement. Returns the time limit that the embedder
    /// sets.
    pub(super) fn consult(&self, kind: StatementKind, asked: Asked<'_>) -> Result<Option<Duration>> {
        let (Some(check), StatementKind::Grantable(kind)) = (&self.grant.check, kind) else { return Ok(None) };
        let Asked { operation, sql, parameters, rows } = asked;
        let (guest, database) = (&*self.guest, &*self.database);
        check.decide(&GuestStatement { guest, database, operation, kind, sql, parameters, rows })
    }
}

impl Grant {
    /// Fails with `statement-denied` if the grant does not allow this kind of statement. `sql` is
    /// used for the message only.
    fn admit(&self, kind: StatementKind, sql: &str) -> Result<()> {
        let needed = match kind {
            StatementKind::Grantable(needed) if needed <= self.statements => return Ok(()),
            StatementKind::Grantable(needed) => needed,
            StatementKind::HostOnly => {
                return Err(Error::new(ErrorKind::StatementDenied, denial::reserved_for_the_host(sql)));
            }
        };
        let message = denial::needs(needed, self.statements, sql);
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Fails with `statement-denied` if the grant does not allow this isolation level. A
    /// serializable transaction locks the rows that it reads.
    pub(super) fn admit_isolation(&self, isolation: Option<IsolationLevel>) -> Result<()> {
        if isolation != Some(IsolationLevel::Serializable) || self.statements >= Statements::Dml {
            return Ok(());
        }
        let message = "isolation level serializable locks the rows that it reads and needs a grant of 'dml' or more, and this \
                       guest or its engine has 'read'; use repeatable-read, which reads a consistent snapshot without locks";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Fails with `statement-denied` if the grant does not allow two-phase transactions. A prepared
    /// transaction keeps its locks, so only guests that write may use them.
    pub(super) fn admit_twophase(&self) -> Result<()> {
        if self.statements >= Statements::Dml {
            return Ok(());
        }
        let message = "two-phase transactions need a grant of 'dml' or more, and this guest or its engine has 'read'";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }
}
