//! What came of a statement that is run for what it does.

use super::{face, wit};
use crate::done::Done;
use crate::error::Result;

/// Gives up rows, if there are any.
#[face]
pub(super) async fn done(outcome: wit::Outcome) -> Result<Done> {
    if let Some(cursor) = outcome.cursor {
        cursor.close().await?;
    }
    Ok(Done {
        rows_affected: outcome.affected_rows,
        last_insert_id: outcome.last_insert_id,
        warnings: outcome.warnings,
        info: outcome.info,
    })
}
