//! How transactions begin.

use std::sync::Arc;

use tracing::Span;

use super::command::Command;
use super::handle::TransactionHandle;
use super::states::{Branch, Kind};
use super::twophase;
use super::xid::Xid;

use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::telemetry::Operation;
use crate::types::{Error, IsolationLevel, Limit, Result, Step};

/// How a transaction begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TransactionOptions {
    pub(crate) isolation: Option<IsolationLevel>,
    pub(crate) read_only: bool,
    pub(crate) consistent_snapshot: bool,
}

impl TransactionOptions {
    fn is_empty(self) -> bool {
        self.isolation.is_none() && !self.read_only && !self.consistent_snapshot
    }

    fn as_sql(self) -> &'static str {
        match (self.consistent_snapshot, self.read_only) {
            (false, false) => "START TRANSACTION",
            (false, true) => "START TRANSACTION READ ONLY",
            (true, false) => "START TRANSACTION WITH CONSISTENT SNAPSHOT",
            (true, true) => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        }
    }
}

/// Begins the outermost transaction, or an inner one, for which nothing is sent.
pub(in crate::core) async fn begin(slot: &Arc<Slot>, options: TransactionOptions) -> Result<TransactionHandle> {
    slot.call(Operation::Begin).record(outermost_or_inner(slot, options, Span::current())).await
}

/// Begins a savepoint, or the outermost transaction where there is none.
pub(in crate::core) async fn begin_nested(slot: &Arc<Slot>) -> Result<TransactionHandle> {
    slot.call(Operation::Begin).record(nested(slot, Span::current())).await
}

/// Begins a two-phase transaction, under a name of its own where none is given.
pub(in crate::core) async fn begin_twophase(slot: &Arc<Slot>, name: Option<String>) -> Result<TransactionHandle> {
    slot.call(Operation::Begin).record(two_phase(slot, name, Span::current())).await
}

/// `around` is the span that the transaction is in, which outlives the call that begins it.
async fn outermost_or_inner(slot: &Arc<Slot>, options: TransactionOptions, around: Span) -> Result<TransactionHandle> {
    let mut checkout = slot.check_out().await?;
    let begins_root = checkout.slot.state().transactions.begins_root();
    let begun = match begins_root {
        Ok(true) => begin_root(&mut checkout, options).await,
        Ok(false) if options.is_empty() => admit_depth(&checkout).map(|()| Kind::Inner),
        Ok(false) => {
            Err(Error::argument("an inner transaction has no options of its own; give them to the outermost begin"))
        }
        Err(error) => Err(error),
    };
    finish(slot, checkout, begun, &around).await
}

async fn nested(slot: &Arc<Slot>, around: Span) -> Result<TransactionHandle> {
    let mut checkout = slot.check_out().await?;
    let (begins_root, depth) = {
        let transactions = &checkout.slot.state().transactions;
        (transactions.begins_root(), transactions.depth())
    };
    let begun = match begins_root {
        Ok(true) => begin_root(&mut checkout, TransactionOptions::default()).await,
        Ok(false) => match admit_depth(&checkout) {
            Ok(()) => begin_savepoint(&mut checkout, depth).await.map(|()| Kind::Savepoint),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    finish(slot, checkout, begun, &around).await
}

async fn two_phase(slot: &Arc<Slot>, name: Option<String>, around: Span) -> Result<TransactionHandle> {
    let rules = &slot.rules;
    rules.grant.admit_twophase()?;
    let xid = match name {
        Some(name) => Xid::new(name, &rules.guest)?,
        None => Xid::random(&rules.guest)?,
    };
    let mut checkout = slot.check_out().await?;
    let admitted = checkout.slot.state().transactions.admit_twophase("start a two phase transaction");
    let begun = match admitted {
        Ok(()) => match twophase::admit_another(&mut checkout).await {
            Ok(()) => start_with(&mut checkout, rules.isolation, &format!("XA START {xid}")).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    finish(slot, checkout, begun.map(|()| Kind::TwoPhase(Branch { xid, prepared: false })), &around).await
}

/// Refuses one more inside the others where there are as many as there may be.
fn admit_depth(checkout: &Checkout) -> Result<()> {
    let allowed = checkout.slot.rules().grant.limits.transaction_depth;
    let depth = checkout.slot.state().transactions.depth();
    if depth < allowed {
        return Ok(());
    }
    let message =
        format!("{depth} transactions are begun inside each other, {allowed} are allowed; end some of them first");
    Err(Error::limit(Limit::TransactionDepth, message))
}

async fn begin_savepoint(checkout: &mut Checkout, depth: usize) -> Result<()> {
    let savepoint = Command::savepoint(depth);
    let deadline = deadline(checkout);
    checkout.run(Step::Execute, deadline, async |session| session.command(&savepoint).await).await
}

async fn begin_root(checkout: &mut Checkout, options: TransactionOptions) -> Result<Kind> {
    let isolation = options.isolation.or(checkout.slot.rules().isolation);
    checkout.slot.rules().grant.admit_isolation(isolation)?;
    if options.consistent_snapshot && isolation.is_some_and(|level| level != IsolationLevel::RepeatableRead) {
        return Err(Error::argument("a consistent snapshot needs isolation repeatable-read"));
    }
    start_with(checkout, isolation, options.as_sql()).await.map(|()| Kind::Root)
}

/// The level holds for the transaction that starts next, and for no other. What was begun on a session that is lost is not there.
async fn start_with(checkout: &mut Checkout, isolation: Option<IsolationLevel>, start: &str) -> Result<()> {
    let deadline = deadline(checkout);
    loop {
        let started = checkout.run(Step::Execute, deadline, async |session| {
            if let Some(level) = isolation {
                session.command(&format!("SET TRANSACTION ISOLATION LEVEL {}", level.as_sql())).await?;
            }
            session.command(start).await
        });
        match started.await {
            Err(error) if checkout.reconnect_if_stale(&error, deadline).await? => {}
            started => return started,
        }
    }
}

fn deadline(checkout: &Checkout) -> Deadline {
    Deadline::after(checkout.slot.rules().grant.limits.statement_timeout)
}

async fn finish(slot: &Arc<Slot>, checkout: Checkout, begun: Result<Kind>, around: &Span) -> Result<TransactionHandle> {
    match begun {
        Ok(kind) => {
            let xid = match &kind {
                Kind::TwoPhase(branch) => Some(branch.xid.name().to_owned()),
                _ => None,
            };
            let id = checkout.slot.state().begun(kind, &slot.rules, around);
            let handle = TransactionHandle::new(Arc::clone(slot), id, xid);
            checkout.put_back();
            Ok(handle)
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}
