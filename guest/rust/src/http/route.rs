//! The route of a request, for the log and the metrics of the host.

use std::sync::{Arc, OnceLock};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Request;

/// The header in which the host expects the route. Clients do not receive it.
const HEADER: HeaderName = HeaderName::from_static("wasmysql-route");

/// The route that the handler of a request has named.
#[derive(Debug, Clone, Default)]
pub(super) struct Route(Arc<OnceLock<String>>);

/// Names the route of a request, for example `/planes/{tailnum}` for `/planes/N14228`.
///
/// The access log and the metrics of `wasmysql serve` contain the route. Use few different routes,
/// of at most 128 printable ASCII characters; the host ignores others. The first route of a request
/// stays. Without a host, as in tests, this does nothing.
///
/// ```
/// use wasmysql::http::{Request, set_route};
///
/// fn route(request: &Request) {
///     if request.uri().path().starts_with("/planes/") {
///         set_route(request, "/planes/{tailnum}");
///     }
/// }
/// # route(&Request::default());
/// ```
pub fn set_route(request: &Request, route: impl Into<String>) {
    if let Some(Route(named)) = request.extensions().get() {
        named.get_or_init(|| route.into());
    }
}

/// Sets the header of a response.
pub(super) fn set(headers: &mut HeaderMap, Route(named): &Route) {
    if let Some(value) = named.get().and_then(|route| HeaderValue::from_str(route).ok()) {
        headers.insert(HEADER, value);
    }
}
