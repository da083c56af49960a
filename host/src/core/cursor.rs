//! The rest of a result, read as the guest asks for it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Instrument;

use super::abandonment::Abandonment;
use super::connection::Outcome;
use super::deadline::Deadline;
use super::result_size::ResultSize;
use super::slot::Slot;
use super::statement;
use crate::driver::{Remaining, Reply};
use crate::sql::StatementKind;
use crate::telemetry::Operation;
use crate::types::{BatchBuilder, Column, Error, Result, RowBatch, Step};

/// A result with something left. Dropping it lets go of the connection.
#[derive(Debug)]
pub(crate) struct Cursor {
    slot: Arc<Slot>,
    columns: Arc<[Column]>,
    state: Mutex<State>,
    /// Rows of the last batch, which is how many the next one is likely to have.
    likely: AtomicU32,
    /// What was read of this result.
    size: Mutex<ResultSize>,
    /// Of the statement that it is the result of.
    kind: StatementKind,
    abandonment: Abandonment,
}

#[derive(Debug, Clone)]
enum State {
    /// Rows are left, and the connection waits for this cursor.
    Open,
    /// All rows were read, another result follows, and the connection waits for this cursor.
    AtNext(Arc<[Column]>),
    /// Nothing is left.
    Exhausted,
    /// Closed by the guest, by an error, or by moving on to the next result.
    Closed,
}

impl Cursor {
    /// The connection must have been parked for it.
    pub(super) fn new(
        slot: Arc<Slot>,
        columns: Arc<[Column]>,
        rest: Remaining,
        size: ResultSize,
        kind: StatementKind,
        abandonment: Abandonment,
    ) -> Cursor {
        let (state, likely, size) = (Mutex::new(rest.into()), AtomicU32::new(0), Mutex::new(size));
        Cursor { slot, columns, state, likely, size, kind, abandonment }
    }

    /// Further rows, at most `max_rows` and one batch; `None` when this result has no more.
    pub(crate) async fn fetch(&self, max_rows: u32) -> Result<Option<RowBatch>> {
        let call = self.slot.call(Operation::Fetch).of_kind(self.kind);
        let rows = self.next_rows(max_rows).instrument(call.span()).await;
        if let Ok(rows) = &rows {
            call.set_rows(rows.as_ref().map_or(0, |rows| rows.rows));
        }
        call.end(rows)
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
        let mut checkout = self.slot.check_out_stream()?;
        let limits = &self.slot.rules.grant.limits;
        let row_bytes = limits.row_bytes;
        let mut batch =
            BatchBuilder::new(&self.columns, max_rows, limits.batch_bytes, self.likely.load(Ordering::Relaxed));
        let read = checkout
            .run(Step::Fetch, Deadline::after(limits.fetch_timeout), async |session| {
                session.read(&mut batch, row_bytes).await
            })
            .await
            .and_then(|rest| {
                let mut size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
                *size = size.with(&batch, limits)?;
                drop(size);
                Ok((rest, batch.finish(&self.columns)?))
            });
        let rows = match read {
            Ok((rest, rows)) => {
                if matches!(rest, Remaining::Nothing)
                    && let Err(error) = checkout.sync_transaction()
                {
                    self.set(State::Closed);
                    return Err(checkout.fail(error).await);
                }
                let is_over = matches!(rest, Remaining::Nothing);
                let was_closed = matches!(std::mem::replace(&mut *self.state(), rest.into()), State::Closed);
                if is_over {
                    checkout.put_back();
                } else {
                    checkout.park(self.abandonment);
                }
                if was_closed {
                    // By another call, while this one had the session.
                    self.give_up();
                }
                rows
            }
            Err(error) => {
                self.set(State::Closed);
                return Err(checkout.give_up(error, self.abandonment).await);
            }
        };
        self.likely.store(rows.rows, Ordering::Relaxed);
        Ok((rows.rows > 0).then_some(rows))
    }

    /// The next result of a CALL, with its first rows; `None` when there is none. This cursor is closed then.
    pub(crate) async fn next_result(&self) -> Result<Option<Outcome>> {
        let call = self.slot.call(Operation::Fetch).of_kind(self.kind);
        let next = self.move_on().instrument(call.span()).await;
        if let Ok(Some(Outcome { rows: Some(rows), .. })) = &next {
            call.set_rows(rows.rows);
        }
        call.end(next)
    }

    async fn move_on(&self) -> Result<Option<Outcome>> {
        let next = match &*self.state() {
            State::Open => None,
            State::AtNext(columns) => Some(Arc::clone(columns)),
            State::Exhausted => return Ok(None),
            State::Closed => return Err(closed()),
        };
        let mut checkout = self.slot.check_out_stream()?;
        self.set(State::Closed);
        let rules = &self.slot.rules;
        let read = checkout
            .run(Step::Fetch, Deadline::after(rules.grant.limits.fetch_timeout), async |session| {
                let rest = match next {
                    Some(columns) => Remaining::Result(columns),
                    None => session.skip().await?,
                };
                let Remaining::Result(columns) = rest else { return Ok(None) };
                let rows = statement::first_rows_of(session, rules, Arc::clone(&columns), None).await?;
                Ok(Some((Reply { columns, ..Reply::default() }, rows)))
            })
            .await;
        match read {
            Ok(Some((reply, rows))) => {
                statement::answer(&self.slot, checkout, reply, rows, self.abandonment).await.map(Some)
            }
            Ok(None) => match checkout.sync_transaction() {
                Ok(_) => {
                    self.set(State::Exhausted);
                    checkout.put_back();
                    Ok(None)
                }
                Err(error) => Err(checkout.fail(error).await),
            },
            Err(error) => Err(checkout.give_up(error, self.abandonment).await),
        }
    }

    /// Gives the rest up. Where the statement may change something it returns when that has come to its end, or with its error.
    pub(crate) async fn close(&self) -> Result<()> {
        if !self.is_left() {
            return Ok(());
        }
        let call = self.slot.call(Operation::Fetch).of_kind(self.kind);
        let closed = self.slot.close_stream().instrument(call.span()).await;
        call.end(closed).map_err(|error| self.slot.with_transaction_state(error))
    }

    fn give_up(&self) {
        if self.is_left() {
            self.slot.abandon_stream();
        }
    }

    /// Whether there was a rest until now, which from now on nobody reads.
    fn is_left(&self) -> bool {
        let was = std::mem::replace(&mut *self.state(), State::Closed);
        matches!(was, State::Open | State::AtNext(_))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.give_up();
        self.size.get_mut().unwrap_or_else(PoisonError::into_inner).record(&self.slot.rules.meters);
    }
}

impl From<Remaining> for State {
    fn from(rest: Remaining) -> State {
        match rest {
            Remaining::Rows => State::Open,
            Remaining::Result(columns) => State::AtNext(columns),
            Remaining::Nothing => State::Exhausted,
        }
    }
}

fn closed() -> Error {
    Error::closed("This result object is closed.")
}
