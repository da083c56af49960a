//! `--metrics`: what the host counts, for Prometheus to fetch.

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

/// A request has this long to be said, and its answer to be taken. Prometheus says its request at once.
const HEADER_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at once. There is one Prometheus, or two, and somebody who looks. Of more, the oldest are closed: whoever keeps them
/// open keeps nobody out.
const CONNECTIONS: usize = 64;
/// How often what was measured is put into its buckets, also while nobody fetches.
const UPKEEP: Duration = Duration::from_secs(5);
/// Between two attempts to accept a connection where the first failed: this process has too many files open, which passes.
const PAUSE: Duration = Duration::from_millis(100);

/// The version of Prometheus' text.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counts from now on, and answers `GET /metrics` at this address for as long as the runtime runs. Of port 0 the system chooses one. Comes before
/// databases are opened: those that are older are not counted.
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
    runtime.spawn(keep_up(handle.clone()));
    runtime.spawn(accept(listener, handle));
    log::tell(&format!("metrics at http://{chosen}/metrics"));
    Ok(())
}

/// What makes Prometheus' names of ours, and has a histogram's boundaries.
fn recorder() -> Result<PrometheusBuilder, BuildError> {
    let mut builder = PrometheusBuilder::new().with_recommended_naming(true);
    for metric in METRICS.iter().filter(|metric| metric.instrument == Instrument::Histogram) {
        let boundaries: &[f64] = match metric.name {
            telemetry::RETURNED_ROWS => &ROWS,
            telemetry::RETURNED_BYTES => &BYTES,
            _ => &SECONDS,
        };
        builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), boundaries)?;
    }
    Ok(builder)
}

async fn keep_up(handle: PrometheusHandle) {
    let mut turns = interval(UPKEEP);
    loop {
        turns.tick().await;
        handle.run_upkeep();
    }
}

async fn accept(listener: tokio::net::TcpListener, handle: PrometheusHandle) {
    let mut connections = VecDeque::<AbortHandle>::with_capacity(CONNECTIONS);
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection for metrics can't be accepted");
                sleep(PAUSE).await;
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
            let service = service_fn(async |request| Ok::<_, Infallible>(answer(&request, &handle)));
            let mut http = http1::Builder::new();
            http.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
            // Who goes away or is not understood knows it.
            let _ = timeout(TIMEOUT, http.serve_connection(TokioIo::new(stream), service)).await;
        });
        connections.push_back(serving.abort_handle());
    }
}

fn answer(request: &Request<Incoming>, handle: &PrometheusHandle) -> Response<Full<Bytes>> {
    let mut answer = Response::default();
    if request.uri().path() != "/metrics" {
        *answer.status_mut() = StatusCode::NOT_FOUND;
        *answer.body_mut() = Full::from("metrics are at /metrics\n");
    } else if !matches!(*request.method(), Method::GET | Method::HEAD) {
        *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        answer.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
    } else {
        answer.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(TEXT));
        *answer.body_mut() = Full::from(handle.render());
    }
    answer
}

/// An address to listen at.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected IP:PORT, such as 127.0.0.1:9185; port 0 is one that is free".to_owned())
}
