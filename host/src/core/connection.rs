//! A connection and its transactions, as a guest holds them.

use std::sync::Arc;

use super::bulk;
use super::checkout::Checkout;
use super::cursor::Cursor;
use super::limits::ROLLBACK_TIMEOUT;
use super::slot::Slot;
use super::statement::{self, ExecuteOptions};
use super::transaction::{Send, TransactionId};
use crate::types::{
    Column, Error, ErrorKind, IsolationLevel, Result, RowBatch, Step, TransactionState, Value, Warning,
};

/// A connection's handle. Dropping it gives the session back once no transaction or cursor of it is left.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    slot: Arc<Slot>,
}

/// A transaction's handle. Dropping it rolls back, unless it has ended.
#[derive(Debug)]
pub(crate) struct TransactionHandle {
    slot: Arc<Slot>,
    id: TransactionId,
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

/// How a transaction begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TransactionOptions {
    pub(crate) isolation: Option<IsolationLevel>,
    pub(crate) read_only: bool,
    pub(crate) consistent_snapshot: bool,
}

impl Connection {
    pub(super) fn new(slot: Arc<Slot>) -> Connection {
        Connection { slot }
    }

    pub(crate) async fn execute(&self, sql: &str, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        statement::execute(&self.slot, sql, params, options).await
    }

    pub(crate) async fn execute_many(&self, sql: &str, params: RowBatch, options: ExecuteOptions) -> Result<Outcome> {
        bulk::execute_many(&self.slot, sql, &params, options).await
    }

    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<TransactionHandle> {
        let mut checkout = self.slot.check_out().await?;
        match begin(&mut checkout, options).await {
            Ok(id) => {
                let handle = TransactionHandle { slot: Arc::clone(&self.slot), id };
                checkout.put_back();
                Ok(handle)
            }
            Err(error) => Err(checkout.fail(error)),
        }
    }

    pub(crate) async fn warnings(&self) -> Result<Vec<Warning>> {
        let mut checkout = self.slot.check_out().await?;
        if checkout.slot.state().warnings == 0 {
            checkout.put_back();
            return Ok(Vec::new());
        }
        let timeout = checkout.slot.rules().grant.limits.statement_timeout;
        match checkout.run(Step::Execute, timeout, async |session| session.warnings().await).await {
            Ok(warnings) => {
                checkout.put_back();
                Ok(warnings)
            }
            Err(error) => Err(checkout.fail(error)),
        }
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        let mut checkout = self.slot.check_out().await?;
        let timeout = checkout.slot.rules().grant.limits.statement_timeout;
        match checkout.run(Step::Execute, timeout, async |session| session.ping().await).await {
            Ok(()) => {
                checkout.put_back();
                Ok(())
            }
            Err(error) => Err(checkout.fail(error)),
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
        if checkout.slot.state().transactions.needs_rollback() {
            let rolled_back =
                checkout.run(Step::Rollback, ROLLBACK_TIMEOUT, async |session| session.command("ROLLBACK").await).await;
            if let Err(error) = rolled_back {
                return Err(checkout.fail(error));
            }
        }
        checkout.close();
        Ok(())
    }
}

/// Begins the root, or an inner transaction.
async fn begin(checkout: &mut Checkout, options: TransactionOptions) -> Result<TransactionId> {
    let rules = Arc::clone(checkout.slot.rules());
    let is_root = checkout.slot.state().transactions.begins_root()?;
    if !is_root {
        if options.isolation.is_some() || options.read_only || options.consistent_snapshot {
            return Err(Error::argument(
                "an inner transaction has no options of its own; give them to the outermost begin",
            ));
        }
        return Ok(checkout.slot.state().transactions.begun());
    }
    let isolation = options.isolation.or(rules.isolation);
    if options.consistent_snapshot && isolation.is_some_and(|level| level != IsolationLevel::RepeatableRead) {
        return Err(Error::argument("a consistent snapshot needs isolation repeatable-read"));
    }
    let start = match (options.consistent_snapshot, options.read_only) {
        (false, false) => "START TRANSACTION",
        (false, true) => "START TRANSACTION READ ONLY",
        (true, false) => "START TRANSACTION WITH CONSISTENT SNAPSHOT",
        (true, true) => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    };
    checkout
        .run(Step::Execute, rules.grant.limits.statement_timeout, async |session| {
            if let Some(level) = isolation {
                session.command(&format!("SET TRANSACTION ISOLATION LEVEL {}", level.as_sql())).await?;
            }
            session.command(start).await
        })
        .await?;
    let id = checkout.slot.state().transactions.begun();
    checkout.sync_transaction()?;
    Ok(id)
}

impl TransactionHandle {
    pub(crate) async fn commit(&self) -> Result<()> {
        // An inner one, or one that is over, is told from the state alone.
        let mut checkout = self.slot.check_out().await?;
        let send = checkout.slot.state().transactions.commit(self.id);
        match send {
            Ok(Send::Commit) => {}
            Ok(_) => {
                checkout.put_back();
                return Ok(());
            }
            Err(error) => {
                checkout.put_back();
                return Err(error);
            }
        }
        let timeout = checkout.slot.rules().grant.limits.commit_timeout;
        let unknown = LogUnknown { guest: Some(&self.slot.rules.guest) };
        let committed = checkout.run(Step::Commit, timeout, async |session| session.command("COMMIT").await).await;
        match committed {
            Ok(()) => {
                unknown.known();
                checkout.slot.state().transactions.committed();
                checkout.put_back();
                Ok(())
            }
            Err(error) if matches!(error.kind, ErrorKind::Server(_)) => {
                unknown.known();
                checkout.slot.state().transactions.abort(crate::types::AbortReason::Other);
                Err(checkout.fail(error))
            }
            Err(error) => {
                let error = Error::new(
                    ErrorKind::CommitUnknown,
                    format!(
                        "COMMIT was sent and its answer never came, so it may have happened or not: {}",
                        error.message
                    ),
                );
                Err(checkout.fail(error))
            }
        }
    }

    pub(crate) async fn rollback(&self) -> Result<()> {
        self.end(false).await
    }

    pub(crate) async fn close(&self) -> Result<()> {
        self.end(true).await
    }

    pub(crate) fn is_active(&self) -> bool {
        !self.slot.is_closed() && self.slot.state().transactions.is_active(self.id)
    }

    async fn end(&self, close: bool) -> Result<()> {
        // On a closed connection nothing is left to send, and the server has rolled back.
        if self.slot.is_closed() {
            self.slot.state().transactions.rolled_back(self.id);
            return Ok(());
        }
        let mut checkout = self.slot.check_out().await?;
        let send = {
            let mut state = checkout.slot.state();
            if close { state.transactions.close(self.id) } else { state.transactions.rollback(self.id) }
        };
        match send {
            Ok(Send::Rollback) => {
                let rolled_back = checkout
                    .run(Step::Rollback, ROLLBACK_TIMEOUT, async |session| session.command("ROLLBACK").await)
                    .await;
                if let Err(error) = rolled_back {
                    return Err(checkout.fail(error));
                }
                checkout.slot.state().transactions.rolled_back(self.id);
                checkout.put_back();
                Ok(())
            }
            Ok(_) => {
                checkout.put_back();
                Ok(())
            }
            Err(error) => {
                checkout.put_back();
                Err(error)
            }
        }
    }
}

impl Drop for TransactionHandle {
    fn drop(&mut self) {
        self.slot.roll_back_later(self.id);
    }
}

/// A commit that is cancelled is reported to nobody, so at least the log says it.
struct LogUnknown<'a> {
    guest: Option<&'a str>,
}

impl LogUnknown<'_> {
    fn known(mut self) {
        self.guest = None;
    }
}

impl Drop for LogUnknown<'_> {
    fn drop(&mut self) {
        if let Some(guest) = self.guest {
            tracing::warn!(guest, "a COMMIT was sent and its answer never came: its outcome is unknown");
        }
    }
}
