//! The health check of a server: whether it accepts changes, and whether it is ready.

use mysql_async::prelude::Queryable;

use super::Session;
use super::errors::{catch_driver_panic, protocol_violation, session_error};
use crate::types::Result;

/// Servers without the `wsrep` variables return no rows. `wsrep_ready` is also OFF on a server that
/// is not part of a cluster.
const HEALTH_QUERY: &str =
    "SELECT @@global.read_only; SHOW GLOBAL VARIABLES LIKE 'wsrep_on'; SHOW GLOBAL STATUS LIKE 'wsrep_ready'";

/// The result of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerHealth {
    /// The server refuses changes, for example because it is a replica.
    pub(crate) read_only: bool,
    /// False for a cluster node that has lost its cluster or has not joined it yet.
    pub(crate) ready: bool,
}

/// The purpose of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading and writing.
    Writing,
    /// Only reading, from a replica if possible.
    Reading,
}

impl ServerHealth {
    /// Returns whether the server can be used for this purpose.
    pub(crate) fn is_fit_for(self, purpose: Purpose) -> bool {
        self.ready && (purpose == Purpose::Reading || !self.read_only)
    }
}

impl Session {
    /// Queries the health of the server.
    pub(crate) async fn server_health(&mut self) -> Result<ServerHealth> {
        catch_driver_panic(async {
            let mut results = self.conn.query_iter(HEALTH_QUERY).await.map_err(session_error)?;
            let read_only: Vec<String> = results.collect().await.map_err(session_error)?;
            let cluster: Vec<(String, String)> = results.collect().await.map_err(session_error)?;
            let ready: Vec<(String, String)> = results.collect().await.map_err(session_error)?;
            results.drop_result().await.map_err(session_error)?;
            let read_only = read_only
                .first()
                .ok_or_else(|| protocol_violation("the server did not report whether it is read-only"))?;
            Ok(ServerHealth { read_only: is_on(read_only), ready: !has_on(&cluster) || has_on(&ready) })
        })
        .await
    }
}

/// Returns whether a variable is on. Older servers report 0 or 1, newer servers OFF or one of
/// several words for ON.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "OFF")
}

fn has_on(rows: &[(String, String)]) -> bool {
    rows.iter().any(|(_, value)| is_on(value))
}
