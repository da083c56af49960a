//! What becomes of a result whose rows nobody reads any more.

use std::time::Duration;

use super::grant::Statements;
use super::limits::ABANDON_TIMEOUT;
use super::slot::Rules;
use crate::sql::{StatementKind, calls_unknown_function};

/// How the rest of a result is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abandonment {
    /// Its statement only reads: stopping it loses nothing, so a long rest is cut.
    Cut,
    /// Its statement may change something, and the server undoes what is cut. So it is read to its end, which may take as long as a
    /// statement.
    ReadOver(Duration),
}

impl Abandonment {
    /// For the result of a statement. A function that is not the server's own can change rows where the session may.
    pub(super) fn of_kind(rules: &Rules, kind: StatementKind, sql: &str) -> Abandonment {
        let grant = &rules.grant;
        let may_change =
            kind > StatementKind::Read || (grant.statements() > Statements::Read && calls_unknown_function(sql));
        match may_change {
            true => Abandonment::ReadOver(grant.limits.statement_timeout),
            false => Abandonment::Cut,
        }
    }

    /// How long reading the rest may take.
    pub(super) fn timeout(self) -> Duration {
        match self {
            Abandonment::Cut => ABANDON_TIMEOUT,
            Abandonment::ReadOver(timeout) => timeout,
        }
    }
}
