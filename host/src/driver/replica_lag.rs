//! The lag of replicas, as servers report it.

use std::time::Duration;

use mysql_async::Row;

use super::server_flavour::ServerFlavour;

/// The lag of a replica behind its primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplicaLag {
    /// Replication runs. The replica has applied all changes that it has received and that are
    /// older than this duration. Servers report whole seconds.
    Behind(Duration),
    /// Replication does not run, so the lag grows. It was stopped or has failed, the replica can't
    /// reach its primary, or the read-only server is not a replica at all.
    Stopped,
    /// The server did not report the lag. In most cases the account lacks the privilege.
    Unknown,
}

impl ServerFlavour {
    /// Returns the statement that reports the lag, with one row for each primary of the replica.
    pub(super) fn replica_status(self) -> &'static str {
        match self.name() {
            "mariadb" => "SHOW ALL SLAVES STATUS",
            _ if self.is_at_least((8, 0, 22)) => "SHOW REPLICA STATUS",
            _ => "SHOW SLAVE STATUS",
        }
    }

    /// Returns the global privilege that `replica_status` needs.
    pub(crate) fn replica_status_privilege(self) -> &'static str {
        match self.name() {
            "mariadb" if self.is_at_least((10, 5, 2)) => "SLAVE MONITOR",
            _ => "REPLICATION CLIENT",
        }
    }
}

impl ReplicaLag {
    /// Returns the lag in the rows of `replica_status`: the largest one if there are several
    /// primaries.
    pub(super) fn of(rows: &[Row]) -> Self {
        let lags: Option<Vec<u64>> = rows.iter().map(seconds_behind).collect();
        match lags.and_then(|lags| lags.into_iter().max()) {
            Some(seconds) => Self::Behind(Duration::from_secs(seconds)),
            None => Self::Stopped,
        }
    }

    /// Returns the lag in seconds, for metrics.
    pub(super) fn as_seconds(self) -> f64 {
        match self {
            Self::Behind(lag) => lag.as_secs_f64(),
            Self::Stopped => f64::INFINITY,
            Self::Unknown => f64::NAN,
        }
    }
}

/// Returns the value of `Seconds_Behind_Source`, or `Seconds_Behind_Master` on other servers. It is
/// NULL if replication does not run.
fn seconds_behind(row: &Row) -> Option<u64> {
    let is_lag = |name: &[u8]| name.starts_with(b"Seconds_Behind_");
    let column = row.columns_ref().iter().position(|column| is_lag(column.name_ref()))?;
    row.get_opt::<Option<u64>, _>(column)?.ok()?
}
