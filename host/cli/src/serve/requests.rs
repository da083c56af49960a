//! Handles requests: checks their limits, and passes them to an instance.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{HOST, TRANSFER_ENCODING};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, TrapOrPanicError};
use wasmtime_wasi_http::p2;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;

use super::RequestLimits;
use super::answer::{Answer, MALFORMED, NOT_STARTED, OVERLOADED, REFUSED, TOO_LARGE, TOO_LATE, TRAPPED};
use super::body::{self, LimitedBody, ReplyBody};
use super::exchange::Exchange;
use super::listener::Deadline;
use super::meters::Meters;
use super::request_id::{self, RequestIds};
use super::site::Site;
use super::ticket::Ticket;
use crate::log;
use crate::plugin::reason_first;

/// The time between the error of a request and the end of its instance, if a trap caused both.
const TRAP_REPORT: Duration = Duration::from_millis(100);

/// The plugin and the limits of its requests.
pub(super) struct Server {
    site: Site,
    permits: Arc<Semaphore>,
    max_requests: u32,
    timeout: Duration,
    max_body: u64,
    ids: RequestIds,
    meters: Arc<Meters>,
}

impl Server {
    /// `name` is the name of the plugin in metrics.
    pub(super) fn new(site: Site, name: &str, limits: &RequestLimits) -> Self {
        let max_requests = limits.max_requests;
        Self {
            site,
            permits: Arc::new(Semaphore::new(usize::try_from(max_requests).unwrap_or(Semaphore::MAX_PERMITS))),
            max_requests,
            timeout: limits.timeout(),
            max_body: limits.max_body(),
            ids: RequestIds::default(),
            meters: Arc::new(Meters::new(name)),
        }
    }

    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    pub(super) fn ids(&self) -> &RequestIds {
        &self.ids
    }

    pub(super) fn meters(&self) -> &Arc<Meters> {
        &self.meters
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn max_requests(&self) -> u32 {
        self.max_requests
    }

    /// Returns the number of requests in progress.
    pub(super) fn in_progress(&self) -> usize {
        usize::try_from(self.max_requests).unwrap_or(usize::MAX).saturating_sub(self.permits.available_permits())
    }

    /// Handles a request. `deadline` is the deadline of its connection.
    pub(super) async fn handle(&self, mut request: Request<Incoming>, deadline: Deadline) -> Response<ReplyBody> {
        let mut exchange = Exchange::begin(self, &request, deadline);
        if !is_well_formed(&request) {
            return exchange.refuse(&MALFORMED);
        }
        match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => exchange.hold(permit),
            Err(_) => return exchange.refuse(&OVERLOADED),
        }
        if request.body().size_hint().lower() > self.max_body {
            body::discard(request.into_body());
            return exchange.refuse(&TOO_LARGE);
        }
        request_id::set(request.headers_mut(), exchange.id());
        set_authority(&mut request);
        let is_too_large = Arc::new(AtomicBool::new(false));
        let request =
            request.map(|body| LimitedBody::new(body, self.max_body, Arc::clone(&is_too_large)).boxed_unsync());
        let ticket = Arc::clone(&exchange.ticket);
        let until = ticket.deadline;
        let handled = timeout_at(until, self.site.current().handle(ticket, request)).await;
        match handled {
            _ if is_too_large.load(Ordering::Relaxed) => exchange.refuse(&TOO_LARGE),
            Ok(Ok(response)) if !is_final(response.status()) => {
                let (file, id, status) = (self.site.file(), exchange.id(), response.status().as_u16());
                log::print_error(&format!("{file} (request {id}): {status} is not the status of a response"));
                exchange.refuse(&REFUSED)
            }
            Ok(Ok(response)) => exchange.respond(response),
            // The instance ends at the deadline too.
            Err(_) => exchange.refuse(&TOO_LATE),
            Ok(Err(_)) if Instant::now() >= until => exchange.refuse(&TOO_LATE),
            Ok(Err(error)) => {
                let answer = self.failed(&error, &exchange.ticket).await;
                exchange.refuse(answer)
            }
        }
    }

    /// Returns the answer to a request that failed. Logs failures that the instance does not log.
    async fn failed(&self, error: &wasmtime::Error, ticket: &Ticket) -> &'static Answer {
        let (file, id) = (self.site.file(), ticket.request.id());
        let report =
            |error: &wasmtime::Error| log::print_error(&format!("{file} (request {id}): {}", reason_first(error)));
        if error.is::<ExpirationError>() {
            return &TOO_LATE;
        }
        if let Some(failed) = error.downcast_ref::<InstantiationError<Arc<Ticket>>>() {
            report(&failed.error);
            return &NOT_STARTED;
        }
        let is_error_code = error.is::<p2::bindings::http::types::ErrorCode>() || error.is::<ErrorCode>();
        // wasmtime reports a trap of a WASI 0.2 plugin like a missing response.
        if !is_error_code && (error.is::<TrapOrPanicError>() || ticket.has_failed_within(TRAP_REPORT).await) {
            return &TRAPPED;
        }
        report(error);
        &REFUSED
    }
}

/// Returns whether a response with this status can answer a request. The statuses below 200
/// announce a response, or change the protocol, and clients know no statuses above 599.
fn is_final(status: StatusCode) -> bool {
    (200..600).contains(&status.as_u16())
}

/// Returns whether a request has what WASI requires, and asks for what a plugin can do. A request
/// that WASI rejects would end its instance, which can handle further requests.
fn is_well_formed(request: &Request<Incoming>) -> bool {
    let (headers, path) = (request.headers(), request.uri().path());
    // A proxy could take a successful answer to CONNECT for a tunnel.
    let has_path = request.method() != Method::CONNECT && (path.starts_with('/') || path == "*");
    // hyper decodes chunks only. Other codings would reach the plugin as if they were the body.
    let is_decoded = headers.get_all(TRANSFER_ENCODING).iter().all(|coding| coding == "chunked");
    let hosts = headers.get_all(HOST).iter().count();
    has_path && is_decoded && hosts == 1 && headers.get(HOST).is_some_and(|host| host.to_str().is_ok_and(is_authority))
}

/// Sets the authority of a request without one to that of its header `Host`, which WASI 0.3 hides
/// from the plugin. An authority in the target of a request precedes the header, as in RFC 9112.
fn set_authority<B>(request: &mut Request<B>) {
    if request.uri().authority().is_some() {
        return;
    }
    let mut parts = request.uri().clone().into_parts();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    (parts.scheme, parts.authority) = (Some(Scheme::HTTP), host);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

/// Returns whether this is a host with an optional port.
fn is_authority(text: &str) -> bool {
    !text.contains('@') && text.parse::<Authority>().is_ok()
}
