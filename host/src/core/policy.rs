//! The embedder's own check of each statement.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::sql::Statements;
use crate::types::{Error, ErrorKind, Result};

/// A statement of a guest, as [`Grant::on_statement`](crate::Grant::on_statement) shows it to the
/// embedder.
///
/// Its text can contain values. [`Debug`](fmt::Debug) shows the text too.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct GuestStatement<'s> {
    /// The name of the guest.
    pub guest: &'s str,
    /// The name under which the guest opened the database.
    pub database: &'s str,
    /// The operation of the contract that has the statement.
    pub operation: StatementOperation,
    /// The kind of the statement. The grant allows it.
    pub kind: Statements,
    /// The text of the statement, as the guest wrote it.
    pub sql: &'s str,
    /// The number of parameters that the guest passed, for each row. It can differ from the number
    /// that the statement takes; then the statement fails. It is 0 for
    /// [`StatementOperation::Prepare`].
    pub parameters: usize,
    /// The number of rows of parameters: any number for [`StatementOperation::ExecuteMany`], else
    /// 1.
    pub rows: usize,
}

/// The operation of the contract that has a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementOperation {
    /// The statement is executed once.
    Execute,
    /// The statement is executed for each row of parameters.
    ExecuteMany,
    /// The statement is prepared. Each execution of the prepared statement is an operation of its
    /// own.
    Prepare,
}

/// The decision of the embedder about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatementDecision {
    /// The statement may run.
    Allow,
    /// The statement may run for at most this time. A longer deadline of the call is shortened; a
    /// shorter one stays.
    AllowWithin(Duration),
    /// The statement is not sent. The call fails with `statement-denied`, and the guest sees this
    /// reason.
    Deny(String),
}

type Check = dyn Fn(&GuestStatement<'_>) -> StatementDecision + Send + Sync;

/// The embedder's check. Clones share it.
#[derive(Clone)]
pub(super) struct StatementCheck(Arc<Check>);

impl StatementCheck {
    pub(super) fn new(check: impl Fn(&GuestStatement<'_>) -> StatementDecision + Send + Sync + 'static) -> Self {
        Self(Arc::new(check))
    }

    /// Returns the time limit that the embedder sets. Fails with `statement-denied` if the embedder
    /// denies the statement, or if the check panics.
    pub(super) fn decide(&self, statement: &GuestStatement<'_>) -> Result<Option<Duration>> {
        let denied = |message: String| Err(Error::new(ErrorKind::StatementDenied, message));
        // A guest must not be able to end the host with a text that the check does not expect.
        match catch_unwind(AssertUnwindSafe(|| (self.0)(statement))) {
            Ok(StatementDecision::Allow) => Ok(None),
            Ok(StatementDecision::AllowWithin(limit)) => Ok(Some(limit)),
            Ok(StatementDecision::Deny(reason)) => denied(format!("the host does not allow this statement: {reason}")),
            Err(_) => {
                tracing::error!(
                    guest = statement.guest,
                    database = statement.database,
                    "the check of statements panicked"
                );
                denied("the host's check of this statement failed; the statement was not sent".to_owned())
            }
        }
    }
}

impl fmt::Debug for StatementCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatementCheck")
    }
}
