//! A plugin of `wasi:http/incoming-handler@0.2` with the blocking API, for the tests of
//! `wasmysql serve`. The path of a request selects what the plugin does.

use std::cell::Cell;
use std::io::{Read, Write};

use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasmysql::blocking::Engine;

thread_local! {
    /// The requests that this instance has received.
    static REQUESTS: Cell<u32> = const { Cell::new(0) };
}

struct Plugin;

wasip2::http::proxy::export!(Plugin);

impl wasip2::exports::http::incoming_handler::Guest for Plugin {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        REQUESTS.set(REQUESTS.get() + 1);
        let (status, text) = match reply(&request) {
            Ok(text) => (200, text),
            Err(error) => (500, format!("{error}\n")),
        };
        let response = OutgoingResponse::new(Fields::new());
        response.set_status_code(status).expect("a valid status");
        let body = response.body().expect("the first use of the body");
        ResponseOutparam::set(outparam, Ok(response));
        let mut out = body.write().expect("the first use of the stream");
        // The client can be gone.
        let _ = out.write_all(text.as_bytes()).map(|()| out.blocking_flush());
        drop(out);
        let _ = OutgoingBody::finish(body, None);
    }
}

/// Returns the text of the response.
fn reply(request: &IncomingRequest) -> Result<String, Box<dyn std::error::Error>> {
    let target = request.path_with_query().unwrap_or_default();
    let (path, argument) = target.split_once('?').unwrap_or((&target, ""));
    Ok(match path {
        "/authority" => format!("{:?} {:?}\n", request.scheme(), request.authority()),
        "/count" => format!("{}\n", REQUESTS.get()),
        "/length" => {
            let body = request.consume().map_err(|()| "the body is missing")?;
            let mut received = Vec::new();
            body.stream().map_err(|()| "the stream is missing")?.read_to_end(&mut received)?;
            format!("{}\n", received.len())
        }
        "/spin" => loop {
            std::hint::spin_loop();
        },
        "/trap" => panic!("this request traps"),
        "/query" => {
            let engine = Engine::connect("main")?;
            let mut conn = engine.acquire()?;
            let mut answers = Vec::new();
            for _ in 0..argument.parse()? {
                answers.push(conn.query_scalar::<i64>("SELECT 42", ())?.to_string());
            }
            format!("{}\n", answers.join(" "))
        }
        "/sleep" => {
            let engine = Engine::connect("main")?;
            let slept: i64 = engine.query_scalar("SELECT SLEEP(?)", (argument.parse::<f64>()?,))?;
            format!("{slept}\n")
        }
        path => format!("no page {path}\n"),
    })
}

fn main() {}
