//! Decides whether a guest may run a statement: by its grant, by the variables that the host set,
//! and by the embedder's own check.

use std::borrow::Cow;
use std::time::Duration;

use super::grant::Grant;
use super::policy::{GuestStatement, StatementOperation};
use super::rules::Rules;
use crate::sql::{StatementKind, Statements, may_change_user_variables, setting_hint};
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
        if self.settings.variables.is_empty() || !may_change_user_variables(sql, kind) {
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
                return Err(Error::new(
                    ErrorKind::StatementDenied,
                    "statements that begin or end transactions or change the session are reserved for the host; use begin, \
                     commit and rollback of the connection",
                ));
            }
        };
        // The text can be long, so only its start is read.
        let verb: String = sql.trim_start().chars().take(20).take_while(|letter| !letter.is_whitespace()).collect();
        let explanation = explanation(needed, &verb, sql);
        let or_more = if needed == Statements::Any { "" } else { " or more" };
        let message = format!(
            "a statement like '{verb} ...' needs a grant of '{needed}'{or_more}, and this guest has '{}'{explanation}",
            self.statements
        );
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

/// Returns the reason why a statement needs its kind, if its verb does not show the reason.
fn explanation(needed: Statements, verb: &str, sql: &str) -> Cow<'static, str> {
    if needed == Statements::Any
        && let Some(hint) = setting_hint(sql)
    {
        return format!(" (the optimizer hint {hint} changes settings for the statement)").into();
    }
    let reason = match (needed, verb.trim_start_matches('(').to_ascii_uppercase().as_str()) {
        (Statements::Dml, "SELECT" | "WITH" | "TABLE" | "VALUES") => {
            " (it acquires row locks with FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE, or a named lock with GET_LOCK)"
        }
        (Statements::Any, "CREATE" | "ALTER") => {
            " ('ddl' allows tables, views, indexes and sequences that the server stores in its own data directory)"
        }
        (Statements::Any, "CALL") => " ('dml' allows procedures of the database's own schema)",
        _ => "",
    };
    reason.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_hints_are_named() {
        let grant = Grant::new(Statements::Dml);
        for (sql, expected) in [
            ("INSERT /*+ set_var(foreign_key_checks=0) */ INTO t VALUES (1)", "the optimizer hint SET_VAR changes"),
            ("CREATE TABLE t AS SELECT /*+ RESOURCE_GROUP(g) */ 1", "the optimizer hint RESOURCE_GROUP changes"),
            ("CREATE USER u", "'ddl' allows tables"),
            ("CALL sys.p()", "procedures of the database's own schema"),
        ] {
            let error = grant.admit(StatementKind::ANY, sql).unwrap_err();
            assert!(error.message.contains("needs a grant of 'any'") && error.message.contains(expected), "{error}");
        }
    }
}
