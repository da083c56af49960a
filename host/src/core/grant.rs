//! Grants: the statements and the limits of one guest on one database.

use std::borrow::Cow;
use std::time::Duration;

use tracing::Span;

use super::limits::Limits;
use super::policy::{GuestStatement, StatementCheck, StatementDecision};
use super::trace_comments::TraceComments;
use crate::sql::Statements;
use crate::telemetry::{Call, TraceParent};
#[cfg(feature = "config")]
use crate::types::ConfigError;

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
    pub(super) check: Option<StatementCheck>,
    pub(super) trace_comments: Option<TraceComments>,
}

impl Grant {
    /// Creates a grant for these statements, with the default limits.
    #[must_use]
    pub fn new(statements: Statements) -> Self {
        Self { statements, ..Self::default() }
    }

    /// Returns the statements that the guest may execute.
    #[must_use]
    pub fn statements(&self) -> Statements {
        self.statements
    }

    /// Sets the embedder's own check of each statement.
    ///
    /// It is called for each statement that the grant allows, before anything of it is sent:
    /// whenever the guest executes a statement, prepares one, or executes a prepared one. It can
    /// allow the statement, shorten its deadline or deny it. It is not called for the calls of the
    /// contract that have no statement, such as `begin` and `commit`. Default: no check. A second
    /// check replaces the first.
    ///
    /// The check runs on the thread of the guest's call, so it must not block. If it panics, the
    /// statement is denied.
    ///
    /// The texts of statements can contain values, and their authors choose them: parse them
    /// defensively. An allow-list of whole texts is safe; a search for words is not.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use wasmysql_host::{Grant, StatementDecision, Statements};
    ///
    /// let grant = Grant::new(Statements::Read).on_statement(|statement| match statement.sql {
    ///     "SELECT id, name FROM product WHERE id = ?" => StatementDecision::Allow,
    ///     "SELECT SUM(price) FROM sale" => StatementDecision::AllowWithin(Duration::from_secs(2)),
    ///     _ => StatementDecision::Deny("it is not in the list of this host".to_owned()),
    /// });
    /// ```
    #[must_use]
    pub fn on_statement(
        mut self,
        check: impl Fn(&GuestStatement<'_>) -> StatementDecision + Send + Sync + 'static,
    ) -> Self {
        self.check = Some(StatementCheck::new(check));
        self
    }

    /// Appends the trace context of each call to its statement, as a comment in the format of
    /// [sqlcommenter](https://google.github.io/sqlcommenter/spec/):
    /// `/*traceparent='00-0af7...-b7ad...-01'*/`.
    ///
    /// `traceparent` returns the context of a call's span, or `None` for a statement without a
    /// comment. The logs and the process list of the server then show the trace that a statement
    /// belongs to. Default: no comments.
    ///
    /// **Each statement with a comment has a new text**, so the statement cache does not help: the
    /// server prepares each statement again, which costs a round trip, and the server's own
    /// statistics of statements can grow. A statement that the guest prepared keeps the comment of
    /// its preparation.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::Grant;
    /// use wasmysql_host::telemetry::TraceParent;
    ///
    /// // With the crates opentelemetry and tracing-opentelemetry:
    /// // let context = span.context().span().span_context().clone();
    /// // context.is_sampled().then(|| TraceParent::new(
    /// //     context.trace_id().to_bytes(), context.span_id().to_bytes(), context.trace_flags().to_u8()))
    /// let grant = Grant::default().sqlcommenter(|_span| Some(TraceParent::new([1; 16], [2; 8], 1)));
    /// ```
    #[must_use]
    pub fn sqlcommenter(mut self, traceparent: impl Fn(&Span) -> Option<TraceParent> + Send + Sync + 'static) -> Self {
        self.trace_comments = Some(TraceComments::new(traceparent));
        self
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

    /// Returns the text of a statement that is sent: with the trace context of the call, if the
    /// embedder wants it.
    pub(super) fn commented<'s>(&self, sql: &'s str, call: &Call<'_>) -> Cow<'s, str> {
        match &self.trace_comments {
            Some(comments) => comments.comment(sql, &call.span()),
            None => sql.into(),
        }
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
}
