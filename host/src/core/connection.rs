//! A connection, as a guest holds it.

use std::mem;
use std::sync::Arc;

use super::checkout::{Checkout, run_or_reconnect};
use super::cleanup;
use super::close_reason::CloseReason;
use super::deadline::Deadline;
use super::execute_many;
use super::outcome::Outcome;
use super::prepared::PreparedStatement;
use super::slot::Slot;
use super::slot_state::SessionState;
use super::statement::{self, ExecuteOptions, Source};
use super::transaction::{self, Command, TransactionHandle, TransactionOptions, send};
use crate::telemetry::{Discarded, Ending};
use crate::types::{Result, RowBatch, Step, TransactionState, Value, Warning};

/// The handle of a connection. The session is released once the connection and all its
/// transactions, statements and cursors are dropped.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    slot: Arc<Slot>,
}

impl Connection {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    pub(crate) async fn execute(&self, sql: &str, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        statement::execute(&self.slot, Source::Text(sql), params, options).await
    }

    pub(crate) async fn execute_many(&self, sql: &str, params: RowBatch, options: ExecuteOptions) -> Result<Outcome> {
        execute_many::execute_many(&self.slot, sql, None, params, options).await
    }

    pub(crate) async fn prepare(&self, sql: String) -> Result<PreparedStatement> {
        PreparedStatement::prepare(&self.slot, sql).await
    }

    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<TransactionHandle> {
        transaction::begin(&self.slot, options).await
    }

    pub(crate) async fn begin_nested(&self) -> Result<TransactionHandle> {
        transaction::begin_nested(&self.slot).await
    }

    pub(crate) async fn begin_twophase(&self, xid: Option<String>) -> Result<TransactionHandle> {
        transaction::begin_twophase(&self.slot, xid).await
    }

    pub(crate) async fn recover_twophase(&self) -> Result<Vec<String>> {
        transaction::recover(&self.slot).await
    }

    pub(crate) async fn commit_prepared(&self, xid: String) -> Result<()> {
        transaction::commit_prepared(&self.slot, xid).await
    }

    pub(crate) async fn rollback_prepared(&self, xid: String) -> Result<()> {
        transaction::rollback_prepared(&self.slot, xid).await
    }

    pub(crate) async fn warnings(&self) -> Result<Vec<Warning>> {
        let checkout = Checkout::take(&self.slot).await?;
        if checkout.slot.state().warnings == 0 {
            checkout.put_back();
            return Ok(Vec::new());
        }
        // Boxed because most calls have no warnings to query.
        Box::pin(ask_for_warnings(checkout)).await
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        let mut checkout = Checkout::take(&self.slot).await?;
        let deadline = statement_deadline(&checkout);
        let answer = run_or_reconnect!(checkout, Step::Execute, deadline, async |session| session.ping().await);
        checkout.finish(answer).await
    }

    pub(crate) fn transaction_state(&self) -> TransactionState {
        self.slot.state().transactions.state()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.slot.is_closed()
    }

    /// Closes the connection. Open transactions are rolled back when this returns. An unread result
    /// of a statement that may change data is read to its end before.
    pub(crate) async fn close(&self) -> Result<()> {
        if cleanup::has_changing_result(&self.slot) {
            cleanup::close_result(&self.slot).await?;
        }
        if self.cut_result() {
            return Ok(());
        }
        let mut checkout = match Checkout::take(&self.slot).await {
            Ok(checkout) => checkout,
            // The connection was closed before, or by the host's cleanup.
            Err(_) if self.is_closed() => return Ok(()),
            Err(error) => return Err(error),
        };
        let undo = checkout.slot.state().transactions.undo_all();
        // Without a transaction nothing is sent, so an unused session needs no reset.
        let undone = if undo == Command::Nothing { Ok(()) } else { send(&mut checkout, &undo).await };
        match undone {
            Ok(()) => {
                checkout.release();
                Ok(())
            }
            // The end of the session rolls back too.
            Err(error) => Err(checkout.cut(error)),
        }
    }

    /// Closes the connection by cutting its open result, if it has one.
    fn cut_result(&self) -> bool {
        let mut state = self.slot.state();
        match mem::replace(&mut state.session, SessionState::Closed(CloseReason::ByGuest)) {
            SessionState::Streaming(stream) => {
                state.end_transactions(Ending::RolledBack);
                drop(state);
                stream.lease.discard(Discarded::Abandoned);
                true
            }
            other => {
                state.session = other;
                false
            }
        }
    }
}

fn statement_deadline(checkout: &Checkout) -> Deadline {
    Deadline::after(checkout.slot.rules().grant.limits.statement_timeout)
}

async fn ask_for_warnings(mut checkout: Checkout) -> Result<Vec<Warning>> {
    let deadline = statement_deadline(&checkout);
    checkout.set_question();
    let answer = checkout.run(Step::Execute, deadline, async |session| session.warnings().await).await;
    checkout.finish(answer).await
}
