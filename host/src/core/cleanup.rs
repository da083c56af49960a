//! Cleans up results and transactions that a guest dropped, and named locks that it held for too
//! long. A drop can't wait, so the cleanup runs in the background. Calls on the connection wait for
//! its end.

use std::mem;
use std::sync::Arc;

use parking_lot::MutexGuard;
use tokio::time::Instant;

use super::abandonment::Abandonment;
use super::checkout::Checkout;
use super::close_reason::{CloseReason, closes_session, is_about_result, is_too_large};
use super::deadline::Deadline;
use super::limits::CLEANUP_TIMEOUT;
use super::slot::Slot;
use super::slot_state::{SessionState, SlotState};
use super::transaction::command::Command;
use super::transaction::states::TransactionId;
use crate::telemetry::{Discarded, Ending};
use crate::types::{Error, ErrorKind, Result, ServerClass, Step};

/// Abandons the open result in the background.
pub(super) fn abandon_result(slot: &Arc<Slot>) {
    let Some(checkout) = take_stream(slot, SessionState::Cleaning) else { return };
    let runtime = checkout.lease.runtime().clone();
    let rules = Arc::clone(&slot.rules);
    runtime.spawn(async move {
        if let Err(error) = read_to_end(checkout, true).await {
            tracing::warn!(guest = &*rules.guest, %error, "a statement failed after its result was dropped");
        }
    });
}

/// Abandons the open result. If its statement may change data, waits for the end of the statement
/// and returns its error.
pub(super) async fn close_result(slot: &Arc<Slot>) -> Result<()> {
    if !has_changing_result(slot) {
        abandon_result(slot);
        return Ok(());
    }
    match take_stream(slot, SessionState::Busy) {
        Some(checkout) => read_to_end(checkout, false).await,
        None => Ok(()),
    }
}

/// Returns whether the open result is that of a statement that may change data.
pub(super) fn has_changing_result(slot: &Slot) -> bool {
    matches!(&slot.state().session, SessionState::Streaming(stream) if stream.abandonment != Abandonment::Cut)
}

fn take_stream(slot: &Arc<Slot>, leaving: SessionState) -> Option<Checkout> {
    let mut state = slot.state();
    match mem::replace(&mut state.session, leaving) {
        SessionState::Streaming(stream) => Some(Checkout::of_stream(slot, stream)),
        other => {
            state.session = other;
            None
        }
    }
}

/// Reads the rest of a result and puts the session back.
///
/// If the statement only reads and the rest takes too long, the session is closed without an error.
/// In the background no call receives an error, so it is stored for the next call.
async fn read_to_end(mut checkout: Checkout, in_background: bool) -> Result<()> {
    let abandonment = checkout.abandonment;
    let read = discard_results(&mut checkout).await;
    match read.and_then(|()| checkout.sync_transaction()) {
        Ok(_) => {
            checkout.put_back();
            Ok(())
        }
        Err(error) if abandonment == Abandonment::Cut && closes_session(&error) => {
            checkout.close_because(CloseReason::Abandoned, error);
            Ok(())
        }
        Err(Error { kind: ErrorKind::Timeout(_), .. }) => {
            let message = format!(
                "a statement that may change data did not finish within {} ms after its result was dropped; its connection is \
                 closed, and whether its changes were kept is unknown",
                abandonment.timeout().as_millis()
            );
            Err(checkout.close_because(CloseReason::Unfinished, Error::timeout(Step::Execute, message)))
        }
        Err(error) => {
            if in_background && abandonment != Abandonment::Cut {
                let late = error.clone().context("of a statement whose result was dropped before its end");
                checkout.slot.state().failure = Some(late);
            }
            Err(checkout.fail(error).await)
        }
    }
}

/// Ends a call that failed while it read a result. A statement that may change data still runs to
/// its end. The session stays open if the rest of the result could be read.
pub(super) async fn fail_result(mut checkout: Checkout, mut error: Error, abandonment: Abandonment) -> Error {
    // Reading the rest of a result that is too large would take long and change nothing.
    let is_cut = abandonment == Abandonment::Cut && is_too_large(&error);
    if is_cut || !is_about_result(&error) {
        return checkout.fail(error).await;
    }
    checkout.abandonment = abandonment;
    let has_executed = checkout.has_executed();
    match discard_results(&mut checkout).await {
        // A ping, because after a prepare the status flags are not those of a statement.
        Ok(()) if checkout.check_transaction(ServerClass::Other).await => {
            if abandonment != Abandonment::Cut && has_executed {
                error.message.push_str("; the statement was executed");
            }
            let error = checkout.slot.state().with_transaction_state(error);
            checkout.put_back();
            error
        }
        Ok(()) => checkout.cut(error),
        Err(other) if closes_session(&other) => {
            let reason = match abandonment {
                Abandonment::Cut => CloseReason::Abandoned,
                Abandonment::ReadToEnd(_) => {
                    error.message.push_str(
                        "; the statement did not finish in time, and whether its changes were kept is unknown",
                    );
                    CloseReason::Unfinished
                }
            };
            checkout.close_because(reason, error)
        }
        Err(other) => error.in_transaction(checkout.fail(other).await.transaction),
    }
}

/// Reads the rest of the result and all results after it.
async fn discard_results(checkout: &mut Checkout) -> Result<()> {
    let deadline = Deadline::after(checkout.abandonment.timeout());
    checkout.run(Step::Fetch, deadline, async |session| session.discard().await).await
}

/// Rolls back a transaction that the guest dropped: now if the session is ready, otherwise when the
/// session is put back. A prepared transaction stays at the server, and its connection is closed.
pub(super) fn end_transaction(slot: &Arc<Slot>, id: TransactionId) {
    let mut state = slot.state();
    if !state.transactions.contains(id) {
        return;
    }
    if state.is_closed() {
        // The server rolled back when the session ended.
        state.answered(id, &Command::Nothing);
        return;
    }
    state.dropped.push(id);
    resume(slot, state);
}

/// Starts the pending cleanup if the session is ready.
pub(super) fn resume(slot: &Arc<Slot>, mut state: MutexGuard<'_, SlotState>) {
    // A guest can drop many nested transactions at once, and most need no command.
    while let Some(&id) = state.dropped.last() {
        if !matches!(state.session, SessionState::Ready(_)) {
            return;
        }
        // An inner transaction that was dropped during `prepare` has ended with it.
        if state.transactions.is_prepared() && state.transactions.contains(id) {
            return leave_prepared(slot, state);
        }
        state.dropped.pop();
        let command = match state.transactions.rollback(id) {
            Ok(Command::Nothing) => {
                state.answered(id, &Command::Nothing);
                continue;
            }
            // The server has already ended this transaction, so there is nothing to send.
            Err(_) => continue,
            Ok(command) => command,
        };
        if let SessionState::Ready(lease) = mem::replace(&mut state.session, SessionState::Cleaning) {
            drop(state);
            roll_back(Checkout::new(slot, lease), id, command);
        }
        return;
    }
    // The watchdog sees only sessions between calls, and a guest can call all the time.
    if matches!(state.session, SessionState::Ready(_)) && state.named_locks_are_overdue(&slot.rules, Instant::now()) {
        release_named_locks(slot, state);
    }
}

fn roll_back(mut checkout: Checkout, id: TransactionId, command: Command) {
    let runtime = checkout.lease.runtime().clone();
    runtime.spawn(async move {
        let deadline = Deadline::after(CLEANUP_TIMEOUT);
        match checkout.run(Step::Rollback, deadline, async |session| command.send(session).await).await {
            Ok(()) => {
                checkout.slot.state().answered(id, &command);
                checkout.put_back();
            }
            Err(error) => {
                tracing::warn!(%error, "a dropped transaction could not be rolled back; its connection is closed");
                // The end of the session rolls back.
                checkout.slot.state().answered(id, &Command::Nothing);
                checkout.cut(error);
            }
        }
    });
}

/// Closes the connection of a dropped prepared transaction, which the server keeps.
fn leave_prepared(slot: &Slot, mut state: MutexGuard<'_, SlotState>) {
    tracing::warn!(
        guest = &*slot.rules.guest,
        "a prepared transaction was dropped; it waits to be committed or rolled back"
    );
    state.dropped.clear();
    state.end_transactions(Ending::Prepared);
    let session = mem::replace(&mut state.session, SessionState::Closed(CloseReason::Prepared));
    drop(state);
    if let SessionState::Ready(lease) = session {
        lease.discard(Discarded::Prepared);
    }
    slot.cleaned.notify_waiters();
}

/// Releases the named locks of the session. If the session held any, closes the connection, so that
/// the guest receives an error.
///
/// Only the server knows whether a lock was acquired and is still held. In the middle of a result
/// the host can't query the server, so it closes the connection.
pub(super) fn release_named_locks(slot: &Arc<Slot>, mut state: MutexGuard<'_, SlotState>) {
    match mem::replace(&mut state.session, SessionState::Cleaning) {
        SessionState::Ready(lease) => {
            drop(state);
            release_locks_of(Checkout::new(slot, lease));
        }
        other => {
            state.session = other;
            SlotState::cut(state, CloseReason::NamedLock);
        }
    }
}

fn release_locks_of(mut checkout: Checkout) {
    let runtime = checkout.lease.runtime().clone();
    runtime.spawn(async move {
        let deadline = Deadline::after(CLEANUP_TIMEOUT);
        match checkout.run(Step::Rollback, deadline, async |session| session.release_named_locks().await).await {
            Ok(false) => checkout.put_back(),
            Ok(true) => {
                let rules = checkout.slot.rules();
                let (guest, database) = (&*rules.guest, &**rules.meters.database());
                tracing::warn!(guest, database, "a connection held named locks for too long and is closed");
                let _closed = checkout.close_because(CloseReason::NamedLock, CloseReason::NamedLock.error());
            }
            Err(error) => drop(checkout.cut(error)),
        }
    });
}
