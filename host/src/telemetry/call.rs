//! The metrics and the span of a guest's call: duration and outcome. A call that is dropped before
//! its end was cancelled.

use std::time::Instant;

use futures::FutureExt;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::guest::GuestMeters;
use super::request::GuestRequest;
use crate::sql::StatementKind;
use crate::types::{Error, ErrorKind, Limit, Result, Step};

/// The outcome of a dropped call.
const CANCELLED: &str = "cancelled";

/// The operation of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Acquire,
    Execute,
    ExecuteMany,
    Prepare,
    Fetch,
    Begin,
    Commit,
    Rollback,
    Release,
    PrepareTransaction,
}

impl Operation {
    pub(super) const COUNT: usize = Operation::PrepareTransaction as usize + 1;

    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Acquire => "acquire",
            Operation::Execute => "execute",
            Operation::ExecuteMany => "execute-many",
            Operation::Prepare => "prepare",
            Operation::Fetch => "fetch",
            Operation::Begin => "begin",
            Operation::Commit => "commit",
            Operation::Rollback => "rollback",
            Operation::Release => "release",
            Operation::PrepareTransaction => "prepare-transaction",
        }
    }

    /// Returns whether the operation runs a statement of the guest, or fetches its rows.
    pub(super) fn runs_statement(self) -> bool {
        matches!(self, Operation::Execute | Operation::ExecuteMany | Operation::Prepare | Operation::Fetch)
    }

    fn span(self, guest: &str, database: &str) -> Span {
        /// Creates a span. Its name must be a literal.
        macro_rules! span {
            ($name:literal) => {
                info_span!($name, guest, database, outcome = Empty)
            };
            ($name:literal of a statement) => {
                info_span!($name, guest, database, kind = Empty, rows = Empty, affected = Empty, outcome = Empty)
            };
        }
        match self {
            Operation::Acquire => span!("acquire"),
            Operation::Execute => span!("execute" of a statement),
            Operation::ExecuteMany => span!("execute-many" of a statement),
            Operation::Prepare => span!("prepare" of a statement),
            Operation::Fetch => span!("fetch" of a statement),
            Operation::Begin => span!("begin"),
            Operation::Commit => span!("commit"),
            Operation::Rollback => span!("rollback"),
            Operation::Release => span!("release"),
            Operation::PrepareTransaction => span!("prepare-transaction"),
        }
    }
}

/// A call in progress.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    meters: &'a GuestMeters,
    operation: Operation,
    kind: Option<StatementKind>,
    sql: Option<&'a str>,
    request: Option<&'a GuestRequest>,
    began: Instant,
    span: Span,
    has_ended: bool,
}

impl<'a> Call<'a> {
    /// Starts a call. Its span is a child of the span of the transaction, or else of the request.
    pub(crate) fn begin(
        meters: &'a GuestMeters,
        operation: Operation,
        transaction: &Span,
        request: Option<&'a GuestRequest>,
    ) -> Self {
        let parent = match request {
            Some(request) if transaction.is_disabled() => request.span(),
            _ => transaction,
        };
        let span = parent.in_scope(|| operation.span(meters.guest(), meters.database()));
        // A log filter can disable the spans of calls. Warnings still show the request.
        let span = if span.is_disabled() { parent.clone() } else { span };
        Self { meters, operation, kind: None, sql: None, request, began: Instant::now(), span, has_ended: false }
    }

    /// Sets the statement. Its text is logged only at the level DEBUG, because it can contain
    /// values.
    pub(crate) fn with_sql(mut self, sql: &'a str) -> Self {
        self.sql = Some(sql);
        self.span.in_scope(|| tracing::debug!(sql, "statement started"));
        self
    }

    /// Sets the kind of the statement.
    pub(crate) fn with_kind(mut self, kind: StatementKind) -> Self {
        self.set_kind(kind);
        self
    }

    /// Sets the kind of the statement after its classification.
    pub(crate) fn set_kind(&mut self, kind: StatementKind) {
        self.kind = Some(kind);
        self.span.record("kind", kind.name());
    }

    /// Records the number of rows in the response.
    pub(crate) fn set_rows(&self, rows: u32) {
        self.span.record("rows", rows);
    }

    /// Records the number of affected rows.
    pub(crate) fn set_affected(&self, rows: u64) {
        self.span.record("affected", rows);
    }

    /// Returns the span of the call.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Runs the call in its span and records the result.
    pub(crate) fn record<T>(self, work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
        work.instrument(self.span()).map(|done| self.end(done))
    }

    /// Records the result and ends the call.
    pub(crate) fn end<T>(mut self, done: Result<T>) -> Result<T> {
        self.ended(done.as_ref().err());
        done
    }

    fn ended(&mut self, error: Option<&Error>) {
        if let (Some(request), Some(error)) = (self.request, error) {
            request.failed(error);
        }
        match error.map(|error| &error.kind) {
            Some(ErrorKind::LimitExceeded(limit)) => self.meters.limited(*limit),
            None if self.operation == Operation::Acquire => self.meters.acquired(self.began.elapsed()),
            _ => {}
        }
        if let (Operation::Acquire, Some(error)) = (self.operation, error)
            && let ErrorKind::Timeout(Step::Acquire) | ErrorKind::LimitExceeded(Limit::Connections) = error.kind
        {
            self.meters.timed_out();
        }
        self.finish(error.map(|error| error.kind.name()));
    }

    fn finish(&mut self, failed: Option<&'static str>) {
        self.has_ended = true;
        let outcome = failed.unwrap_or("ok");
        self.span.record("outcome", outcome);
        let took = self.began.elapsed();
        if let Some(request) = self.request {
            request.called(self.operation, took);
        }
        if self.operation == Operation::Acquire {
            return;
        }
        self.meters.called(self.operation, self.kind, failed, took);
        if self.operation.runs_statement() && self.meters.is_slow(took) {
            let (guest, database) = (&**self.meters.guest(), &**self.meters.database());
            let (call, kind) = (self.operation.name(), self.kind.map_or("unknown", StatementKind::name));
            let seconds = took.as_secs_f64();
            self.span.in_scope(|| {
                tracing::warn!(guest, database, call, kind, outcome, seconds, "slow statement");
                if let Some(sql) = self.sql {
                    tracing::debug!(sql, "text of the slow statement");
                }
            });
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.finish(Some(CANCELLED));
        }
    }
}
