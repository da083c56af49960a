//! The audit: compares the privileges of a database account with the required privileges of grants.

mod inspect;
mod privilege;
mod required_privileges;
mod roles;
mod servers;
mod show_grants;

pub use inspect::{Encryption, InspectError, Inspection};
pub use privilege::{Privileges, Scope};
pub use servers::{InspectedServer, ServerState};
