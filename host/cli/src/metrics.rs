//! `--metrics`: an HTTP server with the metrics of the host, for Prometheus.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{interval, sleep, timeout};
use wasmysql_host::telemetry::{self, BYTES, Instrument, METRICS, ROWS, SECONDS};

use crate::exit::Failure;
use crate::log;
use crate::serve::meters as http;

/// The time in which a client must send its request headers. Prometheus sends them at once.
const HEADER_TIMEOUT: Duration = Duration::from_secs(2);
/// The time in which a client must send its request and read the response.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum number of connections; one or two Prometheus servers and a few users need less. At
/// the maximum the oldest connection is closed, so open connections can't block new clients.
const CONNECTIONS: usize = 64;
/// The interval in which measurements are added to their buckets. This bounds the memory if no
/// client fetches the metrics.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);
/// The delay after a failure to accept a connection. The usual reason is temporary: this process
/// has too many open files.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// The content type of the Prometheus text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Installs the metrics recorder and serves `GET /metrics` at this address while the runtime runs.
///
/// With port 0 the system selects a free port. Call this before databases are opened, because
/// databases that were opened earlier are not counted.
pub(crate) fn serve(address: SocketAddr, runtime: &Handle) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Host(format!("--metrics {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(|error| failed(&error))?;
    let chosen = listener.local_addr().map_err(|error| failed(&error))?;
    listener.set_nonblocking(true).map_err(|error| failed(&error))?;
    let recorder = recorder().map_err(|error| failed(&error))?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|error| failed(&error))?;

    let _runtime = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| failed(&error))?;
    runtime.spawn(run_maintenance(handle.clone()));
    runtime.spawn(accept(listener, handle));
    log::print(&format!("metrics at http://{chosen}/metrics"));
    Ok(())
}

/// Returns a builder with Prometheus' naming rules and the bucket boundaries of the histograms.
fn recorder() -> Result<PrometheusBuilder, BuildError> {
    let mut builder = PrometheusBuilder::new().with_recommended_naming(true);
    for metric in METRICS.iter().filter(|metric| metric.instrument == Instrument::Histogram) {
        let boundaries: &[f64] = match metric.name {
            telemetry::RETURNED_ROWS => ROWS,
            telemetry::RETURNED_BYTES => BYTES,
            _ => SECONDS,
        };
        builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), boundaries)?;
    }
    for (name, boundaries) in [(http::DURATION, SECONDS), (http::REQUEST_BYTES, BYTES), (http::RESPONSE_BYTES, BYTES)] {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), boundaries)?;
    }
    Ok(builder)
}

async fn run_maintenance(handle: PrometheusHandle) {
    let mut ticks = interval(MAINTENANCE_INTERVAL);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

async fn accept(listener: tokio::net::TcpListener, handle: PrometheusHandle) {
    let mut connections = VecDeque::<AbortHandle>::with_capacity(CONNECTIONS);
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "can't accept a connection to the metrics server");
                sleep(ACCEPT_BACKOFF).await;
                continue;
            }
        };
        connections.retain(|connection| !connection.is_finished());
        if connections.len() >= CONNECTIONS
            && let Some(oldest) = connections.pop_front()
        {
            oldest.abort();
        }
        let handle = handle.clone();
        let serving = tokio::spawn(async move {
            let service = service_fn(async |request| Ok::<_, Infallible>(respond(&request, &handle)));
            let mut http = http1::Builder::new();
            http.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
            // An error or a timeout affects only this client, so it is ignored.
            let _ = timeout(TIMEOUT, http.serve_connection(TokioIo::new(stream), service)).await;
        });
        connections.push_back(serving.abort_handle());
    }
}

fn respond(request: &Request<Incoming>, handle: &PrometheusHandle) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    if request.uri().path() != "/metrics" {
        *response.status_mut() = StatusCode::NOT_FOUND;
        *response.body_mut() = Full::from("metrics are at /metrics\n");
    } else if !matches!(*request.method(), Method::GET | Method::HEAD) {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
    } else {
        response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(TEXT));
        *response.body_mut() = Full::from(handle.render());
    }
    response
}

/// Parses an address to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected IP:PORT, such as 127.0.0.1:9185; port 0 selects a free port".to_owned())
}
