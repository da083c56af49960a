//! The rules for every call of an engine.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::call_bytes::{CallBytes, Reservation};
use super::deadline::EngineState;
use super::grant::Grant;
use super::transaction::PreparedNames;
use crate::driver::SessionSettings;
use crate::sql::{Scope, StatementKind};
use crate::telemetry::GuestMeters;
use crate::types::{IsolationLevel, Result};

/// The rules of an engine, shared by its connections.
#[derive(Debug)]
pub(super) struct Rules {
    /// The grant, as the guest narrowed it.
    pub(super) grant: Grant,
    /// The engine's isolation level for transactions.
    pub(super) isolation: Option<IsolationLevel>,
    /// Stored here because a guest may drop the engine before its connections.
    pub(super) engine_state: watch::Sender<EngineState>,
    pub(super) guest: Arc<str>,
    /// The name under which the guest opened the database.
    pub(super) database: Arc<str>,
    pub(super) meters: Arc<GuestMeters>,
    pub(super) call_bytes: Arc<CallBytes>,
    /// The prepared transactions of all guests of the database.
    pub(super) prepared: Arc<PreparedNames>,
    /// The settings of a session of the guest.
    pub(super) settings: SessionSettings,
    /// A connection acquired for longer than this is reported as a leak.
    pub(super) leak_report_after: Duration,
    /// Bytes of statement text and parameters that fit into one packet of the server.
    pub(super) packet_bytes: usize,
    /// The default schema of the database.
    pub(super) schema: Option<Arc<str>>,
}

impl Rules {
    /// Returns the scope in which the guest's statements are classified.
    pub(super) fn scope(&self) -> Scope<'_> {
        Scope { most: StatementKind::Grantable(self.grant.statements()), schema: self.schema.as_deref() }
    }

    /// Reserves the bytes of a call of the guest.
    pub(super) fn reserve(&self, bytes: usize) -> Result<Reservation> {
        self.call_bytes.reserve(bytes, &self.grant.limits)
    }
}
