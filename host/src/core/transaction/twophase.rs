//! Prepared transactions whose connection has ended. Each guest sees, commits and rolls back only
//! its own.

use std::sync::Arc;

use super::command::{Command, NO_SUCH_BRANCH};
use super::handle::send;
use super::xid::{Xid, qualifier};
use crate::core::checkout::{Checkout, run_or_reconnect};
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::driver::PreparedBranch;
use crate::types::{Error, ErrorKind, Limit, Result, Step};

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
    let own = own.map_err(|error| match can_not_list(&error) {
        true => Error {
            message: format!(
                "{}; to list prepared transactions, the account of this database needs the privilege XA_RECOVER_ADMIN",
                error.message
            ),
            ..error
        },
        false => error,
    });
    let own = checkout.finish(own).await?;
    // The names that guests choose are text.
    Ok(own.into_iter().filter_map(|branch| String::from_utf8(branch.name).ok()).collect())
}

/// Fails with `limit-exceeded(prepared-transactions)` if the guest already has as many prepared
/// transactions as its grant allows.
pub(super) async fn check_prepared(checkout: &mut Checkout) -> Result<()> {
    let allowed = checkout.slot.rules().grant.limits.prepared_transactions;
    let undecided = match allowed {
        // If the grant allows none, the host need not query the server.
        0 => 0,
        _ => match own_branches(checkout).await {
            Ok(branches) => branches.len(),
            Err(error) if can_not_list(&error) => {
                let rules = checkout.slot.rules();
                rules.prepared.count(&qualifier(&rules.guest))
            }
            Err(error) => return Err(error),
        },
    };
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
    let listed = |name: &str| branches.iter().any(|branch| branch.name == name.as_bytes());
    checkout.slot.rules().prepared.retain(&qualifier, listed);
    Ok(branches)
}

/// Returns whether the server refused to list prepared transactions. MySQL reports XAER_RMERR if
/// the account does not have the privilege XA_RECOVER_ADMIN.
fn can_not_list(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Server(server) if server.code == 1401)
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
    if let (Err(error), Command::CommitPrepared(xid) | Command::RollbackPrepared(xid)) = (&decided, &command)
        && matches!(&error.kind, ErrorKind::Server(server) if server.code == NO_SUCH_BRANCH)
    {
        rules.prepared.remove(xid);
    }
    checkout.finish(decided).await
}
