//! Tests of the end of the server.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::net::TcpStream;
use wasmysql_tests::{Schema, until};

use crate::client::get;
use crate::serving::PATIENCE;
use crate::{AT_ONCE, NO_SERVER, P3, Serving, database};

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_progress_finish_after_a_signal() {
    let mut schema = Schema::new().await;
    for signal in [Signal::TERM, Signal::INT] {
        let mut serving = Serving::start(P3, &["--database", &database(&schema)]).await;
        let (mut client, mut idle) = (serving.client().await, serving.client().await);
        assert_eq!(idle.send(get("/count")).await.ok(), "1\n");
        let waiting = tokio::spawn(async move { client.send(get("/sleep?3")).await.ok() });
        schema.running("SLEEP(", 1, PATIENCE).await;
        serving.signal(signal);
        serving.printed(&["stopping; requests in progress: 1"]).await;
        until("idle connections are closed", AT_ONCE, async || idle.is_closed()).await;
        assert!(TcpStream::connect(serving.address).await.is_err());
        assert!(!waiting.is_finished());
        assert_eq!(waiting.await.unwrap(), "0\n");
        assert_eq!(serving.ended().await, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_cut_at_the_end_of_the_drain() {
    let mut schema = Schema::new().await;
    let mut serving = Serving::start(P3, &["--drain", "1", "--database", &database(&schema)]).await;
    let mut client = serving.client().await;
    let waiting = tokio::spawn(async move { client.open(get("/sleep?25")).await });
    schema.running("SLEEP(", 1, PATIENCE).await;
    let begin = Instant::now();
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended().await, Some(143));
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(waiting.await.is_err(), "the request was answered");
    schema.running("SLEEP(", 0, Duration::from_secs(10)).await;
    assert!(serving.lines().iter().any(|line| line.contains("requests that did not end within 1 s and are cut: 1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn second_signal_stops_at_once() {
    let mut serving = Serving::start(
        P3,
        &[&NO_SERVER[..], &["--drain", "600", "--timeout", "600", "--metrics", "127.0.0.1:0"]].concat(),
    )
    .await;
    assert_eq!(serving.get("/count").await.ok(), "1\n");
    let mut client = serving.client().await;
    let _waiting = tokio::spawn(async move { client.open(get("/wait?600000")).await });
    let metrics = serving.printed(&["metrics at "]).await;
    let address = metrics.rsplit("//").next().unwrap().split('/').next().unwrap().parse().unwrap();
    let in_progress = async || {
        let reply = crate::Client::connect(address).await.send(get("/metrics")).await.ok();
        reply.lines().any(|line| line.starts_with("http_server_active_requests{") && line.ends_with(" 1"))
    };
    until("the request is in progress", PATIENCE, in_progress).await;
    serving.signal(Signal::INT);
    serving.printed(&["stopping; requests in progress: 1"]).await;
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended().await, Some(143));
}
