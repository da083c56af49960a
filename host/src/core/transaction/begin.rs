//! Begins transactions.

use std::sync::Arc;

use tracing::Span;

use super::command::Command;
use super::handle::TransactionHandle;
use super::states::{Branch, Kind};
use super::twophase;
use super::xid::Xid;

use crate::core::checkout::{Checkout, run_or_reconnect};
use crate::core::deadline::Deadline;
use crate::core::slot::Slot;
use crate::telemetry::Operation;
use crate::types::{Error, IsolationLevel, Limit, Result, Step};

/// The options of `begin`.
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

/// Begins an outermost transaction. Inside another transaction it begins an inner transaction and
/// sends nothing.
pub(in crate::core) async fn begin(slot: &Arc<Slot>, options: TransactionOptions) -> Result<TransactionHandle> {
    record(slot, outermost_or_inner(slot, options, slot.parent_span())).await
}

/// Begins a savepoint, or an outermost transaction if no transaction is open.
pub(in crate::core) async fn begin_nested(slot: &Arc<Slot>) -> Result<TransactionHandle> {
    record(slot, nested(slot, slot.parent_span())).await
}

/// Begins a two-phase transaction. `None` creates a random name.
pub(in crate::core) async fn begin_twophase(slot: &Arc<Slot>, name: Option<String>) -> Result<TransactionHandle> {
    record(slot, two_phase(slot, name, slot.parent_span())).await
}

async fn record(slot: &Slot, begin: impl Future<Output = Result<TransactionHandle>>) -> Result<TransactionHandle> {
    slot.with_transaction_state(slot.call(Operation::Begin).record(begin).await)
}

/// `parent` is the span around the transaction. It outlives the call that begins the transaction.
async fn outermost_or_inner(slot: &Arc<Slot>, options: TransactionOptions, parent: Span) -> Result<TransactionHandle> {
    let mut checkout = Checkout::take(slot).await?;
    let begins_root = checkout.slot.state().transactions.begins_root();
    let begun = match begins_root {
        Ok(true) => begin_root(&mut checkout, options).await,
        Ok(false) if options.is_empty() => check_depth(&checkout).map(|()| Kind::Inner),
        Ok(false) => Err(Error::argument("an inner transaction takes no options; pass them to the outermost begin")),
        Err(error) => Err(error),
    };
    finish(checkout, begun, &parent).await
}

async fn nested(slot: &Arc<Slot>, parent: Span) -> Result<TransactionHandle> {
    let mut checkout = Checkout::take(slot).await?;
    let begins_root = checkout.slot.state().transactions.begins_root();
    let begun = match begins_root {
        Ok(true) => begin_root(&mut checkout, TransactionOptions::default()).await,
        Ok(false) => begin_savepoint(&mut checkout).await,
        Err(error) => Err(error),
    };
    finish(checkout, begun, &parent).await
}

async fn two_phase(slot: &Arc<Slot>, name: Option<String>, parent: Span) -> Result<TransactionHandle> {
    let rules = &slot.rules;
    rules.grant.admit_twophase()?;
    let xid = match name {
        Some(name) => Xid::new(name, &rules.guest)?,
        None => Xid::random(&rules.guest)?,
    };
    let mut checkout = Checkout::take(slot).await?;
    let begun = start_two_phase(&mut checkout, xid).await;
    finish(checkout, begun, &parent).await
}

async fn start_two_phase(checkout: &mut Checkout, xid: Xid) -> Result<Kind> {
    checkout.slot.state().transactions.admit_twophase("start a two phase transaction")?;
    twophase::check_prepared(checkout).await?;
    let isolation = checkout.slot.rules().isolation;
    start_with(checkout, isolation, &format!("XA START {xid}")).await?;
    Ok(Kind::TwoPhase(Branch { xid, prepared: false }))
}

/// Fails with `limit-exceeded(transaction-depth)` if no transaction may be nested deeper.
fn check_depth(checkout: &Checkout) -> Result<()> {
    let allowed = checkout.slot.rules().grant.limits.transaction_depth;
    let depth = checkout.slot.state().transactions.depth();
    if depth < allowed {
        return Ok(());
    }
    let message =
        format!("{depth} transactions are nested in each other, {allowed} are allowed; end some of them first");
    Err(Error::limit(Limit::TransactionDepth, message))
}

async fn begin_savepoint(checkout: &mut Checkout) -> Result<Kind> {
    check_depth(checkout)?;
    let savepoint = Command::savepoint(checkout.slot.state().transactions.depth());
    let deadline = deadline(checkout);
    checkout.run(Step::Execute, deadline, async |session| session.command(&savepoint).await).await?;
    Ok(Kind::Savepoint)
}

async fn begin_root(checkout: &mut Checkout, options: TransactionOptions) -> Result<Kind> {
    let isolation = options.isolation.or(checkout.slot.rules().isolation);
    checkout.slot.rules().grant.admit_isolation(isolation)?;
    if options.consistent_snapshot && isolation.is_some_and(|level| level != IsolationLevel::RepeatableRead) {
        return Err(Error::argument("a consistent snapshot needs isolation repeatable-read"));
    }
    start_with(checkout, isolation, options.as_sql()).await?;
    Ok(Kind::Root)
}

/// Starts a transaction. The isolation level applies to this transaction only. If the session is
/// stale, no transaction exists, so the commands are sent again on a new session.
async fn start_with(checkout: &mut Checkout, isolation: Option<IsolationLevel>, start: &str) -> Result<()> {
    let deadline = deadline(checkout);
    run_or_reconnect!(checkout, Step::Execute, deadline, async |session| {
        if let Some(level) = isolation {
            session.command(&format!("SET TRANSACTION ISOLATION LEVEL {}", level.as_sql())).await?;
        }
        session.command(start).await
    })
}

fn deadline(checkout: &Checkout) -> Deadline {
    Deadline::after(checkout.slot.rules().grant.limits.statement_timeout)
}

async fn finish(checkout: Checkout, begun: Result<Kind>, parent: &Span) -> Result<TransactionHandle> {
    let slot = Arc::clone(checkout.slot.slot());
    let begun = begun.map(|kind| {
        let xid = match &kind {
            Kind::TwoPhase(branch) => Some(branch.xid.name().to_owned()),
            _ => None,
        };
        (slot.state().begun(kind, &slot.rules, parent), xid)
    });
    let (id, xid) = checkout.finish(begun).await?;
    Ok(TransactionHandle::new(slot, id, xid))
}
