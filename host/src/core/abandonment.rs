//! How the host abandons the rest of a result.

use std::time::Duration;

use super::limits::ABANDON_TIMEOUT;
use super::rules::Rules;
use crate::sql::Statements;
use crate::sql::{StatementKind, calls_unknown_function};

/// How the rest of a result is abandoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abandonment {
    /// The statement only reads, so stopping it loses nothing. If the rest takes long, the host
    /// closes the connection.
    Cut,
    /// The statement may change data, and the server would roll it back if the connection closed.
    /// The host reads the result to its end, for at most the statement timeout.
    ReadToEnd(Duration),
}

impl Abandonment {
    /// Returns how the result of a statement is abandoned. A stored function can change data if the
    /// grant allows changes. Then a SELECT that calls such a function is read to its end.
    pub(super) fn of_statement(rules: &Rules, kind: StatementKind, sql: &str) -> Self {
        let grant = &rules.grant;
        let may_change =
            kind > StatementKind::READ || (grant.statements() > Statements::Read && calls_unknown_function(sql));
        match may_change {
            true => Abandonment::ReadToEnd(grant.limits.statement_timeout),
            false => Abandonment::Cut,
        }
    }

    /// Returns the time limit for reading the rest.
    pub(super) fn timeout(self) -> Duration {
        match self {
            Abandonment::Cut => ABANDON_TIMEOUT,
            Abandonment::ReadToEnd(timeout) => timeout,
        }
    }
}
