//! A database with the grant of one guest.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::call_bytes::CallBytes;
use super::database::Database;
use super::grant::Grant;
use crate::driver::UserVariables;
use crate::telemetry::GuestMeters;

/// A database with the grant of one guest.
#[derive(Debug)]
pub(crate) struct GuestDatabase {
    pub(crate) guest: Arc<str>,
    pub(crate) database: Database,
    pub(crate) grant: Grant,
    /// The variables that the host sets on each session of the guest.
    pub(super) variables: UserVariables,
    /// Permits of this guest to hold connections.
    pub(crate) quota: Arc<Semaphore>,
    /// Permits that all guests of the same name share.
    pub(crate) share: Arc<Semaphore>,
    /// Metrics of all guests of the same name.
    pub(crate) meters: Arc<GuestMeters>,
    pub(super) call_bytes: Arc<CallBytes>,
}

impl GuestDatabase {
    pub(crate) fn new(guest: Arc<str>, database: Database, grant: Grant, variables: UserVariables) -> Self {
        let quota = Arc::new(Semaphore::new(grant.limits.connections.min(Semaphore::MAX_PERMITS)));
        let (share, meters) = (database.share_of(&guest), database.meters_of(&guest));
        Self { guest, database, grant, variables, quota, share, meters, call_bytes: Arc::default() }
    }
}
