//! Why a database can't be opened.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use wasmysql_host::{Config, Database, DatabaseOptions, Grant};
use wasmysql_tests::{Guest, Schema, guest, shared_server, start_server};

use crate::programs;

async fn refusal(options: DatabaseOptions) -> String {
    let database = Database::new(options).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args(["DO 1"]).run().await.success();
    assert_eq!(database.status().size, 0, "a failed attempt takes no place");
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_granted_is_as_one_that_is_not_there() {
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

/// Each of them would put a statement into a transaction that nobody began, and a reset would lose it.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_committed_by_itself_whatever_the_servers_settings() {
    for setting in ["--autocommit=0", "--completion-type=CHAIN"] {
        let server = start_server(&[setting]);
        let mut schema = Schema::on(&server).await;
        schema.run("SET autocommit = 1, completion_type = 'NO_CHAIN'").await;
        schema.run("CREATE TABLE kept (id INT PRIMARY KEY)").await;
        let calls = ["kept", "insert 1", "begin", "insert 2", "commit 0", "insert 3"];
        let told = schema.guest(programs::FOLLOWS_A_SCRIPT).args(calls).run().await.success();
        let kept: String = schema.value("SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM kept").await;
        assert_eq!(kept, "1,2,3", "{setting}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_an_authentication_that_failed() {
    let schema = Schema::new().await;
    let wrong = refusal(schema.options().password("wrong")).await;
    assert!(wrong.starts_with("AuthFailed: ") && wrong.contains("1045"), "{wrong}");
    let unknown = refusal(schema.options().user("nobody")).await;
    assert_eq!(unknown, wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_schema_is_the_servers_error() {
    let schema = Schema::new().await;
    let unknown = refusal(schema.options().schema("no_such_schema")).await;
    // An account that may not see it is not told whether it is there.
    assert!(unknown.starts_with("Server(") && (unknown.contains("1049") || unknown.contains("1044")), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_unreachable() {
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
async fn a_server_that_never_answers_runs_out_of_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let start = Instant::now();
    let silent = DatabaseOptions::tcp("127.0.0.1", port).connect_timeout(Duration::from_millis(300));
    let silent = refusal(silent).await;
    assert!(silent.starts_with("Timeout(Step::Connect): ") && silent.contains("300 ms"), "{silent}");
    assert!((300..2000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}
