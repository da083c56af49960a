//! `cursor.next-result`: a CALL can return several results.

use std::sync::Arc;

use tracing::Instrument;

use super::cleanup::fail_result;
use super::cursor::Cursor;
use super::deadline::Deadline;
use super::first_rows::FirstRows;
use super::outcome::Outcome;
use crate::driver::{Remaining, Reply};
use crate::telemetry::Operation;
use crate::types::{Result, Step};

/// Returns the next result with its first rows, or `None` after the last. Closes the cursor.
pub(crate) async fn next_result(cursor: &Cursor) -> Result<Option<Outcome>> {
    let call = cursor.slot().call(Operation::Fetch).with_kind(cursor.kind());
    let next = advance(cursor).instrument(call.span()).await;
    if let Ok(Some(Outcome { rows: Some(rows), .. })) = &next {
        call.set_rows(rows.rows);
    }
    cursor.slot().with_transaction_state(call.end(next))
}

async fn advance(cursor: &Cursor) -> Result<Option<Outcome>> {
    let Some((mut checkout, next)) = cursor.take_for_next_result()? else { return Ok(None) };
    let rules = Arc::clone(checkout.slot.rules());
    let abandonment = cursor.abandonment();
    let read = checkout
        .run(Step::Fetch, Deadline::after(rules.grant.limits.fetch_timeout), async |session| {
            let remaining = match next {
                Remaining::Rows => session.skip().await?,
                next => next,
            };
            let Remaining::Result(columns) = remaining else { return Ok(None) };
            let rows = FirstRows::read(session, &rules, Arc::clone(&columns), None).await?;
            Ok(Some((Reply { columns, ..Reply::default() }, rows)))
        })
        .await;
    match read {
        Ok(Some((reply, rows))) => Outcome::with_rows(checkout, reply, rows, abandonment).await.map(Some),
        Ok(None) => {
            let synced = checkout.sync_transaction();
            if synced.is_ok() {
                cursor.set_exhausted();
            }
            checkout.finish(synced.map(|_| None)).await
        }
        Err(error) => Err(fail_result(checkout, error, abandonment).await),
    }
}
