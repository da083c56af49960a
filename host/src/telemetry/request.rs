//! A request that a guest handles: its span, its statements and the time that they took.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;
use tracing::Span;

use super::call::Operation;
use crate::types::Error;

/// A request that a guest handles, for hosts whose guests serve requests.
///
/// Connections that the guest acquires while it handles the request belong to the request:
///
/// - The spans of their calls are inside the span of the request.
/// - Their statements and their time count for the request.
/// - After [`end`](Self::end), the host closes the connections that the guest left open and did not
///   use for a second. It logs a warning with the id of the request.
/// - [`cancel`](Self::cancel) ends its calls, kills their statements and closes its connections.
/// - The guest may compute for [`StoreSettings::cpu_time`](crate::StoreSettings::cpu_time) for the
///   request, also while it handles others.
///
/// [`WasmysqlCtx::set_request`](crate::WasmysqlCtx::set_request) and
/// [`begin_request`](crate::WasmysqlCtx::begin_request) select the request. Clones are the same
/// request.
///
/// # Examples
///
/// ```
/// use wasmysql_host::{GuestRequest, WasmysqlCtx};
///
/// let mut ctx = WasmysqlCtx::default();
/// let request = GuestRequest::new("7f3a", tracing::info_span!("request", id = "7f3a"));
/// ctx.set_request(&request);
/// // The guest handles the request.
/// request.end();
/// println!("{} queries in {:?}", request.queries(), request.database_time());
/// ```
#[derive(Debug, Clone)]
pub struct GuestRequest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    span: Span,
    queries: AtomicU64,
    /// Nanoseconds.
    database_time: AtomicU64,
    /// Nanoseconds.
    cpu_time: AtomicU64,
    ended_at: Mutex<Option<Instant>>,
    is_cancelled: watch::Sender<bool>,
    last_error: Mutex<Option<String>>,
}

impl GuestRequest {
    /// Creates a request. Warnings contain the id, and `span` is the parent of the spans of its
    /// calls.
    pub fn new(id: impl Into<String>, span: Span) -> Self {
        Self(Arc::new(Inner {
            id: id.into(),
            span,
            queries: AtomicU64::new(0),
            database_time: AtomicU64::new(0),
            cpu_time: AtomicU64::new(0),
            ended_at: Mutex::new(None),
            is_cancelled: watch::Sender::new(false),
            last_error: Mutex::new(None),
        }))
    }

    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the number of statements that the guest executed so far. `execute-many` counts as
    /// one statement.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.0.queries.load(Ordering::Relaxed)
    }

    /// Returns the total duration of the calls so far, including the wait for a connection.
    /// Concurrent calls count separately.
    #[must_use]
    pub fn database_time(&self) -> Duration {
        Duration::from_nanos(self.0.database_time.load(Ordering::Relaxed))
    }

    /// Returns the error of the last call that failed, as text for people. For hosts that report
    /// the failure of a guest which does not report it.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.0.last_error.lock().clone()
    }

    /// Records the error of a call.
    pub(crate) fn failed(&self, error: &Error) {
        *self.0.last_error.lock() = Some(error.to_string());
    }

    /// Marks the end of the request. Later calls have no effect.
    pub fn end(&self) {
        self.0.ended_at.lock().get_or_insert_with(Instant::now);
    }

    /// Returns whether the request has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended_at().is_some()
    }

    /// Cancels the request, because nobody waits for its response. Later calls have no effect.
    ///
    /// Calls of the guest for the request fail with `resource-closed`, the calls in progress too:
    /// their statements are killed. The host closes the connections of the request within 100 ms,
    /// which rolls back their transactions. The guest itself runs on, and so do its other requests.
    pub fn cancel(&self) {
        self.0.is_cancelled.send_if_modified(|is_cancelled| !std::mem::replace(is_cancelled, true));
    }

    /// Returns whether the request was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.is_cancelled.borrow()
    }

    /// Waits until the request is cancelled.
    pub(crate) async fn cancelled(&self) {
        // Fails only without a sender, and `self` is one.
        let _ = self.0.is_cancelled.subscribe().wait_for(|is_cancelled| *is_cancelled).await;
    }

    /// Adds computation of the guest for the request, and returns the sum.
    pub(crate) fn computed(&self, time: Duration) -> Duration {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.0.cpu_time.fetch_add(nanos, Ordering::Relaxed).saturating_add(nanos))
    }

    pub(crate) fn ended_at(&self) -> Option<Instant> {
        *self.0.ended_at.lock()
    }

    pub(crate) fn span(&self) -> &Span {
        &self.0.span
    }

    /// Counts a call that has ended.
    pub(super) fn called(&self, operation: Operation, took: Duration) {
        if matches!(operation, Operation::Execute | Operation::ExecuteMany) {
            self.0.queries.fetch_add(1, Ordering::Relaxed);
        }
        // 64 bits of nanoseconds are enough for five hundred years.
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.0.database_time.fetch_add(nanos, Ordering::Relaxed);
    }
}
