//! The context of all benchmarks: server, host and report.

use std::sync::Arc;

use wasmtime::Result;

use crate::guest::Host;
use crate::report::Report;
use crate::server::Server;

/// The rounds of each side. The median of eleven rounds is stable on a noisy machine.
pub(crate) const ROUNDS: usize = 11;
/// The rounds of benchmarks whose rounds are long.
pub(crate) const FEW_ROUNDS: usize = 5;

pub(crate) struct Bench {
    pub(crate) server: Arc<Server>,
    pub(crate) host: Arc<Host>,
    pub(crate) report: Report,
    /// A part of the names of the benchmarks to run. None runs all benchmarks.
    filter: Option<String>,
    /// Whether this process runs on a single core.
    pinned: bool,
}

impl Bench {
    pub(crate) async fn new(filter: Option<String>, pinned: bool) -> Result<Bench> {
        let host = Arc::new(Host::new()?);
        let server = Arc::new(Server::start().await?);
        Ok(Bench { server, host, report: Report::default(), filter, pinned })
    }

    /// Returns whether to run a benchmark of this name.
    pub(crate) fn wants(&self, name: &str) -> bool {
        name.ends_with(PINNED) == self.pinned && matches(self.filter.as_deref(), name)
    }

    /// Returns the name of a benchmark in this process: on a single core it has the suffix
    /// [`PINNED`].
    pub(crate) fn name(&self, name: &str) -> String {
        if self.pinned { name.to_owned() + PINNED } else { name.to_owned() }
    }
}

/// The suffix of benchmarks that run with server, host and driver on one core.
pub(crate) const PINNED: &str = "_pinned";

pub(crate) fn matches(filter: Option<&str>, name: &str) -> bool {
    filter.is_none_or(|filter| name.contains(filter))
}
