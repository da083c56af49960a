//! The rest of a result, read as the guest fetches it.

use std::mem;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tracing::Instrument;

use super::abandonment::Abandonment;
use super::checkout::Checkout;
use super::cleanup::{abandon_result, close_result, fail_result};
use super::deadline::Deadline;
use super::result_size::ResultSize;
use super::slot::Slot;
use crate::driver::Remaining;
use crate::sql::StatementKind;
use crate::telemetry::Operation;
use crate::types::{BatchBuilder, BatchSizes, Column, Error, Result, RowBatch, Step};

/// A result with remaining rows or results. Dropping it abandons them.
#[derive(Debug)]
pub(crate) struct Cursor {
    slot: Arc<Slot>,
    columns: Arc<[Column]>,
    state: Mutex<State>,
    /// The sizes of the last batch, as an estimate for the next batch.
    likely: Mutex<BatchSizes>,
    /// The size of the rows that were read.
    size: Mutex<ResultSize>,
    /// The kind of the statement that returned this result.
    kind: StatementKind,
    abandonment: Abandonment,
}

#[derive(Debug, Clone)]
enum State {
    /// Rows remain, and the session is left to this cursor.
    Open,
    /// All rows were read, another result follows, and the session is left to this cursor.
    AtNext(Arc<[Column]>),
    /// Nothing remains.
    Exhausted,
    /// Closed by the guest, by an error, or by advancing to the next result.
    Closed,
}

impl Cursor {
    /// Creates a cursor. Its session is in the slot, in the state `Streaming`.
    pub(super) fn new(
        slot: Arc<Slot>,
        columns: Arc<[Column]>,
        remaining: Remaining,
        likely: BatchSizes,
        size: ResultSize,
        kind: StatementKind,
        abandonment: Abandonment,
    ) -> Self {
        let (state, likely, size) = (Mutex::new(remaining.into()), Mutex::new(likely), Mutex::new(size));
        Self { slot, columns, state, likely, size, kind, abandonment }
    }

    /// Returns further rows, at most `max_rows` and at most one batch; `None` at the end.
    pub(crate) async fn fetch(&self, max_rows: u32) -> Result<Option<RowBatch>> {
        let call = self.slot.call(Operation::Fetch).with_kind(self.kind);
        let rows = self.next_rows(max_rows).instrument(call.span()).await;
        if let Ok(rows) = &rows {
            call.set_rows(rows.as_ref().map_or(0, |rows| rows.rows));
        }
        self.slot.with_transaction_state(call.end(rows))
    }

    async fn next_rows(&self, max_rows: u32) -> Result<Option<RowBatch>> {
        if max_rows == 0 {
            return Err(Error::argument("max-rows must be at least 1"));
        }
        match &*self.state() {
            State::Open => {}
            State::AtNext(_) | State::Exhausted => return Ok(None),
            State::Closed => return Err(closed()),
        }
        let mut checkout = Checkout::take_stream(&self.slot)?;
        let limits = &self.slot.rules.grant.limits;
        let row_bytes = limits.row_bytes;
        let mut batch = BatchBuilder::new(&self.columns, max_rows, limits.batch_bytes, &self.likely.lock());
        let read = checkout
            .run(Step::Fetch, Deadline::after(limits.fetch_timeout), async |session| {
                session.read(&mut batch, row_bytes).await
            })
            .await
            .and_then(|remaining| {
                let mut size = self.size.lock();
                *size = size.with(&batch, limits)?;
                drop(size);
                *self.likely.lock() = batch.sizes();
                Ok((remaining, batch.finish(&self.columns)?))
            });
        let (remaining, rows) = match read {
            Ok(read) => read,
            Err(error) => {
                self.set(State::Closed);
                return Err(fail_result(checkout, error, self.abandonment).await);
            }
        };
        if matches!(remaining, Remaining::Nothing) {
            let synced = checkout.sync_transaction();
            self.set(if synced.is_ok() { State::Exhausted } else { State::Closed });
            checkout.finish(synced).await?;
        } else {
            let was_closed = matches!(mem::replace(&mut *self.state(), remaining.into()), State::Closed);
            checkout.park(self.abandonment);
            if was_closed {
                // Another call closed the cursor while this call had the session.
                self.abandon();
            }
        }
        Ok((rows.rows > 0).then_some(rows))
    }

    /// Takes the session to advance to the next result, and closes the cursor. Returns the
    /// remaining part of the response too, or `None` if nothing remains.
    pub(super) fn take_for_next_result(&self) -> Result<Option<(Checkout, Remaining)>> {
        let next = match &*self.state() {
            State::Open => Remaining::Rows,
            State::AtNext(columns) => Remaining::Result(Arc::clone(columns)),
            State::Exhausted => return Ok(None),
            State::Closed => return Err(closed()),
        };
        let checkout = Checkout::take_stream(&self.slot)?;
        self.set(State::Closed);
        Ok(Some((checkout, next)))
    }

    pub(super) fn set_exhausted(&self) {
        self.set(State::Exhausted);
    }

    pub(super) fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    pub(super) fn kind(&self) -> StatementKind {
        self.kind
    }

    pub(super) fn abandonment(&self) -> Abandonment {
        self.abandonment
    }

    /// Abandons the rest of the result. Waits for the end of a statement that may change data, and
    /// returns its error.
    pub(crate) async fn close(&self) -> Result<()> {
        if !self.take_remaining() {
            return Ok(());
        }
        let call = self.slot.call(Operation::Fetch).with_kind(self.kind);
        let closed = close_result(&self.slot).instrument(call.span()).await;
        self.slot.with_transaction_state(call.end(closed))
    }

    fn abandon(&self) {
        if self.take_remaining() {
            abandon_result(&self.slot);
        }
    }

    /// Closes the cursor. Returns whether anything remained.
    fn take_remaining(&self) -> bool {
        let state = mem::replace(&mut *self.state(), State::Closed);
        matches!(state, State::Open | State::AtNext(_))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn set(&self, state: State) {
        *self.state() = state;
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.abandon();
        self.size.get_mut().record(&self.slot.rules.meters);
    }
}

impl From<Remaining> for State {
    fn from(remaining: Remaining) -> Self {
        match remaining {
            Remaining::Rows => State::Open,
            Remaining::Result(columns) => State::AtNext(columns),
            Remaining::Nothing => State::Exhausted,
        }
    }
}

fn closed() -> Error {
    Error::closed("This result object is closed.")
}
