//! Reports the servers of a database with several servers, and the lag of replicas.

use std::io::{self, Write};

use wasmysql_host::{InspectedServer, Inspection, ReplicaLag, ServerState};

use super::report::Report;

/// Reports the state of each server, and the problems of replicas.
pub(super) fn report<W: Write>(report: &mut Report<W>, inspection: &Inspection) -> io::Result<()> {
    let rows: Vec<Vec<String>> =
        inspection.servers.iter().map(|server| vec![server.address.clone(), state(server)]).collect();
    report.table("servers", &rows)?;
    for server in &inspection.servers {
        let address = &server.address;
        match &server.state {
            ServerState::Unusable(error) => report.warning(&format!("{address} can't be used: {error}"))?,
            ServerState::NotReady => {
                report.warning(&format!("{address} has lost its cluster or has not joined it yet (wsrep_ready)"))?;
            }
            ServerState::Replica(ReplicaLag::Stopped) => {
                report.warning(&format!("{address} is read-only, and its replication does not run"))?;
            }
            _ => {}
        }
    }
    if let Some(grant) = inspection.lag_sql() {
        report.warning(&format!(
            "the account can't query the lag of replicas, which its metric and max_replica_lag need; run\n  {grant}"
        ))?;
    }
    Ok(())
}

fn state(server: &InspectedServer) -> String {
    match &server.state {
        ServerState::Primary => "primary".to_owned(),
        ServerState::Replica(ReplicaLag::Behind(lag)) => format!("replica, {} s behind", lag.as_secs()),
        ServerState::Replica(ReplicaLag::Stopped) => "replica, not replicating".to_owned(),
        ServerState::Replica(_) => "replica, lag unknown".to_owned(),
        ServerState::NotReady => "not ready".to_owned(),
        _ => "can't be used".to_owned(),
    }
}
