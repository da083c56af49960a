//! Tests of the SDK's example of routes, streams and errors.

use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use wasmysql_test_artifacts::EXAMPLE_HTTP_ROUTES;
use wasmysql_tests::{Schema, series};

use crate::client::{get, post};
use crate::{Serving, database};

#[tokio::test(flavor = "multi_thread")]
async fn routes_are_found_and_rows_are_streamed() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE planes (tailnum VARCHAR(9) PRIMARY KEY, seats SMALLINT UNSIGNED)").await;
    let planes = format!("INSERT INTO planes SELECT CONCAT('N', seq), 100 FROM {} AS series", series(5000));
    schema.run(&planes).await;
    let mut serving = Serving::start(EXAMPLE_HTTP_ROUTES, &["--database", &database(&schema)]).await;
    let mut client = serving.client().await;

    let plane = client.send(get("/planes/N7")).await;
    assert_eq!(plane.headers[CONTENT_TYPE], "application/json");
    assert_eq!(plane.headers[CONTENT_LENGTH], "28");
    assert!(!plane.headers.contains_key("wasmysql-route"), "{plane:?}");
    assert_eq!(plane.ok(), r#"{"tailnum":"N7","seats":100}"#);
    serving.printed(&["GET /planes/N7 200 in ", ", 1 query in ", ", route /planes/{tailnum}, request "]).await;
    let missing = client.send(get("/planes/N0")).await;
    let id = missing.headers["x-request-id"].to_str().unwrap();
    let expected = format!(r#"{{"error":"there is no plane N0","request":"{id}"}}"#);
    assert_eq!((missing.status, &missing.text), (StatusCode::NOT_FOUND, &expected));
    assert_eq!(client.send(post("/planes/N7", 1)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(client.send(get("/other")).await.status, StatusCode::NOT_FOUND);
    let line = serving.printed(&["GET /other 404 in "]).await;
    assert!(!line.contains("route"), "{line}");

    let all = client.send(get("/planes.csv")).await.ok();
    assert_eq!((all.lines().count(), all.lines().next()), (5001, Some("tailnum,seats")));
    assert!(all.lines().skip(1).all(|line| line.starts_with('N') && line.ends_with(",100")));

    // An internal error is logged with the id of the request, and the client sees no detail.
    schema.run("DROP TABLE planes").await;
    let failed = client.send(get("/planes/N7")).await;
    let id = failed.headers["x-request-id"].to_str().unwrap();
    let expected = format!(r#"{{"error":"the request failed","request":"{id}"}}"#);
    assert_eq!((failed.status, &failed.text), (StatusCode::INTERNAL_SERVER_ERROR, &expected));
    serving.printed(&["Error: request ", id, "planes"]).await;
    // A stream that fails is cut.
    assert!(client.is_cut(get("/planes.csv")).await);
    serving.printed(&["the body of a response could not be written"]).await;
}
