//! Errors of opening a database, and the first statements on it.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use wasmysql_host::{Config, Database, DatabaseOptions, Grant};
use wasmysql_tests::{Guest, Schema, guest, shared_server, start_server};

use crate::programs;

/// Returns the error of a statement on a database that cannot be connected to.
async fn refusal(options: DatabaseOptions) -> String {
    let database = Database::new(options).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args(["DO 1"]).run().await.success();
    assert_eq!(database.status().size, 0, "a failed attempt occupies no slot");
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn ungranted_database_looks_like_unknown_database() {
    let url = shared_server().url();
    let config = format!("[database.main]\nurl = '{url}'\n[[grant]]\nguest = 'other'\ndatabase = 'main'");
    let config = Config::from_toml(&config).unwrap();
    let run = async |guest: Guest| guest.args(["DO 1"]).run().await.success();
    let unknown = run(guest(programs::RUNS_EACH_STATEMENT)).await;
    let ungranted = run(guest(programs::RUNS_EACH_STATEMENT).context(config.context("test"))).await;
    let granted = run(guest(programs::RUNS_EACH_STATEMENT).context(config.context("other"))).await;
    assert!(unknown.starts_with("EngineDenied: "), "{unknown}");
    assert_eq!(unknown, ungranted);
    assert_eq!(granted, "done, 0 rows\n");
}

/// With either setting, the server would start a transaction that the guest did not begin, and the
/// reset would roll it back.
#[tokio::test(flavor = "multi_thread")]
async fn statements_autocommit_despite_server_settings() {
    for setting in ["--autocommit=0", "--completion-type=CHAIN"] {
        let server = start_server(&[setting]);
        let mut schema = Schema::on(&server).await;
        schema.run("SET autocommit = 1, completion_type = 'NO_CHAIN'").await;
        schema.run("CREATE TABLE kept (id INT PRIMARY KEY)").await;
        let calls = ["kept", "insert 1", "begin", "insert 2", "commit 0", "insert 3"];
        let printed = schema.guest(programs::FOLLOWS_A_SCRIPT).args(calls).run().await.success();
        let kept: String = schema.value("SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM kept").await;
        assert_eq!(kept, "1,2,3", "{setting}: {printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_host_name_is_reported() {
    let refused = refusal(DatabaseOptions::tcp("no-such-host.invalid", 3306).user("app")).await;
    let expected = "Unreachable: the database server can't be reached: its host name can't be resolved; check the host";
    assert!(refused.starts_with(expected) && !refused.contains("no-such-host"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_fails_authentication() {
    let schema = Schema::new().await;
    let wrong = refusal(schema.options().password("wrong")).await;
    assert!(wrong.starts_with("AuthFailed: ") && wrong.contains("1045"), "{wrong}");
    let unknown = refusal(schema.options().user("nobody")).await;
    let is_unknown_plugin = unknown.starts_with("AuthFailed: ")
        && unknown.contains(
            "the account configured for this database does not exist, and MySQL requests an arbitrary plugin",
        );
    assert!(unknown == wrong || cfg!(feature = "mysql") && is_unknown_plugin, "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_account_learns_the_reason_and_the_remedy() {
    let mut schema = Schema::new().await;
    for (clause, reason) in [
        ("ACCOUNT LOCK", "is locked; unlock it with ALTER USER ... ACCOUNT UNLOCK"),
        ("PASSWORD EXPIRE", "has expired; set a new password with ALTER USER"),
    ] {
        let account = format!("refused_{}", schema.name());
        schema.run(&format!("CREATE USER {account}@'%' IDENTIFIED BY 'Secret-1' {clause}")).await;
        schema.run(&format!("GRANT ALL ON {}.* TO {account}@'%'", schema.name())).await;
        let refused = refusal(schema.options().user(&*account).password("Secret-1")).await;
        schema.run(&format!("DROP USER {account}")).await;
        assert!(refused.starts_with("AuthFailed: ") && refused.contains(reason), "{clause}: {refused}");
        assert!(!refused.contains(&account) && !refused.contains("Secret-1"), "{clause}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_schema_is_a_server_error() {
    let schema = Schema::new().await;
    let unknown = refusal(schema.options().schema("no_such_schema")).await;
    // The server answers 1044 to accounts that may not see the schema, whether or not it exists.
    assert!(unknown.starts_with("Server(") && (unknown.contains("1049") || unknown.contains("1044")), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_server_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let start = Instant::now();
    let down = refusal(DatabaseOptions::tcp("127.0.0.1", port)).await;
    assert!(down.starts_with("Unreachable: "), "{down}");
    let socket = refusal(DatabaseOptions::socket("/no/such/socket")).await;
    assert!(socket.starts_with("Unreachable: "), "{socket}");
    let name = refusal(DatabaseOptions::tcp("no-such-host.invalid", 3306)).await;
    assert!(name.starts_with("Unreachable: "), "{name}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_server_is_a_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let start = Instant::now();
    let silent = DatabaseOptions::tcp("127.0.0.1", port).connect_timeout(Duration::from_millis(300));
    let silent = refusal(silent).await;
    assert!(silent.starts_with("Timeout(Connect): ") && silent.contains("300 ms"), "{silent}");
    assert!((300..2000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}
