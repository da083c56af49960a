//! A plugin of `wasi:http/handler@0.3` for the tests of `wasmysql serve`. The path of a request
//! selects what the plugin does.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use wasip3::clocks::monotonic_clock::wait_for;
use wasip3::http::types::{self, ErrorCode};
use wasip3::http_compat::{BodyWriter, IncomingRequestBody, http_from_wasi_request, http_into_wasi_response};
use wasmysql::Engine;

thread_local! {
    /// The requests that this instance has received.
    static REQUESTS: Cell<u32> = const { Cell::new(0) };
    /// A number that only this instance has.
    static INSTANCE: u64 = RandomState::new().hash_one(());
}

struct Plugin;

wasip3::http::service::export!(Plugin);

impl wasip3::exports::http::handler::Guest for Plugin {
    async fn handle(request: types::Request) -> Result<types::Response, ErrorCode> {
        REQUESTS.set(REQUESTS.get() + 1);
        let request = http_from_wasi_request(request)?;
        if ["/stream", "/stream-and-sleep"].contains(&request.uri().path()) {
            return stream(request).await;
        }
        let route = match (request.uri().path(), request.uri().query()) {
            ("/routed", Some(query)) => HeaderValue::try_from(format!("/routed/{query}")).ok(),
            _ => None,
        };
        let status = match (request.uri().path(), request.uri().query()) {
            ("/status", Some(query)) => query.parse().ok(),
            _ => None,
        };
        let mut reply = match reply(request).await {
            Ok(text) => Response::new(text),
            Err(error) => {
                let mut response = Response::new(format!("{error}\n"));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        };
        if let Some(status) = status {
            *reply.status_mut() = status;
        }
        // As a plugin without the SDK names its route.
        if let Some(route) = route {
            reply.headers_mut().insert("wasmysql-route", route);
        }
        reply.headers_mut().insert("x-instance", INSTANCE.with(|instance| HeaderValue::from(*instance)));
        http_into_wasi_response(reply)
    }
}

/// Returns the text of the response.
async fn reply(request: Request<IncomingRequestBody>) -> Result<String, Box<dyn std::error::Error>> {
    let (head, body) = request.into_parts();
    let argument = head.uri.query().unwrap_or("").to_owned();
    Ok(match head.uri.path() {
        "/count" => format!("{}\n", REQUESTS.get()),
        "/routed" => "\n".to_owned(),
        "/version" => format!("{}\n", env!("CARGO_PKG_VERSION")),
        "/status" => "the status of the query\n".to_owned(),
        "/authority" => format!("{:?} {:?}\n", head.uri.scheme_str(), head.uri.authority()),
        "/late" => {
            wasip3::spawn_local(async {
                let earlier = REQUESTS.get();
                while REQUESTS.get() == earlier {
                    wait(10).await;
                }
                leave_open().await.expect("the database is reachable");
            });
            "leaves a transaction open after the next request\n".to_owned()
        }
        "/headers" => format!("{:?}\n", head.headers),
        "/length" => format!("{}\n", body.collect().await.map_err(|error| format!("{error:?}"))?.to_bytes().len()),
        "/wait" => {
            wait(argument.parse()?).await;
            "waited\n".to_owned()
        }
        "/spin" => loop {
            std::hint::spin_loop();
        },
        "/trap" => panic!("this request traps"),
        "/query" => {
            let engine = Engine::connect("main").await?;
            let mut conn = engine.acquire().await?;
            let mut answers = Vec::new();
            for _ in 0..argument.parse()? {
                answers.push(conn.query_scalar::<i64>("SELECT 42", ()).await?.to_string());
            }
            format!("{}\n", answers.join(" "))
        }
        "/sleep" => {
            let engine = Engine::connect("main").await?;
            let slept: i64 = engine.query_scalar("SELECT SLEEP(?)", (argument.parse::<f64>()?,)).await?;
            format!("{slept}\n")
        }
        "/lock" => {
            let engine = Engine::connect("main").await?;
            let locked: i64 = engine.query_scalar("SELECT GET_LOCK(?, 100)", (argument,)).await?;
            format!("{locked}\n")
        }
        "/transaction" => {
            let engine = Engine::connect("main").await?;
            engine.transaction(async |tx| tx.query_scalar::<i64>("SELECT 1", ()).await).await?;
            "committed\n".to_owned()
        }
        "/leak" => {
            leave_open().await?;
            "left a transaction open\n".to_owned()
        }
        "/large" => "x".repeat(argument.parse()?),
        path => format!("no page {path}\n"),
    })
}

async fn leave_open() -> wasmysql::Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let mut tx = conn.begin().await?;
    tx.query_scalar::<i64>("SELECT 1", ()).await?;
    std::mem::forget(tx);
    std::mem::forget(conn);
    Ok(())
}

/// Sends a line every 100 ms, as many as the query says, and then sleeps at the server for 25 s if
/// the path says that.
async fn stream(request: Request<IncomingRequestBody>) -> Result<types::Response, ErrorCode> {
    let lines: u32 = request.uri().query().unwrap_or("").parse().unwrap_or(0);
    let (mut writer, body, result) = BodyWriter::new();
    let sleeps = request.uri().path() == "/stream-and-sleep";
    let instance = INSTANCE.with(ToString::to_string).into_bytes();
    let headers = types::Fields::from_list(&[("x-instance".to_owned(), instance)])
        .map_err(|error| ErrorCode::InternalError(Some(format!("{error:?}"))))?;
    let (response, _sent) = types::Response::new(headers, Some(body), result);
    wasip3::spawn_local(async move {
        for line in 0..lines {
            if !writer.stream_writer.write_all(format!("{line}\n").into_bytes()).await.is_empty() {
                return;
            }
            wait(100).await;
        }
        if sleeps && let Ok(engine) = Engine::connect("main").await {
            let slept = engine.query_scalar::<i64>("SELECT SLEEP(25)", ()).await;
            eprintln!("slept: {slept:?}");
        }
        drop(writer.stream_writer);
        let _ = writer.result_writer.write(Ok(None)).await;
    });
    Ok(response)
}

async fn wait(milliseconds: u32) {
    let nanos = Duration::from_millis(milliseconds.into()).as_nanos();
    wait_for(u64::try_from(nanos).unwrap_or(u64::MAX)).await;
}

fn main() {}
