//! Faults of the network between host and server: rows N1 to N13.

mod connecting;
mod cuts;
mod silence;
mod slowness;

use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Guest, Proxy, Trial, guest, until};

use crate::programs;

/// A host trusts a session that was used within half a second; after this it asks.
const TRUST_IS_OVER: Duration = Duration::from_millis(600);
/// For what is to be there at once.
const AT_ONCE: Duration = Duration::from_millis(100);

/// The trial's database over this proxy, with so many connections, all of which one guest may hold.
fn over(proxy: &Proxy, trial: &Trial, connections: usize) -> Database {
    Database::new(trial.options_over(proxy).max_connections(connections).guest_share(100)).unwrap()
}

/// A guest that runs these statements.
fn runs<const COUNT: usize>(database: &Database, grant: Grant, statements: [&str; COUNT]) -> Guest {
    guest(programs::RUNS_EACH_STATEMENT).database("main", database, grant).args(statements)
}

/// Leaves so many sessions idle, for longer than they are trusted.
async fn leave_idle(database: &Database, sessions: usize) {
    let grant = Grant::default().max_connections(sessions);
    let guest = guest(programs::FAULT_BORROWS_AT_ONCE).database("main", database, grant).args([sessions.to_string()]);
    guest.run().await.success();
    until("all are idle", Duration::from_secs(3), async || database.status().idle == sessions).await;
    tokio::time::sleep(TRUST_IS_OVER).await;
}
