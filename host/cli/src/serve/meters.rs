//! The metrics of an HTTP server, by the names of OpenTelemetry's semantic conventions.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::{Method, StatusCode};
use metrics::{Gauge, Histogram, Label, Unit, describe_gauge, describe_histogram, gauge, histogram};

/// Duration of requests, from their arrival to the end of the response.
pub(crate) const DURATION: &str = "http.server.request.duration";
/// Bytes of the bodies of requests.
pub(crate) const REQUEST_BYTES: &str = "http.server.request.body.size";
/// Bytes of the bodies of responses.
pub(crate) const RESPONSE_BYTES: &str = "http.server.response.body.size";
/// Requests in progress.
const ACTIVE: &str = "http.server.active_requests";

const METHOD: &str = "http.request.method";
const SCHEME: &str = "url.scheme";
const STATUS: &str = "http.response.status_code";
const ERROR: &str = "error.type";
const ROUTE: &str = "http.route";
const GUEST: &str = "wasmysql.guest";

/// The methods that are label values. Clients can send any other method, and each label value costs
/// memory.
const METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];
const OTHER: &str = "_OTHER";
/// The number of routes that are label values. The plugin names them.
const ROUTES: usize = 100;
/// The key of requests without a route. A route is not empty.
const NO_ROUTE: &str = "";

/// A request that has ended.
#[derive(Debug)]
pub(super) struct Ended<'a> {
    pub(super) method: &'a Method,
    pub(super) status: Option<StatusCode>,
    pub(super) route: Option<&'a str>,
    pub(super) error: Option<&'static str>,
    pub(super) took: Duration,
    /// The bytes of the request's body, if they are known.
    pub(super) received: Option<u64>,
    pub(super) sent: u64,
}

/// The properties of the requests that a metric counts together, beside their route.
type Kind = (&'static str, Option<StatusCode>, Option<&'static str>);
/// The histograms of requests with the same route.
type Kinds = HashMap<Kind, Handles>;

/// The metrics of the server.
#[derive(Debug)]
pub(super) struct Meters {
    guest: String,
    active: Gauges,
    /// By route.
    ended: Mutex<HashMap<Box<str>, Kinds>>,
}

#[derive(Debug)]
struct Gauges(Vec<(&'static str, Gauge)>);

#[derive(Debug, Clone)]
struct Handles {
    duration: Histogram,
    request_bytes: Histogram,
    response_bytes: Histogram,
}

/// Counts a request in progress until it is dropped.
pub(super) struct Active(Gauge);

impl Meters {
    pub(super) fn new(guest: &str) -> Self {
        describe_histogram!(
            DURATION,
            Unit::Seconds,
            "Duration of requests, from their arrival to the end of the response."
        );
        describe_histogram!(REQUEST_BYTES, Unit::Bytes, "Bytes of the bodies of requests with a Content-Length.");
        describe_histogram!(RESPONSE_BYTES, Unit::Bytes, "Bytes of the bodies of responses.");
        describe_gauge!(ACTIVE, Unit::Count, "Requests in progress.");
        let gauge = |method| (method, gauge!(ACTIVE, labels(guest, method)));
        let names = METHODS.iter().map(name).chain([OTHER]);
        Self { guest: guest.to_owned(), active: Gauges(names.map(gauge).collect()), ended: Mutex::default() }
    }

    /// Counts a request that has arrived.
    pub(super) fn begin(&self, method: &Method) -> Active {
        let name = name(method);
        let found = self.active.0.iter().find(|(known, _)| *known == name);
        let gauge = found.map_or_else(Gauge::noop, |(_, gauge)| gauge.clone());
        gauge.increment(1);
        Active(gauge)
    }

    /// Records a request that has ended.
    pub(super) fn ended(&self, request: &Ended<'_>) {
        let handles = self.handles(request.route, (name(request.method), request.status, request.error));
        handles.duration.record(request.took);
        // An f64 is exact up to 2^53.
        if let Some(received) = request.received {
            handles.request_bytes.record(received as f64);
        }
        handles.response_bytes.record(request.sent as f64);
    }

    fn handles(&self, route: Option<&str>, kind: Kind) -> Handles {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = ended.len() > ROUTES;
        let route = route.map(|route| if is_full && !ended.contains_key(route) { OTHER } else { route });
        let key = route.unwrap_or(NO_ROUTE);
        if let Some(handles) = ended.get(key).and_then(|kinds| kinds.get(&kind)) {
            return handles.clone();
        }
        let kinds = ended.entry(key.into()).or_default();
        kinds.entry(kind).or_insert_with(|| self.create(route, kind)).clone()
    }

    fn create(&self, route: Option<&str>, (method, status, error): Kind) -> Handles {
        let mut labels = labels(&self.guest, method);
        labels.extend(route.map(|route| Label::new(ROUTE, route.to_owned())));
        labels.extend(status.map(|status| Label::new(STATUS, status.as_str().to_owned())));
        labels.extend(error.map(|error| Label::from_static_parts(ERROR, error)));
        let histogram = |name| histogram!(name, labels.clone());
        Handles {
            duration: histogram(DURATION),
            request_bytes: histogram(REQUEST_BYTES),
            response_bytes: histogram(RESPONSE_BYTES),
        }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// Returns the label value of a method.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => OTHER,
    }
}

fn labels(guest: &str, method: &'static str) -> Vec<Label> {
    vec![
        Label::new(GUEST, guest.to_owned()),
        Label::from_static_parts(METHOD, method),
        Label::from_static_parts(SCHEME, "http"),
    ]
}
