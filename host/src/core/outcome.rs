//! The outcome of a statement.

use std::sync::Arc;

use super::abandonment::Abandonment;
use super::checkout::Checkout;
use super::cleanup::fail_result;
use super::cursor::Cursor;
use super::first_rows::FirstRows;
use crate::driver::Reply;
use crate::types::{BatchSizes, Column, Result, RowBatch};

/// The outcome of a statement.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) affected_rows: u64,
    pub(crate) last_insert_id: u64,
    pub(crate) warnings: u16,
    pub(crate) info: String,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) rows: Option<RowBatch>,
    /// Present if rows or results remain.
    pub(crate) cursor: Option<Cursor>,
}

impl Outcome {
    /// The outcome of a statement without rows.
    pub(super) fn without_rows(reply: Reply, warnings: u16) -> Self {
        let Reply { affected_rows, last_insert_id, info, columns } = reply;
        Self { affected_rows, last_insert_id, warnings, info, columns, rows: None, cursor: None }
    }

    /// Ends a call with the first rows of a result. If more follows, a cursor keeps the session.
    pub(super) async fn with_rows(
        mut checkout: Checkout,
        reply: Reply,
        rows: FirstRows,
        abandonment: Abandonment,
    ) -> Result<Self> {
        let are_all = rows.are_all();
        let likely = if are_all { BatchSizes::first() } else { rows.batch.sizes() };
        let batch = match rows.skipped {
            true => Ok(None),
            false => rows.batch.finish(&rows.columns).map(Some),
        };
        let warnings = if are_all { checkout.sync_transaction() } else { Ok(0) };
        // An error of the transaction closes the session, so it comes first.
        let (batch, warnings) = match warnings.and_then(|warnings| Ok((batch?, warnings))) {
            Ok(parts) => parts,
            Err(error) => return Err(fail_result(checkout, error, abandonment).await),
        };
        let cursor = if are_all {
            rows.size.record(&checkout.slot.rules().meters);
            checkout.put_back();
            None
        } else {
            let (slot, kind) = (Arc::clone(checkout.slot.slot()), checkout.kind());
            checkout.park(abandonment);
            Some(Cursor::new(slot, rows.columns, rows.remaining, likely, rows.size, kind, abandonment))
        };
        Ok(Self { rows: batch, cursor, ..Self::without_rows(reply, warnings) })
    }
}
