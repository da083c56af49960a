//! Tests of the access log, traces and metrics.

use std::io::{Read, Write};
use std::net::TcpStream;

use hyper::header::HeaderName;
use serde_json::Value;
use wasmysql_tests::{Sample, Schema, samples, until};

use crate::client::{get, post};
use crate::serving::PATIENCE;
use crate::{NO_SERVER, P2, P3, Serving, database};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// The description of the metrics.
const DOCUMENT: &str = include_str!("../../../../docs/metrics.md");

fn with_header(
    target: &str,
    name: &'static str,
    value: &str,
) -> hyper::Request<http_body_util::Full<hyper::body::Bytes>> {
    let mut request = get(target);
    request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    request
}

fn json(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn access_log_has_a_line_for_each_request() {
    let schema = Schema::new().await;
    for plugin in [P3, P2] {
        let mut serving = Serving::start(plugin, &["--database", &database(&schema)]).await;
        let reply = serving.client().await.send(with_header("/query?3", "x-request-id", "abc-1")).await;
        assert_eq!(reply.headers["x-request-id"], "abc-1");
        let line = serving.printed(&["GET /query 200 in ", "request abc-1"]).await;
        assert!(line.contains(" ms, 3 queries in ") && !line.contains("in 0.0 ms,"), "{line}");
        serving.get("/unknown?secret").await;
        let line = serving.printed(&["GET /unknown 200 in ", "0 queries in 0.0 ms"]).await;
        assert!(!line.contains("secret"), "{line}");
    }
    let quiet = [("RUST_LOG", "warn,wasmysql::access=off")];
    let mut serving = Serving::start_with(P3, &NO_SERVER, &quiet).await;
    assert_eq!(serving.get("/count").await.ok(), "1\n");
    serving.get("/trap").await;
    serving.printed(&["error: "]).await;
    assert!(!serving.lines().iter().any(|line| line.contains("GET /")), "{:?}", serving.lines());
}

#[tokio::test(flavor = "multi_thread")]
async fn access_log_is_json_on_request() {
    let schema = Schema::new().await;
    let mut serving = Serving::start(P3, &["--log", "json", "--database", &database(&schema)]).await;
    let traced = with_header("/query?2", "traceparent", &format!("00-{TRACE}-{PARENT}-01"));
    let id = serving.client().await.send(traced).await.headers["x-request-id"].to_str().unwrap().to_owned();
    let line = serving.printed(&["wasmysql::access", &id]).await;
    let line: Value = serde_json::from_str(&line).unwrap();
    let fields = &line["fields"];
    assert_eq!((&fields["method"], &fields["path"]), (&"GET".into(), &"/query".into()), "{line}");
    assert_eq!((&fields["status"], &fields["queries"]), (&200.into(), &2.into()), "{line}");
    assert_eq!((&fields["request"], &fields["trace_id"]), (&id.as_str().into(), &TRACE.into()), "{line}");
    let seconds = |name: &str| fields[name].as_f64().unwrap();
    assert!(0.0 < seconds("database_seconds") && seconds("database_seconds") <= seconds("seconds"), "{line}");
    // The output of the plugin too.
    serving.get("/trap").await;
    let line = serving.printed(&["wasmysql::plugin", "this request traps"]).await;
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["fields"]["stream"], "stderr");
    json(&serving.lines());
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_have_their_own_queries() {
    let mut schema = Schema::new().await;
    let mut serving = Serving::start(P3, &["--database", &database(&schema)]).await;
    assert_eq!(serving.get("/count").await.ok(), "1\n");
    let (mut first, mut second) = (serving.client().await, serving.client().await);
    let sleeping = tokio::spawn(async move { first.send(with_header("/sleep?2", "x-request-id", "first")).await });
    schema.running("SLEEP(", 1, PATIENCE).await;
    second.send(with_header("/query?5", "x-request-id", "second")).await;
    assert!(!sleeping.is_finished());
    sleeping.await.unwrap();
    serving.printed(&["/query 200", " 5 queries in ", "request second"]).await;
    serving.printed(&["/sleep 200", " 1 query in 20", "request first"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traceparent_is_the_parent_of_statement_spans() {
    let schema = Schema::new().await;
    let variables = [("RUST_LOG", "wasmysql_host=debug")];
    for (plugin, target, spans) in [
        (P3, "/query?1", &["request", "execute"][..]),
        (P3, "/transaction", &["request", "transaction", "execute"]),
        (P2, "/query?1", &["request", "execute"]),
    ] {
        let arguments = ["--log", "json", "--database", &database(&schema)];
        let mut serving = Serving::start_with(plugin, &arguments, &variables).await;
        let request = with_header(target, "traceparent", &format!("00-{TRACE}-{PARENT}-01"));
        serving.client().await.send(request).await.ok();
        let line = serving.printed(&["statement started"]).await;
        let event: Value = serde_json::from_str(&line).unwrap();
        let found = event["spans"].as_array().unwrap();
        let names: Vec<&str> = found.iter().map(|span| span["name"].as_str().unwrap()).collect();
        assert_eq!(names, spans, "{line}");
        assert_eq!((&found[0]["trace_id"], &found[0]["parent_id"]), (&TRACE.into(), &PARENT.into()), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_follow_the_conventions_of_opentelemetry() {
    let mut serving = Serving::start(P3, &[&NO_SERVER[..], &["--metrics", "127.0.0.1:0"]].concat()).await;
    let line = serving.printed(&["metrics at http://"]).await;
    let address = line.strip_prefix("metrics at http://").and_then(|line| line.strip_suffix("/metrics")).unwrap();
    let fetch = || -> (Vec<Sample>, String) {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
        (samples(&body), body)
    };
    let value = |name: &str, labels: &[(&str, &str)]| -> f64 {
        let has = |sample: &Sample| {
            labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|found| found == value))
        };
        fetch().0.iter().filter(|sample| sample.name == name && has(sample)).map(|sample| sample.value).sum()
    };
    let duration = "http_server_request_duration_seconds_count";
    let (get_, ok) = (("http_request_method", "GET"), ("http_response_status_code", "200"));
    let plugin = ("wasmysql_guest", "http_handles_requests");
    serving.get("/count").await.ok();
    serving.get("/trap").await;
    serving.client().await.send(post("/length", 1000)).await.ok();
    let mut unknown = get("/count");
    *unknown.method_mut() = "PURGE".parse().unwrap();
    serving.client().await.send(unknown).await.ok();
    until("all requests are counted", PATIENCE, async || value(duration, &[plugin]) == 4.0).await;
    assert_eq!(value(duration, &[get_, ok, ("url_scheme", "http")]), 1.0);
    assert_eq!(value(duration, &[get_, ("http_response_status_code", "500"), ("error_type", "trap")]), 1.0);
    assert_eq!(value(duration, &[("http_request_method", "_OTHER"), ok]), 1.0);
    assert_eq!(value("http_server_request_body_size_bytes_sum", &[("http_request_method", "POST")]), 1000.0);
    assert_eq!(value("http_server_response_body_size_bytes_sum", &[("http_request_method", "POST")]), 5.0);

    let mut client = serving.client().await;
    let waiting = tokio::spawn(async move { client.send(get("/wait?3000")).await });
    until("a request is in progress", PATIENCE, async || value("http_server_active_requests", &[get_]) == 1.0).await;
    waiting.await.unwrap().ok();
    until("no request is in progress", PATIENCE, async || value("http_server_active_requests", &[]) == 0.0).await;

    // A plugin can't create an unlimited number of series.
    for route in 0..105 {
        let reply = serving.get(&format!("/routed?{route}")).await;
        assert!(!reply.headers.contains_key("wasmysql-route"), "{reply:?}");
    }
    serving.printed(&["GET /routed 200 in ", "route /routed/104, "]).await;
    assert_eq!(value(duration, &[("http_route", "/routed/7"), get_, ok]), 1.0);
    assert_eq!(value(duration, &[("http_route", "_OTHER")]), 5.0);

    let (samples, text) = fetch();
    for sample in samples.iter().filter(|sample| sample.name.starts_with("http_")) {
        let name = ["_bucket", "_sum", "_count"].iter().find_map(|end| sample.name.strip_suffix(end));
        let name = name.unwrap_or(&sample.name);
        assert!(DOCUMENT.contains(&format!("| `{name}` | ")), "docs/metrics.md lacks {name}");
        for label in sample.labels.keys().filter(|label| *label != "le") {
            let is_documented = DOCUMENT.lines().any(|line| {
                let name = line.strip_prefix("| `").and_then(|line| line.split('`').next()).unwrap_or_default();
                name.replace('.', "_") == *label
            });
            assert!(is_documented, "docs/metrics.md lacks the label {label}");
        }
    }
    assert!(text.contains("# HELP http_server_request_duration_seconds Duration of requests"), "{text}");
}
