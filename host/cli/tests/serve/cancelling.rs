//! Tests of requests whose client is gone or whose time is over, beside other requests of their
//! instance.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::sleep;
use wasmysql_tests::Schema;

use crate::client::{Client, get};
use crate::serving::PATIENCE;
use crate::{NO_SERVER, P2, P3, Serving, database};

/// The time in which the statement of a cancelled request ends. It would take 25 s by itself.
const SOON: Duration = Duration::from_secs(10);

/// Returns whether another part of the body arrives.
async fn continues(response: &mut Response<Incoming>) -> bool {
    matches!(response.frame().await, Some(Ok(_)))
}

/// Opens responses of both targets from the same instance. `pause` is the time between them.
async fn sharing_instance(serving: &Serving, targets: [&str; 2], pause: Duration) -> [(Client, Response<Incoming>); 2] {
    for _ in 0..50 {
        let (mut first, mut second) = (serving.client().await, serving.client().await);
        let one = first.open(get(targets[0])).await;
        sleep(pause).await;
        let two = second.open(get(targets[1])).await;
        if one.headers()["x-instance"] == two.headers()["x-instance"] {
            return [(first, one), (second, two)];
        }
    }
    panic!("no two requests shared an instance")
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connection_cancels_its_request() {
    let mut schema = Schema::new().await;
    for plugin in [P3, P2] {
        let mut serving = Serving::start(plugin, &["--database", &database(&schema)]).await;
        let mut client = serving.client().await;
        let asking = tokio::spawn(async move { client.send(get("/sleep?25")).await.text });
        schema.running("SLEEP(", 1, PATIENCE).await;
        asking.abort();
        schema.running("SLEEP(", 0, SOON).await;
        serving.printed(&["GET /sleep - disconnected in "]).await;
        assert_eq!(serving.get("/count").await.ok(), "1\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connection_ends_its_statement_beside_other_requests() {
    let mut schema = Schema::new().await;
    let mut serving = Serving::start(P3, &["--database", &database(&schema)]).await;
    let targets = ["/stream?600", "/stream-and-sleep?1"];
    let [(_other, mut other), (client, response)] = sharing_instance(&serving, targets, Duration::ZERO).await;
    schema.running("SLEEP(25)", 1, PATIENCE).await;
    drop((client, response));
    serving.printed(&["GET /stream-and-sleep 200 disconnected in "]).await;
    schema.running("SLEEP(25)", 0, SOON).await;
    serving.printed(&["slept: Err", "the host cancelled the request"]).await;
    assert!(continues(&mut other).await, "the other request was cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn timeout_ends_its_statement_beside_other_requests() {
    let mut schema = Schema::new().await;
    let mut serving = Serving::start(P3, &["--timeout", "6", "--database", &database(&schema)]).await;
    let targets = ["/stream-and-sleep?1", "/stream?600"];
    let [late, (_other, mut other)] = sharing_instance(&serving, targets, Duration::from_secs(3)).await;
    serving.printed(&["GET /stream-and-sleep 200 timeout in "]).await;
    schema.running("SLEEP(25)", 0, SOON).await;
    assert!(continues(&mut other).await, "the statement has ended with its instance");
    drop(late);
}

#[tokio::test(flavor = "multi_thread")]
async fn cpu_time_of_a_request_is_limited_beside_other_requests() {
    let serving = Serving::start(P3, &[&NO_SERVER[..], &["--max-cpu-time", "1", "--timeout", "60"]].concat()).await;
    let mut client = serving.client().await;
    let spinning = tokio::spawn(async move { client.send(get("/spin")).await.status.as_u16() });
    // Each request that an instance accepts has its own limit. The last one can end with the
    // instance, when the limit of the first request is reached.
    let mut served = 0;
    while serving.client().await.open(get("/wait?100")).await.status().is_success() && !spinning.is_finished() {
        served += 1;
    }
    assert!(served >= 3, "{served}");
    assert_eq!(spinning.await.unwrap(), 500);
}
