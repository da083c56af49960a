//! `execute-many`: one statement, many rows of parameters.

mod bulk;
mod multi_row;
mod one_by_one;
mod sum;
mod typed_text;

use std::ops::Range;
use std::sync::Arc;

use tracing::Instrument;

use self::bulk::InBulk;
use self::one_by_one::OneByOne;
use self::sum::Sum;
use super::admission::Asked;
use super::checkout::Checkout;
use super::deadline::Deadline;
use super::outcome::Outcome;
use super::parameters::STATEMENT_TEXT_BYTES;
use super::policy::StatementOperation;
use super::slot::Slot;
use super::statement::{ExecuteOptions, check_text, time_limit};
use crate::driver::Prepared;
use crate::sql::{self, CAST_BYTES, MultiRow};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, ParameterRows, Result, RowBatch};

/// Executes the statement for every row. `held` is the same statement if the guest prepared it.
pub(super) async fn execute_many(
    slot: &Arc<Slot>,
    sql: &str,
    held: Option<Prepared>,
    rows: RowBatch,
    options: ExecuteOptions,
) -> Result<Outcome> {
    let mut call = slot.call(Operation::ExecuteMany).with_sql(sql);
    let span = call.span();
    let outcome = perform(slot, sql, held, rows, options, &mut call).instrument(span).await;
    if let Ok(outcome) = &outcome {
        call.set_affected(outcome.affected_rows);
    }
    slot.with_transaction_state(call.end(outcome))
}

async fn perform(
    slot: &Arc<Slot>,
    sql: &str,
    held: Option<Prepared>,
    rows: RowBatch,
    options: ExecuteOptions,
    call: &mut Call<'_>,
) -> Result<Outcome> {
    let rules = &slot.rules;
    let limit = time_limit(rules, options)?;
    check_text(rules, sql)?;
    let kind = match &held {
        Some(prepared) => prepared.kind,
        None => sql::classify(sql, rules.scope())?,
    };
    call.set_kind(kind);
    rules.admit(kind, sql)?;
    if sql::returns_rows(sql) {
        return Err(returns_rows());
    }
    let (rows, bytes) = rules.allowance().check_rows(rows)?;
    let _reservation = rules.reserve(sql.len() + bytes)?;
    let asked =
        Asked { operation: StatementOperation::ExecuteMany, sql, parameters: rows.columns(), rows: rows.rows() };
    let limit = rules.consult(kind, asked)?.map_or(limit, |shorter| limit.min(shorter));
    let sql = &*rules.grant.commented(sql, call);
    let mut checkout = Checkout::take_within(slot, limit).await?;
    checkout.set_kind(kind);
    let mut sum = Sum::default();
    let executed = run(&mut checkout, sql, held, &rows, Deadline::after(limit), &mut sum).await;
    let synced = executed.and_then(|()| if sum.statements == 0 { Ok(0) } else { checkout.sync_transaction() });
    checkout.finish(synced).await?;
    Ok(sum.into_outcome())
}

async fn run(
    checkout: &mut Checkout,
    sql: &str,
    held: Option<Prepared>,
    rows: &ParameterRows,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    checkout.slot.state().transactions.admit_statement()?;
    if rows.rows() == 0 {
        return Ok(());
    }
    let multi_row = (rows.rows() > 1).then(|| MultiRow::parse(sql)).flatten();
    if let Some(multi_row) = &multi_row
        && multi_row.parameters != rows.columns()
    {
        return Err(wrong_count(multi_row.parameters, rows.columns()));
    }
    let mut one_by_one = OneByOne::new(sql, held);
    if let Some(in_bulk) = InBulk::new(sql, rows)
        && bulk::is_offered(checkout, deadline).await?
    {
        return in_bulk.execute(checkout, one_by_one, deadline, sum).await;
    }
    // Bytes that a row adds to the text: its casts, and the comma between two rows.
    let casts = rows.casts();
    let added = 1 + casts * CAST_BYTES;
    match multi_row.filter(|_| sql.len() + added <= STATEMENT_TEXT_BYTES) {
        Some(multi_row) => {
            let row_bytes = multi_row.row.len() + added;
            multi_row::execute(checkout, &multi_row, rows, casts > 0, row_bytes, deadline, sum).await
        }
        None => one_by_one.execute(checkout, rows, 0..rows.rows(), deadline, sum).await,
    }
}

fn returns_rows() -> Error {
    Error::argument(
        "execute-many is for statements that return no rows; this statement returns rows and was not executed",
    )
}

fn wrong_count(takes: usize, given: usize) -> Error {
    Error::argument(format!("the statement takes {takes} parameters, each row has {given}"))
}

fn at_rows(error: Error, first: usize, count: usize) -> Error {
    match count {
        1 => error.context(format!("row {first} of this call")),
        _ => error.context(format!("rows {first} to {} of this call", first + count - 1)),
    }
}

/// Names the row with which an INSERT of these rows failed. The server inserts none of them.
fn at_inserted_row(error: Error, failed: Option<usize>, rows: Range<usize>) -> Error {
    match failed.map(|position| rows.start + position).filter(|row| rows.len() > 1 && rows.contains(row)) {
        Some(row) => {
            let (first, last) = (rows.start, rows.end - 1);
            error.context(format!("row {row} of this call, sent with rows {first} to {last}"))
        }
        None => at_rows(error, rows.start, rows.len()),
    }
}
