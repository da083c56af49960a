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

#[cfg(test)]
mod tests {
    use mysql_async::consts::ColumnType;
    use mysql_async::{Column, Value};
    use mysql_common::row::new_row;

    use super::*;

    fn row(column: &str, value: Value) -> Row {
        let columns = [Column::new(ColumnType::MYSQL_TYPE_LONGLONG).with_name(column.as_bytes())];
        new_row(vec![value], columns.to_vec().into())
    }

    #[test]
    fn lag_is_the_largest_of_all_primaries() {
        let source = |seconds: &str| row("Seconds_Behind_Source", Value::Bytes(seconds.into()));
        let stopped = || row("Seconds_Behind_Master", Value::NULL);
        let behind = |seconds| ReplicaLag::Behind(Duration::from_secs(seconds));
        assert_eq!(ReplicaLag::of(&[source("0")]), behind(0));
        assert_eq!(ReplicaLag::of(&[source("2"), source("70"), source("3")]), behind(70));
        assert_eq!(ReplicaLag::of(&[source("2"), stopped()]), ReplicaLag::Stopped);
        assert_eq!(ReplicaLag::of(&[]), ReplicaLag::Stopped);
    }

    #[test]
    fn statement_and_privilege_fit_the_server() {
        for (version, statement, privilege) in [
            ("10.11.6-MariaDB", "SHOW ALL SLAVES STATUS", "SLAVE MONITOR"),
            ("10.4.34-MariaDB", "SHOW ALL SLAVES STATUS", "REPLICATION CLIENT"),
            ("9.7.4", "SHOW REPLICA STATUS", "REPLICATION CLIENT"),
            ("8.0.21", "SHOW SLAVE STATUS", "REPLICATION CLIENT"),
        ] {
            let flavour = ServerFlavour::parse(version);
            assert_eq!((flavour.replica_status(), flavour.replica_status_privilege()), (statement, privilege));
        }
    }
}
