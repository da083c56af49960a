//! The metrics of the servers of a database.

use std::sync::Arc;

use metrics::{Gauge, Label, gauge};

use super::handles::Handles;
use super::{label, names};

/// The metrics of the servers of a database. Servers have numbers instead of addresses.
#[derive(Debug)]
pub(crate) struct ServerMeters {
    name: Arc<str>,
    lags: Handles<usize, Gauge>,
}

impl ServerMeters {
    pub(crate) fn new(name: Arc<str>) -> Self {
        Self { name, lags: Handles::default() }
    }

    /// Sets the lag of a server, by its index in the options of the database, in seconds. Databases
    /// of one name have the same servers, so they set the same value.
    pub(crate) fn replica_lag(&self, server: usize, lag: f64) {
        let labels = || {
            let number = (server + 1).to_string();
            vec![Label::new(label::DATABASE, Arc::clone(&self.name)), Label::new(label::SERVER, number)]
        };
        self.lags.get(server, || gauge!(names::REPLICA_LAG, labels())).set(lag);
    }
}
