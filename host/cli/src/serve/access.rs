//! The access log: a line for each request, at its end.

use std::borrow::Cow;
use std::time::Duration;

use hyper::{Method, StatusCode};
use wasmysql_host::GuestRequest;

use super::trace::TraceParent;
use crate::log::{self, Format};

/// A request that has ended.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) method: &'a Method,
    /// The path, without the query.
    pub(super) path: &'a str,
    /// `None` if the client closed the connection before the response.
    pub(super) status: Option<StatusCode>,
    pub(super) route: Option<&'a str>,
    pub(super) error: Option<&'static str>,
    pub(super) took: Duration,
    pub(super) request: &'a GuestRequest,
    pub(super) trace: Option<&'a TraceParent>,
}

/// Writes the line of a request.
pub(super) fn log(entry: &Entry<'_>) {
    match log::format() {
        Format::Text => tracing::info!(target: log::ACCESS, "{}", text(entry)),
        Format::Json => {
            let (request, trace) = (entry.request, entry.trace);
            tracing::info!(
                target: log::ACCESS,
                method = entry.method.as_str(),
                path = entry.path,
                status = entry.status.map(|status| status.as_u16()),
                route = entry.route,
                error = entry.error,
                seconds = entry.took.as_secs_f64(),
                queries = request.queries(),
                database_seconds = request.database_time().as_secs_f64(),
                request = request.id(),
                trace_id = trace.map(|trace| trace.trace_id.as_str()),
                "request"
            );
        }
    }
}

fn text(entry: &Entry<'_>) -> String {
    let Entry { method, request, .. } = entry;
    let path = ascii(entry.path);
    let status = entry.status.as_ref().map_or("-", StatusCode::as_str);
    let error = entry.error.map(|error| format!(" {error}")).unwrap_or_default();
    let (took, queries, database) = (ms(entry.took), request.queries(), ms(request.database_time()));
    let route = entry.route.map(|route| format!(", route {route}")).unwrap_or_default();
    let plural = if queries == 1 { "query" } else { "queries" };
    format!(
        "{method} {path} {status}{error} in {took} ms, {queries} {plural} in {database} ms{route}, request {}",
        request.id()
    )
}

/// Returns a path with percent-encoded characters outside of ASCII, which can control a terminal.
fn ascii(path: &str) -> Cow<'_, str> {
    if path.is_ascii() {
        return path.into();
    }
    let encoded = |byte: u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(encoded).collect()
}

fn ms(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use tracing::Span;

    use super::*;

    #[test]
    fn text_has_all_parts_of_a_request() {
        let request = GuestRequest::new("7f3a", Span::none());
        let mut entry = Entry {
            method: &Method::GET,
            path: "/visits",
            status: Some(StatusCode::OK),
            route: None,
            error: None,
            took: Duration::from_micros(1240),
            request: &request,
            trace: None,
        };
        assert_eq!(text(&entry), "GET /visits 200 in 1.2 ms, 0 queries in 0.0 ms, request 7f3a");
        entry.route = Some("/{page}");
        assert_eq!(text(&entry), "GET /visits 200 in 1.2 ms, 0 queries in 0.0 ms, route /{page}, request 7f3a");
        entry.route = None;
        entry.path = "/\u{202e}s";
        assert_eq!(text(&entry), "GET /%E2%80%AEs 200 in 1.2 ms, 0 queries in 0.0 ms, request 7f3a");
        entry.path = "/visits";
        (entry.status, entry.error) = (None, Some("disconnected"));
        assert_eq!(text(&entry), "GET /visits - disconnected in 1.2 ms, 0 queries in 0.0 ms, request 7f3a");
    }
}
