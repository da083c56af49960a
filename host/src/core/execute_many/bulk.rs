//! Sends rows in bulk commands, which MariaDB executes without a round trip for each row.

use super::one_by_one::OneByOne;
use super::sum::Sum;
use super::{at_rows, wrong_count};
use crate::core::checkout::{Checkout, run_or_reconnect};
use crate::core::deadline::Deadline;
use crate::core::parameters::parameters;
use crate::core::prepare;
use crate::sql::{self, Bulk, Cast};
use crate::types::{Error, ParameterRows, Result, Step};
use wasmysql_batch::Kind;

/// The fewest rows of an UPDATE or DELETE that are sent in bulk. Before such a command the host
/// queries a counter, to find the row that failed. The query takes as long as about 16 rows.
const CHANGED_ROWS: usize = 32;
/// The fewest rows of an INSERT that are sent in bulk.
const INSERTED_ROWS: usize = 2;

/// Returns how the server executes the statement in bulk, or `None` if another way is required or
/// faster.
pub(super) fn suitable(sql: &str, rows: &ParameterRows) -> Option<Bulk> {
    if rows.rows() < INSERTED_ROWS || rows.columns() == 0 {
        return None;
    }
    let bulk = Bulk::of(sql)?;
    match bulk {
        // A multi-row statement can have other casts for each row.
        Bulk::Insert => same_casts(rows, 0, rows.rows()).1 == rows.rows(),
        Bulk::Change => rows.rows() >= CHANGED_ROWS,
    }
    .then_some(bulk)
}

/// Returns whether the connection has bulk commands.
pub(super) async fn is_offered(checkout: &mut Checkout, deadline: Deadline) -> Result<bool> {
    run_or_reconnect!(checkout, Step::Execute, deadline, async |session| session.offers_bulk().await)
}

/// Sends as many rows in one command as the limits allow, as long as they need the same casts.
pub(super) async fn execute(
    checkout: &mut Checkout,
    sql: &str,
    bulk: Bulk,
    mut one_by_one: OneByOne<'_>,
    rows: &ParameterRows,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let fewest = match bulk {
        Bulk::Insert => INSERTED_ROWS,
        Bulk::Change => CHANGED_ROWS,
    };
    let mut first = 0;
    while first < rows.rows() {
        let fitting = checkout.slot.rules().allowance().fitting_bulk(rows, first);
        let (casts, count) = same_casts(rows, first, fitting);
        if count < fewest {
            one_by_one.execute(checkout, rows, first..first + count, deadline, sum).await?;
        } else {
            let text = sql::with_casts(sql, &casts);
            let params = parameters(rows, first, 1);
            let prepared = prepare::cached_or_prepared(checkout, sql, text.as_deref(), &params, deadline).await?;
            if prepared.parameters() != rows.columns() {
                return Err(wrong_count(prepared.parameters(), rows.columns()));
            }
            checkout.set_statement(&prepared);
            let mut failed = None;
            let reply = checkout
                .run(Step::Execute, deadline, async |session| {
                    let rows = (first..first + count).map(|row| parameters(rows, row, 1));
                    session.execute_bulk(&prepared, bulk, rows, &mut failed).await
                })
                .await;
            sum.add(&reply.map_err(|error| at_row(error, bulk, failed, first, count))?);
        }
        first += count;
    }
    Ok(())
}

/// Names the row that failed. If an INSERT fails, the server inserts no row of the command.
fn at_row(error: Error, bulk: Bulk, failed: Option<usize>, first: usize, count: usize) -> Error {
    match (failed, bulk) {
        (None, _) => at_rows(error, first, count),
        (Some(failed), Bulk::Change) => at_rows(error, first + failed, 1),
        (Some(failed), Bulk::Insert) => {
            let (row, last) = (first + failed, first + count - 1);
            error.context(format!("row {row} of this call, sent with rows {first} to {last}"))
        }
    }
}

/// Returns the casts of the row `first` and the number of rows with the same casts, at most
/// `most`. NULL has the type of its column.
fn same_casts(rows: &ParameterRows, first: usize, most: usize) -> (Vec<Option<Cast>>, usize) {
    let cast = |kind| match kind {
        Kind::Bytes => Some(Cast::Binary),
        Kind::Date => Some(Cast::Date),
        _ => None,
    };
    let mut casts: Vec<_> = rows.kinds().map(cast).collect();
    let decimals: Vec<_> = rows.kinds().enumerate().filter(|(_, kind)| *kind == Kind::Decimal).collect();
    for row in first..first + most {
        for (column, _) in &decimals {
            let Some(scale) = rows.scale(*column, row).map(Cast::Decimal) else { continue };
            if *casts[*column].get_or_insert(scale) != scale {
                return (casts, row - first);
            }
        }
    }
    (casts, most)
}
