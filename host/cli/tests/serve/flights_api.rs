//! Tests of the demo's JSON API, and of the page without a browser.

use std::collections::HashSet;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use serde_json::{Value, json};
use wasmysql_tests::Schema;

use crate::client::{Client, get, post};
use crate::flights::{serve, served_flights};

/// Filters, each with the condition that it means.
const FILTERS: [(&str, &str); 9] = [
    ("", "TRUE"),
    ("origin=JFK", "origin = 'JFK'"),
    ("carrier=ua", "carrier = 'UA'"),
    ("destination=LAX", "dest = 'LAX'"),
    ("from=2013-01-31", "day = 31"),
    ("to=2013-01-01", "day = 1"),
    ("from=2013-01-10&to=2013-01-12", "day BETWEEN 10 AND 12"),
    ("delay=0", "dep_delay >= 0"),
    (
        "origin=EWR&carrier=UA&destination=LAX&from=2013-01-02&to=2013-01-30&delay=15",
        "origin = 'EWR' AND carrier = 'UA' AND dest = 'LAX' AND day BETWEEN 2 AND 30 AND dep_delay >= 15",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn filters_select_the_flights_of_their_condition() {
    let (mut schema, serving) = served_flights().await;
    let mut client = serving.client().await;
    for (filter, condition) in FILTERS {
        let count: u64 = schema.value(&format!("SELECT COUNT(*) FROM flights WHERE {condition}")).await;
        let cancelled: u64 =
            schema.value(&format!("SELECT COUNT(*) FROM flights WHERE {condition} AND dep_time IS NULL")).await;
        let mean: f64 =
            schema.value(&format!("SELECT CAST(AVG(dep_delay) AS DOUBLE) FROM flights WHERE {condition}")).await;
        let summary = json(&mut client, &format!("/api/summary?{filter}")).await;
        assert_eq!((&summary["flights"], &summary["cancelled"]), (&json!(count), &json!(cancelled)), "{filter}");
        assert!((summary["mean_delay"].as_f64().unwrap() - mean).abs() <= 0.051, "{filter}: {mean} {summary}");
        for groups in ["days", "hours", "carriers"] {
            let flights = summary[groups].as_array().unwrap().iter().map(|group| group["flights"].as_u64().unwrap());
            assert_eq!(flights.sum::<u64>(), count, "{groups} of {filter}");
        }
        let page = json(&mut client, &format!("/api/flights?{filter}&limit=200")).await;
        assert_eq!(page["total"], count, "{filter}");
        assert_eq!(page["flights"].as_array().unwrap().len() as u64, count.min(200), "{filter}");
    }
    let options = json(&mut client, "/api/options").await;
    let lengths = ["origins", "carriers", "destinations"].map(|list| options[list].as_array().unwrap().len());
    assert_eq!(lengths, [3, 16, 94]);
    let empty = json(&mut client, "/api/summary?carrier=ZZ").await;
    assert_eq!((&empty["flights"], &empty["mean_delay"], &empty["days"]), (&json!(0), &Value::Null, &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_contain_each_flight_once_in_both_directions() {
    let (_schema, serving) = served_flights().await;
    let mut client = serving.client().await;
    for filter in ["", "origin=LGA&from=2013-01-30&", "carrier=HA&"] {
        let mut pages = vec![json(&mut client, &format!("/api/flights?{filter}limit=200")).await];
        let total = pages[0]["total"].as_u64().unwrap();
        let (mut seen, mut count) = (HashSet::new(), 0);
        while let Some(page) = pages.last() {
            assert_eq!((&page["total"], &page["first"]), (&json!(total), &json!(count + 1)), "{filter}");
            for flight in page["flights"].as_array().unwrap() {
                let key = ["date", "carrier", "flight", "origin", "scheduled"].map(|field| flight[field].to_string());
                assert!(seen.insert(key), "{filter}: {flight}");
                count += 1;
            }
            let Some(next) = page["next"].as_str() else { break };
            let next = json(&mut client, next).await;
            pages.push(next);
        }
        assert_eq!((count, pages.len() as u64), (total, total.div_ceil(200)), "{filter}");
        for position in (1..pages.len()).rev() {
            let previous = json(&mut client, pages[position]["previous"].as_str().unwrap()).await;
            assert_eq!(previous, pages[position - 1], "page {position} of {filter}");
        }
        assert_eq!(pages[0]["previous"], Value::Null);
    }
    // The last page can be asked for again, and no page follows.
    let after = json(&mut client, "/api/flights?after=2013-02-01T04.ZZ.65535.ZZZ").await;
    assert_eq!((&after["flights"], &after["first"], &after["next"]), (&json!([]), &json!(0), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_values_are_answered_with_their_reason() {
    let mut schema = Schema::new().await;
    let serving = serve(&schema).await;
    let mut client = serving.client().await;
    for (target, reason) in [
        (
            "/api/flights?orgin=JFK",
            "unknown parameter \"orgin\"; available: origin, carrier, destination, from, to, delay, limit, after, before",
        ),
        (
            "/api/summary?limit=5",
            "unknown parameter \"limit\"; available: origin, carrier, destination, from, to, delay",
        ),
        ("/api/options?origin=JFK", "unknown parameter \"origin\"; available: none"),
        ("/api/flights?origin=JFKX", "origin: invalid value \"JFKX\"; use the code of an airport: three letters"),
        ("/api/flights?origin='%20OR", "origin: invalid value \"' OR\"; use the code of an airport: three letters"),
        ("/api/flights?carrier=U", "carrier: invalid value \"U\"; use the code of an airline: two letters or digits"),
        (
            "/api/flights?from=2013-02-30",
            "from: invalid value \"2013-02-30\"; use a date from 2013-01-01 to 2013-01-31",
        ),
        (
            "/api/summary?from=2013-01-09&to=2013-01-08",
            "from: 2013-01-09 is after 2013-01-08, the value of to; use an earlier date",
        ),
        ("/api/flights?delay=-1", "delay: invalid value \"-1\"; use a number of minutes from 0 to 1440"),
        ("/api/flights?limit=0", "limit: invalid value \"0\"; use a number from 1 to 200"),
        ("/api/flights?limit=201", "limit: invalid value \"201\"; use a number from 1 to 200"),
        ("/api/flights?after=7", "after: invalid value \"7\"; use a value that a response contains"),
        ("/api/flights?limit=5&limit=6", "limit: the parameter occurs twice; remove one"),
        (
            "/api/flights?after=2013-01-01T10.UA.1.EWR&before=2013-01-01T10.UA.1.EWR",
            "after and before can't be combined; remove one",
        ),
    ] {
        let reply = client.send(get(target)).await;
        let body: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!((reply.status, body["error"].as_str()), (StatusCode::BAD_REQUEST, Some(reason)), "{target}");
    }
    assert_eq!(client.send(get("/flights")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.send(post("/api/flights", 1)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    // The schema has no tables.
    let reply = client.send(get("/")).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.text.contains("Run the plugin wasmysql-demo first"), "{}", reply.text);
    let database = schema.name().to_owned();
    assert!(!reply.text.contains(&database), "the page shows the name of the schema");
    schema.run("CREATE TABLE flights (day TINYINT)").await;
    let reply = client.send(get("/api/summary")).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.text.contains("the request failed"), "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn page_has_a_strict_policy_and_escapes_texts() {
    let (mut schema, serving) = served_flights().await;
    let name = "<b id=name>\"Jet\" & 'Blue'</b></option><script>";
    schema.run(&format!("UPDATE airlines SET name = '{}' WHERE carrier = 'B6'", name.replace('\'', "''"))).await;
    let mut client = serving.client().await;
    let page = client.send(get("/?carrier=B6")).await;
    assert_eq!(page.headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(page.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(page.headers[CACHE_CONTROL], "no-cache");
    let policy = page.headers[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let (_, rest) = policy.split_once("script-src 'nonce-").unwrap();
    let nonce = rest.split('\'').next().unwrap();
    assert_eq!(nonce.len(), 32, "{policy}");
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    let text = page.ok();
    assert_eq!(text.matches(&format!("<script nonce=\"{nonce}\">")).count(), 1);
    assert_eq!(text.matches("<script").count(), 1, "a script from the database");
    assert!(text.contains("&lt;b id=name&gt;&quot;Jet&quot; &amp; 'Blue'&lt;/b&gt;"), "the name is missing");
    assert!(!text.contains("<b id=name"), "a text is not escaped");
    // An invalid value is repeated in the message.
    let refused = client.send(get("/?carrier=%3Cscript%3E")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(
        refused.text.contains("&lt;script&gt;") && refused.text.matches("<script").count() == 1,
        "{}",
        refused.text
    );
    let other = client.send(get("/")).await;
    let other_policy = other.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!other_policy.contains(nonce), "the nonce is used twice");
    let icon = client.send(get("/icon.svg")).await;
    assert_eq!(
        (icon.status, &icon.headers[CONTENT_TYPE]),
        (StatusCode::OK, &HeaderValue::from_static("image/svg+xml"))
    );
    let report = client.send(get("/report?carrier=HA")).await;
    assert_eq!(report.headers[CONTENT_SECURITY_POLICY], "default-src 'none'; frame-ancestors 'none'");
    assert!(report.ok().starts_with("<div id=\"report\" data-status=\"31 flights\">"));
}

/// Returns the JSON of a successful response.
async fn json(client: &mut Client, target: &str) -> Value {
    let reply = client.send(get(target)).await;
    assert_eq!(reply.status, StatusCode::OK, "{target}: {}", reply.text);
    assert_eq!(reply.headers[CONTENT_TYPE], "application/json");
    serde_json::from_str(&reply.text).unwrap()
}
