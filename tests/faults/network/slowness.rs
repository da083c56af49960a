//! The network is slow. That is no error while each step finishes within its own time limit.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Toxic, Trial, Way, guest};

use super::{over, runs};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn n8_one_byte_slices_are_only_slower() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    trial.schema.run("CREATE TABLE kept (id INT PRIMARY KEY)").await;
    let patient = Duration::from_secs(20);
    let options = trial.options_over(&proxy).max_connections(1).connect_timeout(patient);
    let database = Database::new(options).unwrap();
    proxy.set(Toxic::Slices { bytes: 1, pause: Duration::from_millis(1) });
    let start = Instant::now();
    let commits = guest(programs::FAULT_COMMITS_A_ROW);
    let commits = commits.database("main", &database, Grant::default().acquire_timeout(patient));
    assert_eq!(commits.args(["7"]).run().await.success(), "committed\n");
    let least = Duration::from_millis(proxy.received() as u64 / 2);
    assert!(start.elapsed() > least, "took {:?}, expected more than {least:?}", start.elapsed());
    assert_eq!(trial.schema.value::<u32>("SELECT id FROM kept").await, 7);
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n9_latency_counts_for_each_step_separately() {
    const STATEMENTS: usize = 8;
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    let delay = Duration::from_millis(200);
    proxy.set_on(Way::ToClient, Toxic::Latency { delay, jitter: delay / 4 });
    // Each statement takes two round trips; the first statement takes a third round trip for the
    // session settings. Together the statements take longer than the limit of a statement.
    let limit = Duration::from_secs(2);
    let grant = Grant::default().statement_timeout(limit);
    let start = Instant::now();
    let numbers: [String; STATEMENTS] = std::array::from_fn(|number| format!("DO {number}"));
    let printed = runs(&database, grant, numbers.each_ref().map(String::as_str)).run().await.success();
    assert_eq!(printed, "done, 0 rows\n".repeat(STATEMENTS));
    assert!(start.elapsed() > limit, "{:?}", start.elapsed());
    // A step past its limit fails, and the error names the step.
    let short = Grant::default().statement_timeout(delay);
    let output = runs(&database, short, ["DO 99"]).run().await.success();
    assert!(output.starts_with("Timeout(Execute): "), "{output}");
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n10_low_bandwidth_times_out_only_a_slow_row() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    // Connects before the bandwidth is limited.
    assert_eq!(runs(&database, Grant::default(), ["DO 1"]).run().await.success(), "done, 0 rows\n");
    proxy.set_on(Way::ToClient, Toxic::Bandwidth(10 << 10));
    // The second row takes 0.8 seconds at 10 KiB per second. The call that executes the statement
    // waits for the first row only.
    let row = "SELECT 'x' AS data UNION ALL SELECT REPEAT('x', 8192)";
    let read = async |limit: Duration| {
        let grant = Grant::new(Statements::Read).fetch_timeout(limit);
        guest(programs::FAULT_READS_ROW_BY_ROW).database("main", &database, grant).args([row]).run().await.success()
    };
    assert_eq!(read(Duration::from_secs(5)).await, "2 rows\n");
    let output = read(Duration::from_millis(400)).await;
    assert!(output.starts_with("0 rows, Timeout(Fetch): "), "{output}");
    proxy.clear();
    trial.is_over(database).await;
}
