//! Transactions: their states, and the calls that change them.

mod begin;
pub(super) mod command;
mod handle;
mod prepared_names;
pub(super) mod states;
mod twophase;
mod xid;

pub(crate) use begin::TransactionOptions;
pub(super) use begin::{begin, begin_nested, begin_twophase};
pub(super) use command::Command;
pub(crate) use handle::TransactionHandle;
pub(super) use handle::send;
pub(super) use prepared_names::PreparedNames;
pub(super) use twophase::{commit_prepared, recover, rollback_prepared};
