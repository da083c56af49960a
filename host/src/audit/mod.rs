//! Compares the privileges of a database's account with what grants need, for the operator of the database.

mod inspect;
mod privilege;
mod required_privileges;
mod show_grants;

pub use inspect::{Encryption, InspectError, Inspection};
pub use privilege::{Privileges, Scope};
