//! What a server says of itself: whether it takes changes, and whether it can be used at all.

use mysql_async::prelude::Queryable;

use super::Session;
use super::errors::{catch_driver_panic, protocol_violation, running};
use crate::types::Result;

/// Servers without these variables answer with no rows. `wsrep_ready` is OFF also where there is no cluster.
const QUESTION: &str =
    "SELECT @@global.read_only; SHOW GLOBAL VARIABLES LIKE 'wsrep_on'; SHOW GLOBAL STATUS LIKE 'wsrep_ready'";

/// How a server stood when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerHealth {
    /// A replica, or a server that is made one.
    pub(crate) read_only: bool,
    /// Not a node of a cluster that has lost the others, or is not with them yet.
    pub(crate) ready: bool,
}

/// What sessions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Whatever guests may do.
    Writing,
    /// Reading, from a replica if possible.
    Reading,
}

impl ServerHealth {
    /// Whether the server can be used.
    pub(crate) fn is_fit_for(self, purpose: Purpose) -> bool {
        self.ready && (purpose == Purpose::Reading || !self.read_only)
    }
}

impl Session {
    /// Asks the server how it stands.
    pub(crate) async fn standing(&mut self) -> Result<ServerHealth> {
        catch_driver_panic(async {
            let mut answers = self.conn.query_iter(QUESTION).await.map_err(running)?;
            let read_only: Vec<String> = answers.collect().await.map_err(running)?;
            let cluster: Vec<(String, String)> = answers.collect().await.map_err(running)?;
            let ready: Vec<(String, String)> = answers.collect().await.map_err(running)?;
            answers.drop_result().await.map_err(running)?;
            let read_only = read_only
                .first()
                .ok_or_else(|| protocol_violation("the server does not say whether it is read-only"))?;
            Ok(ServerHealth { read_only: is_on(read_only), ready: !says_on(&cluster) || says_on(&ready) })
        })
        .await
    }
}

/// Newer servers have words for it: OFF, or one of several ways of ON.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "OFF")
}

fn says_on(rows: &[(String, String)]) -> bool {
    rows.iter().any(|(_, value)| is_on(value))
}
