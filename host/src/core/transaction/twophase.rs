//! Prepared transactions whose connection is gone: each guest sees and decides its own.

use std::sync::Arc;

use super::command::Command;
use super::handle::send;
use super::xid::{Xid, qualifier};
use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::driver::PreparedBranch;
use crate::types::{Result, Step};

/// The format of xids that are given without one.
const FORMAT: i64 = 1;

/// The guest's prepared transactions.
pub(in crate::core) async fn recover(slot: &Arc<Slot>) -> Result<Vec<String>> {
    let rules = &slot.rules;
    rules.grant.admit_twophase()?;
    let mut checkout = slot.check_out().await?;
    let admitted = checkout.slot.state().transactions.admit_statement();
    let branches = match admitted {
        Ok(()) => prepared_branches(&mut checkout).await,
        Err(error) => Err(error),
    };
    let qualifier = qualifier(&rules.guest);
    match branches {
        Ok(branches) => {
            checkout.put_back();
            let own = branches
                .into_iter()
                .filter(|branch| branch.format == FORMAT && branch.qualifier == qualifier.as_bytes())
                // A guest's names are text.
                .filter_map(|branch| String::from_utf8(branch.name).ok());
            Ok(own.collect())
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}

async fn prepared_branches(checkout: &mut Checkout) -> Result<Vec<PreparedBranch>> {
    let deadline = Deadline::after(checkout.slot.rules().grant.limits.statement_timeout);
    loop {
        match checkout.run(Step::Execute, deadline, async |session| session.prepared_branches().await).await {
            Err(error) if checkout.revived(&error, deadline).await? => {}
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
