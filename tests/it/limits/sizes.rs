//! Limits of the size of calls, rows and results. The default limits are tested in
//! `tests/faults`, where no other test uses memory at the same time.

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, start_server, until};

use crate::programs;

/// Runs `program` in both APIs, with a database for each limited grant.
async fn check(program: &'static str, limited: impl Fn(Grant) -> Vec<(&'static str, Grant)>) {
    let schema = Schema::new().await;
    let database = schema.database();
    let grant = || Grant::new(Statements::Dml);
    for api in Api::BOTH {
        let mut guest = guest(program).api(api);
        for (name, grant) in limited(grant()) {
            guest = guest.database(name, &database, grant);
        }
        guest.run().await.success();
        until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn call_size_is_limited_by_the_grant() {
    check(programs::CALLS_WITHIN_THEIR_LIMITS, |grant| {
        vec![
            ("1000 bytes of SQL", grant.clone().max_sql_bytes(1000)),
            ("3 parameters", grant.clone().max_parameters(3)),
            ("100 bytes of a parameter", grant.clone().max_parameter_bytes(100)),
            ("100 bytes of parameters", grant.max_all_parameter_bytes(100)),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_size_is_limited_by_the_grant() {
    check(programs::ROWS_WITHIN_THEIR_LIMITS, |grant| {
        vec![
            ("1000 bytes of a row", grant.clone().max_row_bytes(1000)),
            ("3 columns", grant.clone().max_columns(3)),
            ("1000 bytes of a batch", grant.batch_bytes(1000)),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn result_size_is_limited_by_the_grant() {
    check(programs::RESULTS_WITHIN_THEIR_LIMITS, |grant| {
        vec![
            ("3 rows", grant.clone().max_result_rows(3)),
            ("20000 rows", grant.clone().max_result_rows(20_000)),
            ("80 bytes", grant.clone().max_result_bytes(80)),
            ("800000 bytes", grant.max_result_bytes(800_000)),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prepared_transactions_are_limited_by_the_grant() {
    for api in Api::BOTH {
        let schema = Schema::new().await;
        let options = schema.options();
        limits_prepared_transactions(api, schema, options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: XA_RECOVER_ADMIN")]
async fn prepared_transactions_are_limited_if_they_can_not_be_listed() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let account = format!("{}_plain", schema.name());
        schema.run(&format!("CREATE USER {account}@127.0.0.1 IDENTIFIED BY 'plain'")).await;
        schema.run(&format!("GRANT ALL ON {}.* TO {account}@127.0.0.1", schema.name())).await;
        let options = schema.options().user(account).password("plain");
        limits_prepared_transactions(api, schema, options).await;
    }
}

async fn limits_prepared_transactions(api: Api, mut schema: Schema, options: DatabaseOptions) {
    schema.run("CREATE TABLE prepared (id INT)").await;
    let database = Database::new(options).unwrap();
    let prepared = |count| Grant::new(Statements::Dml).max_prepared_transactions(count);
    // The limit is per guest name, and other tests prepare transactions too.
    let guest = guest(programs::PREPARED_TRANSACTION_LIMIT).api(api).guest_name(schema.name());
    let guest = guest.database("2 prepared", &database, prepared(2)).database("none prepared", &database, prepared(0));
    guest.run().await.success();
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM prepared").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_depth_is_limited_by_the_grant() {
    check(programs::NESTS_TRANSACTIONS, |grant| {
        vec![
            ("3 deep", grant.clone().max_transaction_depth(3)),
            ("2000 deep", grant.clone().max_transaction_depth(2000)),
            ("main", grant),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn result_of_65536_columns_is_not_taken_for_ok_packet() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let columns: Vec<_> = (0..1000).map(|at| format!("c{at} TINYINT")).collect();
        schema.run(&format!("CREATE TABLE wide ({})", columns.join(", "))).await;
        schema.run("INSERT INTO wide (c0) VALUES (1)").await;
        schema.guest(programs::SELECTS_TOO_MANY_COLUMNS).api(api).run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn packet_size_is_limited_by_the_database() {
    const PACKET: usize = 64 * 1024;
    /// Bytes of a one-column row beside its text: header, NULL bitmap, text length.
    const OVERHEAD: usize = 1 + 1 + 3;
    let schema = Schema::new().await;
    let database = Database::new(schema.options().max_packet_bytes(PACKET)).unwrap();
    for api in Api::BOTH {
        let select = |bytes: usize| format!("SELECT REPEAT('x', {bytes})");
        let reader = guest(programs::RUNS_EACH_STATEMENT).api(api).database("main", &database, Grant::default());
        let printed = reader.args([select(PACKET - OVERHEAD), select(PACKET - OVERHEAD + 1)]).run().await.success();
        let (at_the_limit, past_it) = printed.split_once('\n').unwrap();
        assert_eq!(at_the_limit, "done, 0 rows");
        assert!(past_it.starts_with("LimitExceeded(RowBytes): "), "{past_it}");
        until("the connection is closed", PATIENCE, async || database.status().in_use == 0).await;
    }
}

/// 1 KiB is the smallest packet size that a server can be configured for. The server still reads
/// packets of up to `net_buffer_length`.
#[tokio::test(flavor = "multi_thread")]
async fn server_with_one_kilobyte_packets_is_usable() {
    for arguments in [&["--max-allowed-packet=1024"][..], &["--max-allowed-packet=1024", "--net-buffer-length=1024"]] {
        let server = start_server(arguments);
        let schema = Schema::on(&server).await;
        let database = Database::new(schema.options().max_connections(1)).unwrap();
        for api in Api::BOTH {
            let select = |bytes: usize| format!("SELECT '{}'", "x".repeat(bytes - "SELECT ''".len()));
            let statements = ["SELECT 1".to_owned(), select(960), select(961), "SELECT 1".to_owned()];
            // The second run uses a session after its reset.
            for _ in 0..2 {
                let reader = guest(programs::RUNS_EACH_STATEMENT).api(api).args(statements.clone());
                let printed = reader.database("main", &database, Grant::new(Statements::Read)).run().await.success();
                let expected = "done, 0 rows\ndone, 0 rows\nLimitExceeded(SqlBytes): the statement has 961 bytes, \
                                960 are allowed\ndone, 0 rows\n";
                assert_eq!(printed, expected, "{arguments:?}");
            }
        }
    }
}
