//! One call of a guest, from its begin to its end: how long it took, what came of it, and its span. A call that is dropped half-way has
//! been cancelled.

use std::time::Instant;

use futures::FutureExt;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::guest::GuestMeters;
use crate::sql::StatementKind;
use crate::types::{Error, ErrorKind, Limit, Result, Step};

/// The outcome of what was dropped.
const CANCELLED: &str = "cancelled";

/// What is called.
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

    /// Whether it runs a statement of the guest's own, or a part of one.
    pub(super) fn is_of_a_statement(self) -> bool {
        matches!(self, Operation::Execute | Operation::ExecuteMany | Operation::Prepare | Operation::Fetch)
    }

    fn span(self, guest: &str, database: &str) -> Span {
        /// A span's name is a literal.
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

/// A call that has begun.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    meters: &'a GuestMeters,
    operation: Operation,
    kind: Option<StatementKind>,
    sql: Option<&'a str>,
    began: Instant,
    span: Span,
    has_ended: bool,
}

impl<'a> Call<'a> {
    /// Begins within a transaction, if that has a span.
    pub(crate) fn begin(meters: &'a GuestMeters, operation: Operation, transaction: &Span) -> Call<'a> {
        let span = transaction.in_scope(|| operation.span(meters.guest(), meters.database()));
        Call { meters, operation, kind: None, sql: None, began: Instant::now(), span, has_ended: false }
    }

    /// Says of what statement. Its text is told at the level DEBUG only: values can be in it.
    pub(crate) fn of(mut self, sql: &'a str) -> Call<'a> {
        self.sql = Some(sql);
        self.span.in_scope(|| tracing::debug!(sql, "a statement begins"));
        self
    }

    /// Says of what kind its statement is.
    pub(crate) fn of_kind(mut self, kind: StatementKind) -> Call<'a> {
        self.set_kind(kind);
        self
    }

    /// Says of what kind the statement is, once that is known.
    pub(crate) fn set_kind(&mut self, kind: StatementKind) {
        self.kind = Some(kind);
        self.span.record("kind", kind.name());
    }

    /// Says how many rows came with the answer.
    pub(crate) fn set_rows(&self, rows: u32) {
        self.span.record("rows", rows);
    }

    /// Says how many rows the statement affected.
    pub(crate) fn set_affected(&self, rows: u64) {
        self.span.record("affected", rows);
    }

    /// The span that its work is done in.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Does its work in its span, and ends with what came of it.
    pub(crate) fn record<T>(self, work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
        work.instrument(self.span()).map(|done| self.end(done))
    }

    /// Ends with what came of it.
    pub(crate) fn end<T>(mut self, done: Result<T>) -> Result<T> {
        self.ended(done.as_ref().err());
        done
    }

    fn ended(&mut self, error: Option<&Error>) {
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
        if self.operation == Operation::Acquire {
            return;
        }
        let took = self.began.elapsed();
        self.meters.called(self.operation, self.kind, failed, took);
        if self.operation.is_of_a_statement() && self.meters.is_slow(took) {
            let (guest, database) = (&**self.meters.guest(), &**self.meters.database());
            let (call, kind) = (self.operation.name(), self.kind.map_or("unknown", StatementKind::name));
            let seconds = took.as_secs_f64();
            self.span.in_scope(|| {
                tracing::warn!(guest, database, call, kind, outcome, seconds, "a statement took long");
                if let Some(sql) = self.sql {
                    tracing::debug!(sql, "the statement that took long");
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
