//! The SDK's examples run and print the expected output.

use wasmysql_tests::{Api, Schema};

use crate::programs;

/// Runs an example in a schema of its own, and returns its output.
async fn run(example: &'static str) -> String {
    Schema::new().await.guest(example).run().await.success()
}

/// Runs an example on the tables of the demo with five flights, and returns its output.
async fn run_on_flights(example: &'static str, arguments: &[&str]) -> String {
    let mut schema = Schema::new().await;
    for table in [
        include_str!("../../guest/demo/schema/airlines.sql"),
        include_str!("../../guest/demo/schema/airports.sql"),
        include_str!("../../guest/demo/schema/planes.sql"),
        include_str!("../../guest/demo/schema/flights.sql"),
    ] {
        schema.run(table).await;
    }
    for rows in include_str!("examples.sql").split_terminator(";\n") {
        schema.run(rows).await;
    }
    schema.guest(example).args(arguments.iter().copied()).run().await.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn sea_query_filters_by_its_arguments() {
    let all = "5 flights\n\
        JFK to SFO, 2586 miles: United Air Lines Inc. 57\n\
        JFK to BQN, 1576 miles: JetBlue Airways 725\n\
        EWR to IAH, 1416 miles: United Air Lines Inc. 1714\n";
    assert_eq!(run_on_flights(programs::EXAMPLE_SEA_QUERY, &[]).await, all);
    let to_miami = "1 flights\nJFK to MIA, 1089 miles: American Airlines Inc. 1141\n";
    assert_eq!(run_on_flights(programs::EXAMPLE_SEA_QUERY, &["-", "MIA"]).await, to_miami);
    assert_eq!(run_on_flights(programs::EXAMPLE_SEA_QUERY, &["EWR", "MIA"]).await, "0 flights\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn sea_orm_follows_relations_and_rolls_back() {
    let expected = "The latest arrivals:\n  \
          33 minutes, American Airlines Inc. 1141 to MIA on 2013-01-01\n  \
          20 minutes, United Air Lines Inc. 1714 to IAH on 2013-01-01\n  \
          16 minutes, United Air Lines Inc. 57 to SFO on 2013-01-02\n\
        Without United Air Lines Inc., 1 would be late.\n\
        With its 2 flights, 3 are.\n";
    assert_eq!(run_on_flights(programs::EXAMPLE_SEA_ORM, &[]).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn arrow_kernels_sum_batches() {
    let expected = "50000 rows, 192859 pieces, 999500.00\n\
        the last sale was 1709211909 seconds after 1970\n";
    assert_eq!(run(programs::EXAMPLE_ARROW).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_example_runs_without_async() {
    let outcome = Schema::new().await.guest(programs::EXAMPLE_BLOCKING).api(Api::Blocking).run().await;
    assert_eq!(outcome.success(), "the: 3\nand: 2\nbird: 1\nthe cat the dog the bird\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_inserts_and_updates_many_rows() {
    let expected = "50000 rows inserted\n\
        JFK: 25000, 4998 missing\n\
        LGA: 25000, 0 missing\n\
        7500 of LGA are mild\n";
    assert_eq!(run(programs::EXAMPLE_BULK).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_calls_join_stream_and_time_out() {
    let expected = "1 and 2\n\
        the sum is 500500\n\
        too late: true\n\
        closed: true\n\
        the quick one says 7\n\
        4 connections at most\n";
    assert_eq!(run(programs::EXAMPLE_CONCURRENT).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_matched_by_kind() {
    let printed = run(programs::EXAMPLE_ERRORS).await;
    let of_300 = if cfg!(feature = "mysql") { "BIGINT" } else { "INT" };
    for line in [
        "Grace is new",
        "Ada is known already (1062)",
        "Hypatia of Alexandria does not fit: Data too long for column 'name' at row 1",
        "Methuselah does not fit: Out of range value for column 'age' at row 1",
        &format!("column `many` ({of_300}) holds 300, which u8 can't hold"),
        "column `nothing` (NULL) is NULL: read it as Option<u8>",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "missing line:\n{line}\nin the output:\n{printed}");
    }
    assert!(printed.starts_with("EngineDenied: ") && printed.ends_with("\ntrue\n"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_read_in_every_way() {
    let expected = "EWR Newark: ?\n\
        JFK John F. Kennedy: 13 feet\n\
        LGA La Guardia: 22 feet\n\
        the lowest is JFK, at 13 feet\n\
        SFO is not known\n\
        3 airports: EWR, JFK, LGA\n\
        EWR has 6 letters\n\
        JFK has 15 letters\n\
        LGA has 10 letters\n\
        the longest name: JFK\n\
        35 feet in all\n";
    assert_eq!(run(programs::EXAMPLE_ROWS).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_commit_and_roll_back() {
    let expected = "committed: [(\"ada\", 70), (\"grace\", 30)]\n\
        dropped: [(\"ada\", 70), (\"grace\", 30)]\n\
        500: true\n\
        as a function: [(\"ada\", 75), (\"grace\", 25)]\n\
        refused: Err(TooPoor { balance: 5 })\n\
        with a savepoint: [(\"ada\", 65), (\"grace\", 35)]\n\
        100 in all\n";
    assert_eq!(run(programs::EXAMPLE_TRANSACTIONS).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn types_of_other_crates_round_trip() {
    let expected = "01234567-89ab-4def-8123-456789abcdef for 2013-01-31, booked 2013-01-01 00:00:00 UTC\n\
        1234567890123456.78, 5400500 ms to change\n\
        seat 12A\n\
        seat 12B\n";
    assert_eq!(run(programs::EXAMPLE_TYPES).await, expected);
}
