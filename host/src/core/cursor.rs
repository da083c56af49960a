//! The rest of a result, read as the guest asks for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use super::slot::Slot;
use crate::types::{BatchBuilder, Column, Error, Result, RowBatch, Step};

/// A result with rows left. Dropping it lets go of the connection.
#[derive(Debug)]
pub(crate) struct Cursor {
    slot: Arc<Slot>,
    columns: Arc<[Column]>,
    state: AtomicU8,
    /// Rows of the last batch, which is how many the next one is likely to have.
    likely: AtomicU32,
}

/// Rows are left, and the connection waits for this cursor.
const OPEN: u8 = 0;
/// All rows were read.
const EXHAUSTED: u8 = 1;
/// Closed by the guest, or by an error.
const CLOSED: u8 = 2;

impl Cursor {
    /// The connection must have been parked for it.
    pub(super) fn new(slot: Arc<Slot>, columns: Arc<[Column]>) -> Cursor {
        Cursor { slot, columns, state: AtomicU8::new(OPEN), likely: AtomicU32::new(0) }
    }

    /// Further rows, at most `max_rows` and one batch; `None` when there are no more.
    pub(crate) async fn fetch(&self, max_rows: u32) -> Result<Option<RowBatch>> {
        if max_rows == 0 {
            return Err(Error::argument("max-rows must be at least 1"));
        }
        match self.state.load(Ordering::Acquire) {
            OPEN => {}
            EXHAUSTED => return Ok(None),
            _ => return Err(Error::closed("This result object is closed.")),
        }
        let mut checkout = self.slot.check_out_stream()?;
        let limits = &self.slot.rules.grant.limits;
        let row_bytes = limits.row_bytes;
        let mut batch =
            BatchBuilder::new(&self.columns, max_rows, limits.batch_bytes, self.likely.load(Ordering::Relaxed));
        let read = checkout
            .run(Step::Fetch, limits.fetch_timeout, async |session| session.read(&mut batch, row_bytes).await)
            .await
            .and_then(|more| Ok((more, batch.finish(&self.columns)?)));
        match read {
            Ok((true, rows)) => {
                self.likely.store(rows.rows, Ordering::Relaxed);
                checkout.park();
                Ok(Some(rows))
            }
            Ok((false, rows)) => {
                self.state.store(EXHAUSTED, Ordering::Release);
                match checkout.sync_transaction() {
                    Ok(_) => checkout.put_back(),
                    Err(error) => return Err(checkout.fail(error)),
                }
                Ok((rows.rows > 0).then_some(rows))
            }
            Err(error) => {
                self.state.store(CLOSED, Ordering::Release);
                Err(checkout.fail(error))
            }
        }
    }

    /// Gives the rest up.
    pub(crate) fn close(&self) {
        if self.state.swap(CLOSED, Ordering::AcqRel) == OPEN {
            self.slot.abandon_stream();
        }
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.close();
    }
}
