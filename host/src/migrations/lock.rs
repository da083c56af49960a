//! The named locks (GET_LOCK) that serialize the runs of one ledger.
//!
//! A run holds two locks. The control session holds the first for the whole run. The session that
//! runs the statements holds the second: if the process of a run is killed, its statement can run
//! on at the server, and the next run waits for its end.

use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::files::hexadecimal;
use super::session::MigrationSession;
use crate::types::Result;

/// The number of bytes of the hash in a name. Names of locks have at most 64 characters.
const HASH_BYTES: usize = 20;
/// The longest wait at the server. A dropped future leaves a waiting session for at most this time.
const WAIT: Duration = Duration::from_secs(1);
/// The deadline of a query beyond its wait.
const QUERY_TIMEOUT: Duration = Duration::from_secs(10);

/// The names of the locks of a ledger. Locks are global on a server, so the names depend on the
/// schema.
#[derive(Debug)]
pub(super) struct LockNames {
    pub(super) control: String,
    pub(super) work: String,
}

impl LockNames {
    pub(super) fn of(schema: &str, table: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(schema);
        hash.update([0]);
        hash.update(table);
        let name = format!("wasmysql_{}", hexadecimal(&hash.finalize()[..HASH_BYTES]));
        Self { work: format!("{name}_work"), control: name }
    }
}

/// Acquires a lock. Returns whether that succeeded until `deadline`. At least one attempt is made.
pub(super) async fn acquire(session: &mut MigrationSession, name: &str, deadline: Instant) -> Result<bool> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // The servers accept whole seconds.
        let wait = if left >= WAIT { WAIT } else { Duration::ZERO };
        let sql = format!("SELECT GET_LOCK('{name}', {})", wait.as_secs());
        if session.value(&sql, wait + QUERY_TIMEOUT).await?.as_deref() == Some("1") {
            return Ok(true);
        }
        if left.is_zero() {
            return Ok(false);
        }
        if wait.is_zero() {
            tokio::time::sleep(left.min(Duration::from_millis(100))).await;
        }
    }
}

/// Returns the connection id of the session that holds a lock.
pub(super) async fn holder(session: &mut MigrationSession, name: &str) -> Option<u64> {
    session.value(&format!("SELECT IS_USED_LOCK('{name}')"), QUERY_TIMEOUT).await.ok().flatten()?.parse().ok()
}

/// Returns whether this session holds a lock.
pub(super) async fn is_ours(session: &mut MigrationSession, name: &str) -> Result<bool> {
    let sql = format!("SELECT IS_USED_LOCK('{name}') = CONNECTION_ID()");
    Ok(session.value(&sql, QUERY_TIMEOUT).await?.as_deref() == Some("1"))
}

pub(super) async fn release(session: &mut MigrationSession, name: &str) -> Result<()> {
    session.value(&format!("SELECT RELEASE_LOCK('{name}')"), QUERY_TIMEOUT).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_and_differ_by_schema_and_table() {
        let longest = LockNames::of(&"é".repeat(64), &"t".repeat(64));
        assert!(longest.work.len() <= 64, "{longest:?}");
        let names = [("a", "bc"), ("ab", "c"), ("a", "b")].map(|(schema, table)| LockNames::of(schema, table).control);
        assert!(names[0] != names[1] && names[0] != names[2]);
        assert_eq!(names[0], LockNames::of("a", "bc").control);
    }
}
