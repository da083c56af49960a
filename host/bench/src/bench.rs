//! What every group of benchmarks has at hand.

use std::sync::Arc;

use wasmtime::Result;

use crate::guest::Host;
use crate::report::Report;
use crate::server::Server;

/// Rounds of each side. The median of eleven is calm on a noisy machine.
pub(crate) const ROUNDS: usize = 11;
/// Of those whose rounds are long.
pub(crate) const FEW_ROUNDS: usize = 5;

pub(crate) struct Bench {
    pub(crate) server: Arc<Server>,
    pub(crate) host: Arc<Host>,
    pub(crate) report: Report,
    /// Part of the names of what is run.
    filter: Option<String>,
    /// Whether this process is the one that has a single core.
    pinned: bool,
}

impl Bench {
    pub(crate) async fn new(filter: Option<String>, pinned: bool) -> Result<Bench> {
        let host = Arc::new(Host::new()?);
        let server = Arc::new(Server::start().await?);
        Ok(Bench { server, host, report: Report::default(), filter, pinned })
    }

    /// Whether a benchmark of this name is to be run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        name.ends_with(PINNED) == self.pinned && matches(self.filter.as_deref(), name)
    }

    /// What a benchmark is called in this process.
    pub(crate) fn name(&self, name: &str) -> String {
        if self.pinned { name.to_owned() + PINNED } else { name.to_owned() }
    }
}

/// How the names end of what is measured with everything on one core.
pub(crate) const PINNED: &str = "_pinned";

pub(crate) fn matches(filter: Option<&str>, name: &str) -> bool {
    filter.is_none_or(|filter| name.contains(filter))
}
