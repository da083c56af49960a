//! Tests of the limits of requests.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::header::RETRY_AFTER;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wasmysql_tests::Schema;

use crate::client::{get, post};
use crate::serving::PATIENCE;
use crate::{AT_ONCE, NO_SERVER, P2, P3, Serving, database};

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_maximum_are_refused_at_once() {
    let mut schema = Schema::new().await;
    let database = database(&schema);
    let mut serving = Serving::start(P3, &["--max-requests", "2", "--database", &database]).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut client = serving.client().await;
        waiting.push(tokio::spawn(async move { client.send(get("/sleep?8")).await.ok() }));
    }
    schema.running("SLEEP(", 2, PATIENCE).await;
    let mut client = serving.client().await;
    let reply = client.send(get("/count")).await;
    assert!(waiting.iter().all(|waiting| !waiting.is_finished()), "the refusal has waited");
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{reply:?}");
    assert_eq!(reply.headers[RETRY_AFTER], "1");
    assert!(reply.text.contains("too many requests"), "{reply:?}");
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap(), "0\n");
    }
    assert_eq!(client.send(get("/count")).await.status, StatusCode::OK);
    serving.printed(&["GET /count 503 overloaded in "]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_requests_are_answered_with_504() {
    let mut schema = Schema::new().await;
    let database = database(&schema);
    let arguments = ["--timeout", "1", "--max-cpu-time", "0", "--database", &database];
    for (plugin, targets) in [(P3, &["/spin", "/wait?60000", "/sleep?25"][..]), (P2, &["/spin", "/sleep?25"])] {
        let mut serving = Serving::start(plugin, &arguments).await;
        for target in targets {
            let mut client = serving.client().await;
            let begin = Instant::now();
            let reply = client.send(get(target)).await;
            assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT, "{plugin} {target}: {reply:?}");
            assert!(begin.elapsed() < Duration::from_secs(1) + AT_ONCE, "{target}: {:?}", begin.elapsed());
            let path = target.split('?').next().unwrap();
            serving.printed(&[&format!("GET {path} 504 timeout in ")]).await;
            // The instance has ended: a new one answers, and no statement is left.
            assert_eq!(client.send(get("/count")).await.ok(), "1\n", "{plugin} {target}");
            schema.running("SLEEP(", 0, Duration::from_secs(10)).await;
        }
        assert!(!serving.lines().iter().any(|line| line.starts_with("error")), "{:?}", serving.lines());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cpu_time_of_a_request_is_limited() {
    for plugin in [P3, P2] {
        let mut serving = Serving::start(plugin, &[&NO_SERVER[..], &["--max-cpu-time", "1"]].concat()).await;
        let mut client = serving.client().await;
        assert_eq!(client.send(get("/spin")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
        serving.printed(&["1000 ms of CPU time"]).await;
        serving.printed(&["raise the limit with --max-cpu-time"]).await;
        assert_eq!(client.send(get("/count")).await.ok(), "1\n");
    }
    // Waiting does not count, and each request has its own limit.
    let serving = Serving::start(P3, &[&NO_SERVER[..], &["--max-cpu-time", "1"]].concat()).await;
    let mut client = serving.client().await;
    for requests in 1..=3 {
        client.send(get("/wait?1200")).await.ok();
        assert_eq!(client.send(get("/count")).await.ok(), format!("{}\n", 2 * requests));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_refused() {
    for plugin in [P3, P2] {
        let mut serving = Serving::start(plugin, &[&NO_SERVER[..], &["--max-body", "1"]].concat()).await;
        assert_eq!(serving.client().await.send(post("/length", 1 << 20)).await.ok(), "1048576\n");
        let reply = serving.client().await.send(post("/length", (1 << 20) + 1)).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{plugin}");
        serving.printed(&["POST /length 413 body-too-large in "]).await;

        // A body of unknown size is refused when it exceeds the limit.
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        let head = "POST /length HTTP/1.1\r\nHost: test.example\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("{:x}\r\n{}\r\n", 100_000, "x".repeat(100_000));
        for _ in 0..11 {
            stream.write_all(chunk.as_bytes()).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413", "{plugin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn response_is_cut_at_the_timeout() {
    let mut serving = Serving::start(P3, &[&NO_SERVER[..], &["--timeout", "2"]].concat()).await;
    assert_eq!(serving.get("/stream?3").await.ok(), "0\n1\n2\n");
    let mut client = serving.client().await;
    let body = client.open(get("/stream?600")).await.into_body();
    assert!(body.collect().await.is_err());
    serving.printed(&["GET /stream 200 timeout in "]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_does_not_read_is_disconnected_at_the_timeout() {
    let mut serving = Serving::start(P3, &[&NO_SERVER[..], &["--timeout", "2"]].concat()).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    // More than the buffers of both sockets.
    stream.write_all(b"GET /large?30000000 HTTP/1.1\r\nHost: test.example\r\n\r\n").await.unwrap();
    serving.printed(&["GET /large 200 timeout in "]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_do_not_reach_the_plugin() {
    let mut serving = Serving::start(P3, &NO_SERVER).await;
    assert_eq!(serving.get("/count").await.ok(), "1\n");
    let lengths = "Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx";
    for head in ["\r\n", "Host: a\r\nHost: b\r\n\r\n", "Host: a b\r\n\r\n", lengths] {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        stream.write_all(format!("GET /count HTTP/1.1\r\n{head}").as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400", "{head}");
    }
    for head in [
        "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "GET a.example:80 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400", "{head}");
    }
    serving.printed(&["GET /count 400 malformed in "]).await;
    // Many headers fit into the limits of WASI.
    let mut request = get("/count");
    for number in 0..90 {
        let name = format!("x-header-{number}").parse::<hyper::header::HeaderName>().unwrap();
        request.headers_mut().insert(name, "x".repeat(600).parse().unwrap());
    }
    assert_eq!(serving.client().await.send(request).await.ok(), "2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn plugin_receives_the_authority_of_the_request() {
    for plugin in [P3, P2] {
        let serving = Serving::start(plugin, &NO_SERVER).await;
        for (target, authority) in
            [("/authority", "test.example"), ("http://other.example:81/authority", "other.example:81")]
        {
            let text = serving.client().await.send(get(target)).await.ok();
            assert!(text.to_lowercase().contains("http") && text.contains(authority), "{plugin} {target}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_that_no_client_knows_are_replaced() {
    let mut serving = Serving::start(P3, &NO_SERVER).await;
    for (status, answered) in [(200, 200), (404, 404), (599, 599), (100, 500), (101, 500), (103, 500)] {
        let reply = serving.get(&format!("/status?{status}")).await;
        assert_eq!(reply.status.as_u16(), answered, "{status}: {reply:?}");
    }
    serving.printed(&["error: ", "103 is not the status of a response"]).await;
}
