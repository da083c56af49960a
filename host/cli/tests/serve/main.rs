//! Tests of `wasmysql serve`: requests, limits, reloads, signals and logs.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod arguments;
mod browser;
mod cancelling;
mod client;
mod example;
mod flights;
mod flights_api;
mod instances;
mod limits;
mod observing;
mod page;
mod reload;
mod serving;
mod stopping;

use std::time::Duration;

use wasmysql_test_artifacts::{EXAMPLE_HTTP_ROUTES, HTTP_HANDLES_REQUESTS as P3, HTTP_HANDLES_REQUESTS_0_2 as P2};
use wasmysql_tests::{Schema, shared_server};

use client::Client;
use serving::Serving;

/// Programs that handle requests. A program that no test uses does not compile.
#[test]
fn all_programs_are_tested() {
    let mut programs = Vec::new();
    macro_rules! add {
        ($program:ident) => {
            programs.push(wasmysql_test_artifacts::$program)
        };
    }
    wasmysql_test_artifacts::foreach_http_program!(add);
    assert_eq!(programs, [P3, P2, EXAMPLE_HTTP_ROUTES]);
}

/// An unreachable database, for requests that use no database. Connections are made only on first
/// use.
const NO_SERVER: [&str; 2] = ["--database", "main=mysql://nobody@127.0.0.1:1/none"];

/// The time in which an answer of the host arrives that needs no wait. A busy machine is slow.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Returns the value of `--database` for a schema on the shared server.
fn database(schema: &Schema) -> String {
    let url = shared_server().url();
    format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name())
}
