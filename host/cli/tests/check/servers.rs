//! Tests of `wasmysql check` with a primary and a replica.

use wasmysql_tests::Replication;

use crate::check;

#[tokio::test(flavor = "multi_thread")]
async fn servers_and_replica_lag_are_reported() {
    let mut replication = Replication::start().await;
    let url = format!("shop={}?prefer-replicas=true", replication.url());
    let arguments = ["--database", &url, "--grant", "shop=any"];
    let privilege = Replication::lag_privilege();
    let (primary, replica) = (replication.port(0), replication.port(1));
    let servers = format!("servers 127.0.0.1:{primary} primary 127.0.0.1:{replica} replica, 0 s behind");
    check(arguments).prints(0, &[&servers, "check: no problems found"]);
    check(["--database", &url, "--grant", "shop=ddl"]).never_prints(&[&format!("REVOKE {privilege}")]);

    replication.stop_replication(1).await;
    let stopped = format!("warning 127.0.0.1:{replica} is read-only, and its replication does not run");
    check(arguments).prints(0, &["replica, not replicating", &stopped, "check: 1 warning"]);
    replication.start_replication(1).await;
    replication.forbid_lag_queries().await;
    let grant = format!("GRANT {privilege} ON *.* TO 'reader'@'127.0.0.1';");
    check(arguments).prints(0, &["replica, lag unknown", "the account can't query the lag", &grant]);

    replication.kill(1);
    let down = format!("warning 127.0.0.1:{replica} can't be used: the database server can't be reached");
    check(arguments).prints(0, &[&down]);
}
