//! Grants: the statements and the limits of one guest on one database.

use std::borrow::Cow;
use std::time::Duration;

use super::limits::Limits;
use crate::sql::{StatementKind, Statements, setting_hint};
use crate::types::{ConfigError, Error, ErrorKind, IsolationLevel, Result};

/// The statements and the limits of one guest on one database.
///
/// [`Grant::default`] allows [`Statements::Dml`]. The builder methods change single limits, and
/// each of them documents its default. A guest can choose lower limits for its engine, never higher
/// limits.
///
/// A call that exceeds a limit on an amount fails with `limit-exceeded`, a call that exceeds a
/// limit on time with `timeout`. The builder methods check nothing. A TOML configuration rejects 0
/// for limits that would make the grant unusable.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use wasmysql_host::{Grant, Statements};
///
/// let grant = Grant::new(Statements::Read)
///     .max_connections(2)
///     .statement_timeout(Duration::from_secs(5));
/// assert_eq!(grant.statements(), Statements::Read);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Grant {
    pub(crate) statements: Statements,
    pub(crate) limits: Limits,
}

impl Grant {
    /// Creates a grant for these statements, with the default limits.
    #[must_use]
    pub fn new(statements: Statements) -> Self {
        Self { statements, limits: Limits::default() }
    }

    /// Returns the statements that the guest may execute.
    #[must_use]
    pub fn statements(&self) -> Statements {
        self.statements
    }

    /// Sets the maximum number of connections that the guest holds at once.
    ///
    /// The default is 4. A further call waits until the guest releases a connection, for at most
    /// the [`acquire_timeout`](Self::acquire_timeout), and then fails with
    /// `limit-exceeded(connections)`.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections;
        self
    }

    /// Sets the maximum time that a call waits for a connection.
    ///
    /// The default is 5 seconds. The time includes the wait for the guest's own quota, for a free
    /// connection of the pool, and for a new session at the server.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.limits.acquire_timeout = timeout;
        self
    }

    /// Sets the maximum time of a statement until its first rows arrive.
    ///
    /// The default is 30 seconds. After that time the host kills the statement at the server and
    /// closes its connection.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.limits.statement_timeout = timeout;
        self
    }

    /// Sets the maximum wait for further rows of a result.
    ///
    /// The default is 30 seconds. After that time the host closes the connection. The same limit
    /// applies to the guest: a result that it does not read for this time is closed, together with
    /// its connection.
    #[must_use]
    pub fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.limits.fetch_timeout = timeout;
        self
    }

    /// Sets the maximum time of a COMMIT.
    ///
    /// The default is 10 seconds. After that time the commit is in doubt: the call fails with
    /// `commit-unknown`.
    #[must_use]
    pub fn commit_timeout(mut self, timeout: Duration) -> Self {
        self.limits.commit_timeout = timeout;
        self
    }

    /// Sets the maximum time that a transaction stays open.
    ///
    /// The default is 60 seconds. After that time the host closes the connection, which rolls back
    /// the transaction, even if the guest makes no call.
    #[must_use]
    pub fn transaction_timeout(mut self, timeout: Duration) -> Self {
        self.limits.transaction_timeout = timeout;
        self
    }

    /// Sets the maximum time that a transaction stays open without a running statement.
    ///
    /// The default is 10 seconds. After that time the host closes the connection, which rolls back
    /// the transaction, even if the guest makes no call.
    #[must_use]
    pub fn idle_transaction_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_transaction_timeout = timeout;
        self
    }

    /// Sets the maximum number of prepared two-phase transactions that are neither committed nor
    /// rolled back.
    ///
    /// The default is 8. The number includes the transactions of all guests of the same name. At
    /// the limit, no two-phase transaction can begin. Prepared transactions keep their locks after
    /// their guest has ended. Set 0 for guests that need no two-phase transactions.
    #[must_use]
    pub fn max_prepared_transactions(mut self, transactions: usize) -> Self {
        self.limits.prepared_transactions = transactions;
        self
    }

    /// Sets the maximum depth of nested transactions on one connection, including savepoints.
    ///
    /// The default is 64.
    #[must_use]
    pub fn max_transaction_depth(mut self, depth: usize) -> Self {
        self.limits.transaction_depth = depth;
        self
    }

    /// Sets the maximum number of calls that wait for a connection of the database's pool.
    ///
    /// The default is 1,000. The number includes the calls of all guests. If that many calls wait
    /// already, a call of this guest that would have to wait fails at once with
    /// `limit-exceeded(waiters)`.
    #[must_use]
    pub fn max_waiters(mut self, waiters: usize) -> Self {
        self.limits.waiters = waiters;
        self
    }

    /// Sets the maximum number of prepared statements that the guest holds on one connection.
    ///
    /// The default is 64.
    #[must_use]
    pub fn max_statements(mut self, statements: usize) -> Self {
        self.limits.statements = statements;
        self
    }

    /// Sets the maximum length of a statement's text, in bytes.
    ///
    /// The default is 1 MiB. A smaller packet of the server lowers the limit.
    #[must_use]
    pub fn max_sql_bytes(mut self, bytes: usize) -> Self {
        self.limits.sql_bytes = bytes;
        self
    }

    /// Sets the maximum number of parameters of a statement.
    ///
    /// The default is 8,192. The protocol allows at most 65,535.
    #[must_use]
    pub fn max_parameters(mut self, parameters: usize) -> Self {
        self.limits.parameters = parameters;
        self
    }

    /// Sets the maximum size of a parameter, in bytes.
    ///
    /// The default is 4 MiB.
    #[must_use]
    pub fn max_parameter_bytes(mut self, bytes: usize) -> Self {
        self.limits.parameter_bytes = bytes;
        self
    }

    /// Sets the maximum size of all parameters of a call together, in bytes.
    ///
    /// The default is 8 MiB. A smaller packet of the server lowers the limit.
    #[must_use]
    pub fn max_all_parameter_bytes(mut self, bytes: usize) -> Self {
        self.limits.all_parameter_bytes = bytes;
        self
    }

    /// Sets the maximum number of columns of a result.
    ///
    /// The default is 4,096, the maximum of a table.
    #[must_use]
    pub fn max_columns(mut self, columns: usize) -> Self {
        self.limits.columns = columns;
        self
    }

    /// Sets the approximate size of a batch of rows, in bytes.
    ///
    /// The default is 128 KiB. The host reads one batch of a result at a time, and at least one
    /// row.
    #[must_use]
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.limits.batch_bytes = bytes;
        self
    }

    /// Sets the maximum size of the texts and byte strings in a row of a result, in bytes.
    ///
    /// The default is 16 MiB. A larger row fails with `limit-exceeded(row-bytes)`, and the host
    /// closes the connection.
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Self {
        self.limits.row_bytes = bytes;
        self
    }

    /// Sets the maximum number of rows of a result.
    ///
    /// The default is unlimited. A larger result fails with `limit-exceeded(result-rows)`, and the
    /// host closes the connection instead of reading the rest.
    #[must_use]
    pub fn max_result_rows(mut self, rows: u64) -> Self {
        self.limits.result_rows = rows;
        self
    }

    /// Sets the maximum size of a result, in bytes.
    ///
    /// The default is unlimited. The size is the width of numbers and times plus the length of
    /// texts and byte strings. A larger result fails with `limit-exceeded(result-bytes)`, and the
    /// host closes the connection instead of reading the rest.
    #[must_use]
    pub fn max_result_bytes(mut self, bytes: u64) -> Self {
        self.limits.result_bytes = bytes;
        self
    }

    /// Fails if a limit that must not be zero is zero.
    #[cfg(feature = "config")]
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        for (name, is_zero) in [
            ("max_connections", limits.connections == 0),
            ("acquire_timeout", limits.acquire_timeout.is_zero()),
            ("statement_timeout", limits.statement_timeout.is_zero()),
            ("fetch_timeout", limits.fetch_timeout.is_zero()),
            ("commit_timeout", limits.commit_timeout.is_zero()),
            ("transaction_timeout", limits.transaction_timeout.is_zero()),
            ("idle_transaction_timeout", limits.idle_transaction_timeout.is_zero()),
            ("max_transaction_depth", limits.transaction_depth == 0),
            ("max_columns", limits.columns == 0),
            ("batch_bytes", limits.batch_bytes == 0),
            ("max_sql_bytes", limits.sql_bytes == 0),
            ("max_row_bytes", limits.row_bytes == 0),
            ("max_result_rows", limits.result_rows == 0),
            ("max_result_bytes", limits.result_bytes == 0),
        ] {
            if is_zero {
                return Err(ConfigError::invalid(format!("{name} of a grant must be more than 0")));
            }
        }
        Ok(())
    }

    /// Fails with `statement-denied` if the grant does not allow this kind of statement. `sql` is
    /// used for the message only.
    pub(crate) fn admit(&self, kind: StatementKind, sql: &str) -> Result<()> {
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
    pub(crate) fn admit_isolation(&self, isolation: Option<IsolationLevel>) -> Result<()> {
        if isolation != Some(IsolationLevel::Serializable) || self.statements >= Statements::Dml {
            return Ok(());
        }
        let message = "isolation level serializable locks the rows that it reads and needs a grant of 'dml' or more, and this \
                       guest or its engine has 'read'; use repeatable-read, which reads a consistent snapshot without locks";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Fails with `statement-denied` if the grant does not allow two-phase transactions. A prepared
    /// transaction keeps its locks, so only guests that write may use them.
    pub(crate) fn admit_twophase(&self) -> Result<()> {
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
