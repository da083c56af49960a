//! Transactions: the states they go through, and the calls that move them.

mod begin;
mod command;
mod handle;
mod states;
mod twophase;
mod xid;

pub(crate) use begin::TransactionOptions;
pub(super) use begin::{begin, begin_nested, begin_twophase};
pub(super) use command::Command;
pub(crate) use handle::TransactionHandle;
pub(super) use handle::send;
pub(super) use states::{Kind, TransactionId, Transactions};
pub(super) use twophase::{commit_prepared, recover, rollback_prepared};
