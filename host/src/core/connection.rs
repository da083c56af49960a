//! A connection, as a guest holds it.

use std::sync::Arc;

use super::checkout::Checkout;
use super::cursor::Cursor;
use super::deadline::Deadline;
use super::execute_many;
use super::prepared::PreparedStatement;
use super::slot::Slot;
use super::statement::{self, ExecuteOptions, Source};
use super::transaction::{self, Command, TransactionHandle, TransactionOptions, send};
use crate::driver::Reply;
use crate::types::{Column, Result, RowBatch, Step, TransactionState, Value, Warning};

/// A connection's handle. Dropping it gives the session back once no transaction, statement or cursor of it is left.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    slot: Arc<Slot>,
}

/// What a statement did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) affected_rows: u64,
    pub(crate) last_insert_id: u64,
    pub(crate) warnings: u16,
    pub(crate) info: String,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) rows: Option<RowBatch>,
    pub(crate) cursor: Option<Cursor>,
}

impl Outcome {
    /// Of a statement, as far as its reply tells.
    pub(super) fn of(reply: Reply, warnings: u16) -> Outcome {
        let Reply { affected_rows, last_insert_id, info, columns } = reply;
        Outcome { affected_rows, last_insert_id, warnings, info, columns, rows: None, cursor: None }
    }
}

impl Connection {
    pub(super) fn new(slot: Arc<Slot>) -> Connection {
        Connection { slot }
    }

    pub(crate) async fn execute(&self, sql: &str, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        statement::execute(&self.slot, Source::Text(sql), params, options)
            .await
            .map_err(|error| self.slot.with_transaction_state(error))
    }

    pub(crate) async fn execute_many(&self, sql: &str, params: RowBatch, options: ExecuteOptions) -> Result<Outcome> {
        execute_many::execute_many(&self.slot, sql, None, &params, options)
            .await
            .map_err(|error| self.slot.with_transaction_state(error))
    }

    pub(crate) async fn prepare(&self, sql: String) -> Result<PreparedStatement> {
        PreparedStatement::prepare(&self.slot, sql).await.map_err(|error| self.slot.with_transaction_state(error))
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
        let checkout = self.slot.check_out().await?;
        if checkout.slot.state().warnings == 0 {
            checkout.put_back();
            return Ok(Vec::new());
        }
        // Most calls ask in vain, and carry nothing of this.
        Box::pin(ask_for_warnings(checkout)).await
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        let mut checkout = self.slot.check_out().await?;
        let deadline = statement_deadline(&checkout);
        loop {
            match checkout.run(Step::Execute, deadline, async |session| session.ping().await).await {
                Err(error) if checkout.reconnect_if_stale(&error, deadline).await? => {}
                answer => return put_back(checkout, answer).await,
            }
        }
    }

    pub(crate) fn transaction_state(&self) -> TransactionState {
        self.slot.state().transactions.state()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.slot.is_closed()
    }

    /// Gives the session back; what was open is rolled back when this returns.
    pub(crate) async fn close(&self) -> Result<()> {
        let Some(mut checkout) = self.slot.close().await? else { return Ok(()) };
        let undo = checkout.slot.state().transactions.undo_all();
        // Where nothing is sent the session is as clean as before, and needs no reset.
        let undone = if undo == Command::Nothing { Ok(()) } else { send(&mut checkout, &undo).await };
        match undone {
            Ok(()) => {
                checkout.close();
                Ok(())
            }
            // The end of the session rolls back too.
            Err(error) => Err(checkout.cut(error)),
        }
    }
}

fn statement_deadline(checkout: &Checkout) -> Deadline {
    Deadline::after(checkout.slot.rules().grant.limits.statement_timeout)
}

async fn ask_for_warnings(mut checkout: Checkout) -> Result<Vec<Warning>> {
    let deadline = statement_deadline(&checkout);
    checkout.only_asks();
    let answer = checkout.run(Step::Execute, deadline, async |session| session.warnings().await).await;
    put_back(checkout, answer).await
}

/// After what leaves transaction and warnings as they were.
async fn put_back<T>(checkout: Checkout, answer: Result<T>) -> Result<T> {
    match answer {
        Ok(answer) => {
            checkout.put_back();
            Ok(answer)
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}
