//! Prepared transactions whose connection has ended. Each guest sees, commits and rolls back only
//! its own.

use std::sync::Arc;

use super::command::Command;
use super::handle::send;
use super::xid::{Xid, qualifier};
use crate::core::checkout::{Checkout, run_or_reconnect};
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::driver::PreparedBranch;
use crate::types::{Error, Limit, Result, Step};

/// The format id of an xid that was created without a format id.
const FORMAT: i64 = 1;

/// Returns the names of the guest's prepared transactions.
pub(in crate::core) async fn recover(slot: &Arc<Slot>) -> Result<Vec<String>> {
    slot.rules.grant.admit_twophase()?;
    let mut checkout = Checkout::take(slot).await?;
    let admitted = checkout.slot.state().transactions.admit_statement();
    let own = match admitted {
        Ok(()) => own_branches(&mut checkout).await,
        Err(error) => Err(error),
    };
    let own = checkout.finish(own).await?;
    // The names that guests choose are text.
    Ok(own.into_iter().filter_map(|branch| String::from_utf8(branch.name).ok()).collect())
}

/// Fails with `limit-exceeded(prepared-transactions)` if the guest already has as many prepared
/// transactions as its grant allows.
pub(super) async fn check_prepared(checkout: &mut Checkout) -> Result<()> {
    let allowed = checkout.slot.rules().grant.limits.prepared_transactions;
    // If the grant allows none, the host need not query the server.
    let undecided = if allowed == 0 { 0 } else { own_branches(checkout).await?.len() };
    if undecided < allowed {
        return Ok(());
    }
    let message = format!(
        "guests of this name have {undecided} prepared transactions that are not decided, and the grant allows {allowed}; \
         recover-twophase lists them"
    );
    Err(Error::limit(Limit::PreparedTransactions, message))
}

/// Returns the prepared transactions of all guests with the name of this guest.
async fn own_branches(checkout: &mut Checkout) -> Result<Vec<PreparedBranch>> {
    let qualifier = qualifier(&checkout.slot.rules().guest);
    let deadline = Deadline::after(checkout.slot.rules().grant.limits.statement_timeout);
    let branches =
        run_or_reconnect!(checkout, Step::Execute, deadline, async |session| session.prepared_branches().await);
    let mut branches: Vec<PreparedBranch> = branches?;
    branches.retain(|branch| branch.format == FORMAT && branch.qualifier == qualifier.as_bytes());
    Ok(branches)
}

pub(in crate::core) async fn commit_prepared(slot: &Arc<Slot>, name: String) -> Result<()> {
    decide(slot, name, Command::CommitPrepared).await
}

pub(in crate::core) async fn rollback_prepared(slot: &Arc<Slot>, name: String) -> Result<()> {
    decide(slot, name, Command::RollbackPrepared).await
}

async fn decide(slot: &Arc<Slot>, name: String, command: impl FnOnce(Xid) -> Command) -> Result<()> {
    let rules = &slot.rules;
    rules.grant.admit_twophase()?;
    let command = command(Xid::new(name, &rules.guest)?);
    let mut checkout = Checkout::take(slot).await?;
    let admitted = checkout.slot.state().transactions.admit_twophase("end a prepared transaction");
    let decided = match admitted {
        Ok(()) => send(&mut checkout, &command).await,
        Err(error) => Err(error),
    };
    checkout.finish(decided).await
}
