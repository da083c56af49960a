//! Tests of the instances of a plugin: reuse, concurrency, traps and cancellation.

use hyper::StatusCode;
use wasmysql_tests::{Schema, until};

use crate::client::{get, post};
use crate::serving::PATIENCE;
use crate::{NO_SERVER, P2, P3, Serving, database};

#[tokio::test(flavor = "multi_thread")]
async fn plugins_of_both_wasi_versions_answer() {
    let schema = Schema::new().await;
    for plugin in [P3, P2] {
        let serving = Serving::start(plugin, &["--database", &database(&schema)]).await;
        let mut client = serving.client().await;
        assert_eq!(client.send(get("/query?2")).await.ok(), "42 42\n", "{plugin}");
        assert_eq!(client.send(post("/length", 100_000)).await.ok(), "100000\n", "{plugin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn private_server_is_granted_by_default() {
    let serving = Serving::start(P3, &[]).await;
    assert_eq!(serving.get("/query?1").await.ok(), "42\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_is_replaced_after_its_requests() {
    let reused = [&NO_SERVER[..], &["--reuse", "3"]].concat();
    for (plugin, arguments, expected) in
        [(P3, &reused[..], [1, 2, 3, 1, 2]), (P2, &reused, [1, 2, 3, 1, 2]), (P2, &NO_SERVER, [1, 1, 1, 1, 1])]
    {
        let serving = Serving::start(plugin, arguments).await;
        let mut client = serving.client().await;
        let mut counts = Vec::new();
        for _ in expected {
            counts.push(client.send(get("/count")).await.ok().trim().parse::<i32>().unwrap());
        }
        assert_eq!(counts, expected, "{plugin} {arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_of_instances_is_reused() {
    for plugin in [P3, P2] {
        // The memory of two instances is reserved.
        let arguments = [&NO_SERVER[..], &["--max-requests", "1", "--reuse", "1"]].concat();
        let serving = Serving::start(plugin, &arguments).await;
        let mut client = serving.client().await;
        for request in 1..=50 {
            assert_eq!(client.send(get("/count")).await.ok(), "1\n", "{plugin}, request {request}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_handles_requests_concurrently_up_to_the_limit() {
    let mut schema = Schema::new().await;
    for (concurrency, shares) in [("16", true), ("1", false)] {
        let database = database(&schema);
        let serving = Serving::start(P3, &["--database", &database, "--concurrency", concurrency]).await;
        let mut shared = 0;
        for _ in 0..5 {
            let (mut first, mut second) = (serving.client().await, serving.client().await);
            // The idle instance accepts the first request, and perhaps the second one too.
            first.send(get("/count")).await.ok();
            let waiting = tokio::spawn(async move { first.send(get("/sleep?1")).await });
            schema.running("SLEEP(", 1, PATIENCE).await;
            let reply = second.send(get("/count")).await;
            assert!(!waiting.is_finished());
            shared += usize::from(waiting.await.unwrap().headers["x-instance"] == reply.headers["x-instance"]);
        }
        assert_eq!(shared > 0, shares, "{shared} of 5 pairs of requests shared an instance");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trap_answers_500_and_the_next_request_succeeds() {
    for plugin in [P3, P2] {
        let mut serving = Serving::start(plugin, &NO_SERVER).await;
        let mut client = serving.client().await;
        let reply = client.send(get("/trap")).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{plugin}");
        let id = reply.headers["x-request-id"].to_str().unwrap();
        assert_eq!(reply.text, format!("the request failed\nrequest {id}\n"));
        serving.printed(&["error: ", ".wasm (request ", id]).await;
        serving.printed(&["GET /trap 500 trap in ", id]).await;
        assert_eq!(client.send(get("/count")).await.ok(), "1\n", "{plugin}");
        let reports = serving.lines().iter().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(reports, 1, "{:?}", serving.lines());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_left_open_is_reported_and_closed() {
    let schema = Schema::new().await;
    // `/late` acquires its connection after its response.
    for target in ["/leak", "/late"] {
        let mut serving = Serving::start(P3, &["--reuse", "1000000", "--database", &database(&schema)]).await;
        let mut client = serving.client().await;
        let reply = client.send(get(target)).await;
        assert_eq!(reply.status, StatusCode::OK);
        let id = reply.headers["x-request-id"].to_str().unwrap().to_owned();
        let has =
            |line: &String| line.contains("a connection is closed that its request left open") && line.contains(&id);
        let mut requests = 1;
        until("the connection is reported", PATIENCE, async || {
            // The instance stays in use, or its end would close the connection.
            requests += 1;
            assert_eq!(client.send(get("/count")).await.ok(), format!("{requests}\n"));
            serving.lines().iter().any(has)
        })
        .await;
        serving.printed(&["left open", "idle in a transaction", &id]).await;
        assert_eq!(client.send(get("/query?1")).await.ok(), "42\n");
    }
}
