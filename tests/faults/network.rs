//! Faults of the network between host and server: rows N1 to N13.

mod connecting;
mod cuts;
mod silence;
mod slowness;

use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Guest, Proxy, Trial, guest, until};

use crate::programs;

/// The host pings a session before reuse if it was idle for more than 500 ms. This wait makes that
/// ping due.
const PING_DUE_AFTER: Duration = Duration::from_millis(600);
/// The time limit for effects that are required immediately.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Returns the trial's database over this proxy, with a pool of this size. One guest may hold all
/// its connections.
fn over(proxy: &Proxy, trial: &Trial, connections: usize) -> Database {
    Database::new(trial.options_over(proxy).max_connections(connections).guest_share(100)).unwrap()
}

/// Returns a guest that runs these statements.
fn runs<const COUNT: usize>(database: &Database, grant: Grant, statements: [&str; COUNT]) -> Guest {
    guest(programs::RUNS_EACH_STATEMENT).database("main", database, grant).args(statements)
}

/// Leaves this number of sessions idle, for so long that the host pings them before reuse.
async fn leave_idle(database: &Database, sessions: usize) {
    let grant = Grant::default().max_connections(sessions);
    let guest =
        guest(programs::FAULT_ACQUIRES_CONCURRENTLY).database("main", database, grant).args([sessions.to_string()]);
    guest.run().await.success();
    until("all sessions are idle", Duration::from_secs(3), async || database.status().idle == sessions).await;
    tokio::time::sleep(PING_DUE_AFTER).await;
}
