//! A request from its arrival to the end of its response. Reports itself when it is dropped.

use std::sync::Arc;
use std::time::Instant;

use hyper::header::CONTENT_LENGTH;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use tracing::error_span;
use tracing::field::Empty;
use wasmysql_host::GuestRequest;

use super::access::{self, Entry};
use super::answer::Answer;
use super::body::ReplyBody;
use super::listener::Deadline;
use super::meters::{Active, Ended, Meters};
use super::request_id;
use super::requests::Server;
use super::route;
use super::ticket::Ticket;
use super::trace::TraceParent;
use crate::log;

/// The error of a request whose client closed the connection before the end of the response.
const DISCONNECTED: &str = "disconnected";
/// The error of a request whose plugin ended the response too early.
pub(super) const INCOMPLETE: &str = "incomplete";
/// The error of a request that exceeded its time.
pub(super) const TIMEOUT: &str = "timeout";

/// A request in progress.
pub(super) struct Exchange {
    pub(super) ticket: Arc<Ticket>,
    method: Method,
    path: String,
    trace: Option<TraceParent>,
    began: Instant,
    status: Option<StatusCode>,
    route: Option<String>,
    error: Option<&'static str>,
    /// The bytes of the response.
    expected: Option<u64>,
    sent: u64,
    /// The bytes of the request's body, if they are known.
    received: Option<u64>,
    is_complete: bool,
    meters: Arc<Meters>,
    _active: Active,
    permit: Option<OwnedSemaphorePermit>,
    deadline: Deadline,
}

impl Exchange {
    /// Begins the exchange of a request. `deadline` is the deadline of its connection.
    pub(super) fn begin<B>(server: &Server, request: &Request<B>, deadline: Deadline) -> Self {
        let (id, trace) = (server.ids().of(request.headers()), TraceParent::of(request.headers()));
        // At this level the span is also part of warnings.
        let span = error_span!(target: log::REQUEST, "request", request = id, trace_id = Empty, parent_id = Empty);
        if let Some(trace) = &trace {
            span.record("trace_id", &trace.trace_id).record("parent_id", &trace.parent_id);
        }
        let ends_at = tokio::time::Instant::now() + server.timeout();
        deadline.set(Some(ends_at));
        let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        Self {
            ticket: Ticket::new(GuestRequest::new(id, span), ends_at),
            method: request.method().clone(),
            // The query can contain secrets.
            path: request.uri().path().to_owned(),
            trace,
            began: Instant::now(),
            status: None,
            route: None,
            error: None,
            expected: None,
            sent: 0,
            received: length,
            is_complete: false,
            meters: Arc::clone(server.meters()),
            _active: server.meters().begin(request.method()),
            permit: None,
            deadline,
        }
    }

    pub(super) fn id(&self) -> &str {
        self.ticket.request.id()
    }

    /// Holds the permit of a request in progress until the end of the response.
    pub(super) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.permit = Some(permit);
    }

    /// Returns the response with the body of the plugin, or with an answer of the host.
    pub(super) fn respond(mut self, response: Response<wasmtime_wasi_http::WasiBody>) -> Response<ReplyBody> {
        let (mut head, body) = response.into_parts();
        self.route = route::take(&mut head.headers);
        request_id::set(&mut head.headers, self.id());
        self.status = Some(head.status);
        // hyper sends no body in these cases, so the body never ends.
        let has_no_body =
            self.method == Method::HEAD || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        self.is_complete = has_no_body;
        Response::from_parts(head, ReplyBody::new(body, self))
    }

    /// Answers the request in the place of the plugin.
    pub(super) fn refuse(mut self, answer: &Answer) -> Response<ReplyBody> {
        self.error = Some(answer.error);
        self.ticket.abandon();
        let response = answer.response(self.id());
        self.respond(response)
    }

    /// Sets the exact size of the response's body, if it is known.
    pub(super) fn set_expected(&mut self, bytes: Option<u64>) {
        self.expected = bytes;
        self.sent(0);
    }

    /// Counts bytes of the response. hyper drops a body of known size after its last byte.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
        if self.expected == Some(self.sent) {
            self.is_complete = true;
        }
    }

    /// Records the end of the response.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Records that the response ended too early, for this reason unless its time was over.
    pub(super) fn fail(&mut self, error: &'static str) {
        let is_late = tokio::time::Instant::now() >= self.ticket.deadline;
        self.error.get_or_insert(if is_late { TIMEOUT } else { error });
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.deadline.set(None);
        if !self.is_complete {
            self.ticket.abandon();
            self.fail(DISCONNECTED);
        }
        let request = &self.ticket.request;
        request.end();
        let took = self.began.elapsed();
        self.meters.ended(&Ended {
            method: &self.method,
            status: self.status,
            route: self.route.as_deref(),
            error: self.error,
            took,
            received: self.received,
            sent: self.sent,
        });
        access::log(&Entry {
            method: &self.method,
            path: &self.path,
            status: self.status,
            route: self.route.as_deref(),
            error: self.error,
            took,
            request,
            trace: self.trace.as_ref(),
        });
    }
}
