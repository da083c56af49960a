//! The list of metrics matches real traffic, docs/metrics.md and the queries of docs/grafana.json.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use wasmysql_host::telemetry::{Instrument, METRICS, Metric, label};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Metrics, PATIENCE, Sample, Schema, guest, shared_server};

use crate::programs;

const DATABASE: &str = "documented";

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the Prometheus name of a metric, without the suffixes of a histogram's series.
fn in_prometheus(metric: &Metric) -> String {
    let mut name = underscored(metric.name);
    match metric.unit.as_str() {
        "count" => {}
        unit if name.ends_with(unit) => {}
        unit => name = format!("{name}_{unit}"),
    }
    let total = if metric.instrument == Instrument::Counter { "_total" } else { "" };
    format!("{name}{total}")
}

fn underscored(name: &str) -> String {
    name.replace('.', "_")
}

/// Returns the samples of guests whose calls together cover every metric.
async fn traffic() -> Vec<Sample> {
    let metrics = Metrics::listen();
    let mut schema = Schema::new().await;
    let options = schema.options().name(DATABASE).slow_statement_after(Duration::from_millis(50));
    let options = options.leak_report_after(Duration::from_millis(50));
    let database = Database::new(options).unwrap();
    let with = |program| guest(program).database("main", &database, Grant::new(Statements::Ddl));
    schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
    let statements = ["SELECT * FROM locked", "SELECT * FROM nowhere", "SELECT SLEEP(0.2)"];
    with(programs::RUNS_EACH_STATEMENT).args(statements).run().await.success();
    with(programs::STATEMENT_TIMES_OUT).run().await.success();
    let holds = guest(programs::HOLDS_ALL_ITS_CONNECTIONS);
    holds.database("main", &database, Grant::default().max_connections(2)).run().await.success();
    // The number of leak reports depends on the load of the machine, so it is not checked.
    let labels = [("db_client_connection_pool_name", DATABASE)];
    metrics.wait_for("wasmysql_connection_kills_total", &labels, 3.0, PATIENCE).await;

    let (port, grant) = (shared_server().port(), Grant::new(Statements::Read));
    let replicated = Database::new(schema.options().name(DATABASE).server("127.0.0.1", port).prefer_replicas(true));
    guest(programs::RUNS_EACH_STATEMENT).database("main", &replicated.unwrap(), grant).run().await.success();
    let nowhere = Database::new(DatabaseOptions::tcp("127.0.0.1", 1).name(DATABASE)).unwrap();
    guest(programs::RUNS_EACH_STATEMENT).database("main", &nowhere, Grant::default()).run().await.success();
    let of_database = |sample: &Sample| {
        sample.labels.get("db_client_connection_pool_name").is_some_and(|database| database == DATABASE)
    };
    metrics.samples().into_iter().filter(of_database).collect()
}

/// Returns the labels of the samples, by metric name.
fn exported(samples: &[Sample]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut exported: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for sample in samples {
        exported.entry(&*sample.name).or_default().extend(sample.labels.keys().map(String::as_str));
    }
    exported
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_and_dashboard_match_the_metric_list() {
    let samples = traffic().await;
    let exported = exported(&samples);

    let mut expected = BTreeMap::new();
    for metric in METRICS {
        let name = in_prometheus(metric);
        let labels: BTreeSet<_> = metric.labels.iter().map(|label| underscored(label)).collect();
        match metric.instrument {
            Instrument::Histogram => {
                expected.insert(format!("{name}_sum"), labels.clone());
                expected.insert(format!("{name}_count"), labels.clone());
                let of_bucket = labels.into_iter().chain(["le".to_owned()]);
                expected.insert(format!("{name}_bucket"), of_bucket.collect());
            }
            _ => {
                expected.insert(name, labels);
            }
        }
    }
    for (name, labels) in &expected {
        let Some(found) = exported.get(&**name) else { panic!("{name} is not exported") };
        // No KILL fails in this traffic, so the metric has no `error_type`.
        let is_expected = |label: &&String| name != "wasmysql_connection_kills_total" || *label != "error_type";
        let labels: BTreeSet<_> = labels.iter().filter(is_expected).map(String::as_str).collect();
        assert_eq!(*found, labels, "{name}");
    }
    let unexpected: Vec<_> = exported.keys().filter(|name| !expected.contains_key(**name)).collect();
    assert!(unexpected.is_empty(), "metrics missing in METRICS: {unexpected:?}");

    let dashboard: Value = serde_json::from_str(&document("grafana.json")).unwrap();
    let mut queries = Vec::new();
    collect(&dashboard, &mut queries);
    assert!(queries.len() > 30, "{}", queries.len());
    let mut used = BTreeSet::new();
    for query in &queries {
        used.extend(check_query(query, &expected));
    }
    // The dashboard need not show every metric, but it must show the pool and the statements.
    assert!(used.len() > 15, "{used:?}");
}

/// Collects the PromQL queries of panels and variables.
fn collect<'d>(value: &'d Value, queries: &mut Vec<&'d str>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (&**key, value) {
                    ("expr" | "definition", Value::String(query)) => queries.push(query),
                    ("query", Value::String(query)) if query != "prometheus" => queries.push(query),
                    _ => collect(value, queries),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, queries)),
        _ => {}
    }
}

/// Checks that every word of a query is a PromQL word, a metric, or a label of a metric of the
/// query. Each metric may be selected only by its own labels. Returns the metrics of the query.
fn check_query(query: &str, exported: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    const PROMQL: [&str; 6] = ["by", "histogram_quantile", "label_values", "max", "rate", "sum"];
    for (before, selector) in query.split('}').filter_map(|part| part.split_once('{')) {
        let metric = words(before).last().copied().unwrap_or_default();
        let Some(labels) = exported.get(metric) else { panic!("'{metric}' is not a metric: {query}") };
        for label in words(selector) {
            assert!(labels.contains(label), "'{label}' is not a label of {metric}: {query}");
        }
    }
    let words = words(query);
    let metrics: BTreeSet<_> =
        words.iter().filter(|word| exported.contains_key(**word)).map(|word| (*word).to_owned()).collect();
    assert!(!metrics.is_empty(), "no metric in: {query}");
    for word in words {
        let is_a_label = metrics.iter().any(|metric| exported[metric].contains(word));
        let is_known = PROMQL.contains(&word) || metrics.contains(word) || is_a_label;
        assert!(is_known, "'{word}' is neither a metric nor a label of {metrics:?}: {query}");
    }
    metrics
}

/// Returns the names in a query, without quoted strings and Grafana variables.
fn words(query: &str) -> Vec<&str> {
    let unquoted = query.split('"').step_by(2);
    let words = unquoted.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$'));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')).collect()
}

#[test]
fn metrics_document_lists_every_metric_and_label() {
    let document = document("metrics.md");
    for metric in METRICS {
        let instrument = format!("{:?}", metric.instrument).to_lowercase();
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let unit = metric.unit.as_str();
        let (name, prometheus, labels) = (metric.name, in_prometheus(metric), labels.join(", "));
        let row = format!("| `{name}` | `{prometheus}` | {instrument} | {unit} | {labels} | {} |", metric.meaning);
        assert!(document.lines().any(|line| line == row), "docs/metrics.md lacks this line:\n{row}");
    }
    let labels = [
        label::DATABASE,
        label::GUEST,
        label::SYSTEM,
        label::NAMESPACE,
        label::OPERATION,
        label::KIND,
        label::ERROR,
        label::STATE,
        label::SERVER,
        label::REASON,
        label::LIMIT,
        label::OUTCOME,
    ];
    for name in METRICS.iter().flat_map(|metric| metric.labels) {
        assert!(labels.contains(name), "label {name} is missing in the list of this test");
    }
    for name in labels {
        let begins = format!("| `{name}` | `{}` | ", underscored(name));
        assert!(document.lines().any(|line| line.starts_with(&begins)), "docs/metrics.md lacks a line: {begins}");
    }
    // `wasmysql serve` has further metrics, which its own tests compare.
    let (statements, _) = document.split_once("## HTTP requests").unwrap();
    let rows = statements.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, METRICS.len() + labels.len(), "docs/metrics.md has rows of metrics or labels that do not exist");
}
