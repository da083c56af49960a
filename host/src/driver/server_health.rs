//! The health check of a server: whether it accepts changes, whether it is ready, and the lag of a
//! replica.

use std::time::Duration;

use mysql_async::Row;
use mysql_async::prelude::Queryable;

use super::errors::{catch_driver_panic, protocol_violation, session_error};
use super::{ReplicaLag, Session};
use crate::types::{Error, ErrorKind, Result, ends_session};

/// Servers without the `wsrep` variables return no rows. `wsrep_ready` is also OFF on a server that
/// is not part of a cluster.
///
/// `super_read_only` is not queried: a server that has it is also `read_only`.
const HEALTH_QUERY: &str =
    "SELECT @@global.read_only; SHOW GLOBAL VARIABLES LIKE 'wsrep_on'; SHOW GLOBAL STATUS LIKE 'wsrep_ready'";

/// The result of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerHealth {
    /// The server refuses changes, for example because it is a replica.
    pub(crate) read_only: bool,
    /// False for a cluster node that has lost its cluster or has not joined it yet.
    pub(crate) ready: bool,
    /// Zero for a server that accepts changes. `None` if it was not queried.
    pub(crate) lag: Option<ReplicaLag>,
}

/// The purpose of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading and writing.
    Writing,
    /// Only reading, from a replica if possible. A replica that may lag further behind than
    /// `max_lag` is not used.
    Reading { max_lag: Option<Duration> },
}

impl Purpose {
    pub(super) fn is_reading(self) -> bool {
        matches!(self, Purpose::Reading { .. })
    }
}

impl ServerHealth {
    /// Returns whether the server can be used for this purpose.
    pub(crate) fn is_fit_for(self, purpose: Purpose) -> bool {
        self.ready && (purpose.is_reading() || !self.read_only) && !self.lags_for(purpose)
    }

    /// Returns whether the server may lag too far behind for this purpose.
    pub(super) fn lags_for(self, purpose: Purpose) -> bool {
        let Purpose::Reading { max_lag: Some(max_lag) } = purpose else { return false };
        !matches!(self.lag, Some(ReplicaLag::Behind(lag)) if lag <= max_lag)
    }
}

impl Session {
    /// Queries the health of the server, in one round trip. The lag of a replica is included if
    /// `with_lag` is set.
    pub(crate) async fn server_health(&mut self, with_lag: bool) -> Result<ServerHealth> {
        let mut sql = HEALTH_QUERY.to_owned();
        if with_lag {
            // The last statement, because an error ends the response.
            sql += "; ";
            sql += self.flavour.replica_status();
        }
        catch_driver_panic(async {
            let mut results = self.conn.query_iter(sql).await.map_err(session_error)?;
            let read_only: Vec<String> = results.collect().await.map_err(session_error)?;
            let cluster: Vec<(String, String)> = results.collect().await.map_err(session_error)?;
            let ready: Vec<(String, String)> = results.collect().await.map_err(session_error)?;
            let replicas: Result<Vec<Row>> = results.collect().await.map_err(session_error);
            results.drop_result().await.map_err(session_error)?;
            let read_only = read_only
                .first()
                .ok_or_else(|| protocol_violation("the server did not report whether it is read-only"))?;
            let read_only = is_on(read_only);
            let lag = match replicas {
                Ok(rows) => ReplicaLag::of(&rows),
                Err(error) if is_refusal(&error) => ReplicaLag::Unknown,
                Err(error) => return Err(error),
            };
            // A server that accepts changes is not behind, even if it is a replica too.
            let lag = if read_only { lag } else { ReplicaLag::Behind(Duration::ZERO) };
            Ok(ServerHealth { read_only, ready: !has_on(&cluster) || has_on(&ready), lag: with_lag.then_some(lag) })
        })
        .await
    }
}

/// Returns whether the server has refused a query, and the session can still be used.
fn is_refusal(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Server(server) if !ends_session(server.code))
}

/// Returns whether a variable is on. Older servers report 0 or 1, newer servers OFF or one of
/// several words for ON.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "OFF")
}

fn has_on(rows: &[(String, String)]) -> bool {
    rows.iter().any(|(_, value)| is_on(value))
}
