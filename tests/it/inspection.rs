//! `Database::inspect` releases its connection, also when the inspection fails.

use std::time::{Duration, Instant};

use wasmysql_host::{Config, Database, DatabaseOptions, Encryption, Statements};
use wasmysql_tests::{FLAVOR, PATIENCE, Schema, start_server, until};

#[tokio::test(flavor = "multi_thread")]
async fn pool_of_one_can_be_inspected_repeatedly() {
    let mut schema = Schema::new().await;
    let database = schema.database_of(1);
    for _ in 0..5 {
        let inspection = database.inspect().await.unwrap();
        assert_eq!((inspection.server_flavour, &inspection.encryption), (FLAVOR.name(), &Encryption::Local));
        assert_eq!(inspection.schema.as_deref(), Some(schema.name()));
        assert_eq!(inspection.lacking(Statements::Ddl), [] as [&str; 0]);
        // The test account has all privileges on its schema.
        assert!(inspection.excess(Statements::Read).iter().any(|line| line.names == ["ALL PRIVILEGES"]));
        assert!(inspection.excess(Statements::Any).is_empty());
    }
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    assert_eq!(schema.sessions().await, 1);
    database.close();
    let error = database.inspect().await.unwrap_err();
    assert_eq!(error.to_string(), "the database was closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn inspection_of_hanging_server_times_out() {
    let server = start_server(&[]);
    let database = Database::new(DatabaseOptions::from_url(&server.url()).unwrap()).unwrap();
    database.inspect().await.unwrap();
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    server.pause();
    let start = Instant::now();
    let error = database.inspect().await.unwrap_err().to_string();
    server.resume();
    assert!(start.elapsed() < Duration::from_secs(15), "inspect took {:?}", start.elapsed());
    assert!(error.contains("did not answer") && !error.contains(server.password()), "{error}");
    until("no connection is in use", PATIENCE, async || database.status().in_use == 0).await;
    database.inspect().await.unwrap();
}

#[test]
fn configuration_lists_databases_and_grants() {
    let config = Config::from_toml(
        "[database.b]\nurl = 'mysql://u:hidden@localhost/b'\n[database.a]\nurl = 'mysql://v@[::1]:7/a'\n\
         [[grant]]\nguest = 'report'\ndatabase = 'b'\nstatements = 'read'\n[[grant]]\nguest = '*'\ndatabase = 'a'\n",
    )
    .unwrap();
    let databases: Vec<(&str, String)> = config.databases().map(|(name, opened)| (name, opened.location())).collect();
    assert_eq!(databases, [("a", "v@[::1]:7/a".to_owned()), ("b", "u@localhost:3306/b".to_owned())]);
    let grants: Vec<_> = config.grants().map(|entry| (entry.guest, entry.database, entry.grant.statements())).collect();
    assert_eq!(grants, [("report", "b", Statements::Read), ("*", "a", Statements::Dml)]);
}
