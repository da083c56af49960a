//! Prepared transactions whose connection is gone: each guest sees and decides its own.

use std::sync::Arc;

use super::command::Command;
use super::handle::send;
use super::xid::{Xid, qualifier};
use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::driver::PreparedBranch;
use crate::types::{Error, Limit, Result, Step};

/// The format of xids that are given without one.
const FORMAT: i64 = 1;

/// The guest's prepared transactions.
pub(in crate::core) async fn recover(slot: &Arc<Slot>) -> Result<Vec<String>> {
    slot.rules.grant.admit_twophase()?;
    let mut checkout = slot.check_out().await?;
    let admitted = checkout.slot.state().transactions.admit_statement();
    let own = match admitted {
        Ok(()) => own(&mut checkout).await,
        Err(error) => Err(error),
    };
    match own {
        Ok(own) => {
            checkout.put_back();
            // A guest's names are text.
            Ok(own.into_iter().filter_map(|branch| String::from_utf8(branch.name).ok()).collect())
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}

/// Refuses to begin another where the guest has left as many undecided as it may.
pub(super) async fn admit_another(checkout: &mut Checkout) -> Result<()> {
    let allowed = checkout.slot.rules().grant.limits.prepared_transactions;
    // None is to be had, whatever there is.
    let undecided = if allowed == 0 { 0 } else { own(checkout).await?.len() };
    if undecided < allowed {
        return Ok(());
    }
    let message = format!(
        "guests of this name have {undecided} prepared transactions that nobody has decided, and the grant allows {allowed}; \
         recover-twophase tells which"
    );
    Err(Error::limit(Limit::PreparedTransactions, message))
}

/// Those of all guests of the name.
async fn own(checkout: &mut Checkout) -> Result<Vec<PreparedBranch>> {
    let qualifier = qualifier(&checkout.slot.rules().guest);
    let mut branches = prepared_branches(checkout).await?;
    branches.retain(|branch| branch.format == FORMAT && branch.qualifier == qualifier.as_bytes());
    Ok(branches)
}

async fn prepared_branches(checkout: &mut Checkout) -> Result<Vec<PreparedBranch>> {
    let deadline = Deadline::after(checkout.slot.rules().grant.limits.statement_timeout);
    loop {
        match checkout.run(Step::Execute, deadline, async |session| session.prepared_branches().await).await {
            Err(error) if checkout.reconnect_if_stale(&error, deadline).await? => {}
            branches => return branches,
        }
    }
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
    let mut checkout: Checkout = slot.check_out().await?;
    let admitted = checkout.slot.state().transactions.admit_twophase("end a prepared transaction");
    let done = match admitted {
        Ok(()) => send(&mut checkout, &command).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => {
            checkout.put_back();
            Ok(())
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}
