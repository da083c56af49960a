//! `execute-many`: one statement, many rows of parameters.

use std::sync::Arc;

use tracing::Instrument;

use super::checkout::Checkout;
use super::connection::Outcome;
use super::deadline::Deadline;
use super::parameters::parameters;
use super::slot::Slot;
use super::statement::{ExecuteOptions, check_count, check_text, deadline};
use crate::driver::{Prepared, Reply, Session};
use crate::sql::{self, MultiRow};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, Result, RowBatch, Step};

/// Runs the statement for every row; `held` is the same statement, where the guest has prepared it.
pub(super) async fn execute_many(
    slot: &Arc<Slot>,
    sql: &str,
    held: Option<Prepared>,
    rows: &RowBatch,
    options: ExecuteOptions,
) -> Result<Outcome> {
    let mut call = slot.call(Operation::ExecuteMany).of(sql);
    let span = call.span();
    let done = perform(slot, sql, held, rows, options, &mut call).instrument(span).await;
    if let Ok(outcome) = &done {
        call.set_affected(outcome.affected_rows);
    }
    call.end(done)
}

async fn perform(
    slot: &Arc<Slot>,
    sql: &str,
    held: Option<Prepared>,
    rows: &RowBatch,
    options: ExecuteOptions,
    call: &mut Call<'_>,
) -> Result<Outcome> {
    let rules = &slot.rules;
    let limit = deadline(rules, options)?;
    check_text(rules, sql)?;
    let kind = match &held {
        Some(prepared) => prepared.kind,
        None => sql::classify(sql)?,
    };
    call.set_kind(kind);
    rules.grant.admit(kind, sql)?;
    let sizes = rules.allowance().check_rows(rows)?;
    let mut checkout = slot.check_out().await?;
    let admitted = checkout.slot.state().transactions.admit_statement();
    if let Err(error) = admitted {
        return Err(checkout.fail(error).await);
    }
    checkout.set_kind(kind);
    let mut sum = Sum::default();
    let done = match rows.rows {
        0 => Ok(()),
        _ => run(&mut checkout, sql, held, rows, &sizes, Deadline::after(limit), &mut sum).await,
    };
    finish(checkout, done, sum).await
}

async fn run(
    checkout: &mut Checkout,
    sql: &str,
    held: Option<Prepared>,
    rows: &RowBatch,
    sizes: &[usize],
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let Some(multi_row) = MultiRow::parse(sql).filter(|_| rows.rows > 1) else {
        let prepared = match held {
            Some(prepared) => prepared,
            None => checkout.kept_or_prepared(sql, deadline).await?,
        };
        checkout.set_statement(&prepared);
        return checkout
            .run(Step::Execute, deadline, async |session| row_by_row(session, &prepared, rows, sum).await)
            .await;
    };
    if multi_row.parameters != rows.columns.len() {
        return Err(wrong_count(multi_row.parameters, rows.columns.len()));
    }
    let rules = Arc::clone(checkout.slot.rules());
    let mut first = 0;
    while first < sizes.len() {
        let count = rules.allowance().fitting(&sizes[first..], multi_row.parameters);
        let text = match count {
            1 => sql.to_owned(),
            _ => multi_row.statement(count),
        };
        let prepared = checkout.kept_or_prepared(&text, deadline).await?;
        check_count(&prepared, count * rows.columns.len())?;
        let params = parameters(rows, first, count)?;
        checkout.set_statement(&prepared);
        let reply =
            checkout.run(Step::Execute, deadline, async |session| session.execute(&prepared, params).await).await;
        sum.add(&reply.map_err(|error| at_rows(error, first, count))?);
        first += count;
    }
    Ok(())
}

/// Adds up, and gives the session back.
async fn finish(mut checkout: Checkout, done: Result<()>, sum: Sum) -> Result<Outcome> {
    let synced = done.and_then(|()| if sum.statements == 0 { Ok(0) } else { checkout.sync_transaction() });
    match synced {
        Ok(warnings) => {
            checkout.put_back();
            let Sum { affected_rows, first_insert_id: last_insert_id, info, .. } = sum;
            Ok(Outcome::of(Reply { affected_rows, last_insert_id, info, columns: Arc::default() }, warnings))
        }
        Err(error) => Err(checkout.fail(error).await),
    }
}

async fn row_by_row(session: &mut Session, prepared: &Prepared, rows: &RowBatch, sum: &mut Sum) -> Result<()> {
    if prepared.returns_rows() {
        return Err(Error::argument("execute-many is for statements that return no rows; this one does"));
    }
    if prepared.parameters() != rows.columns.len() {
        return Err(wrong_count(prepared.parameters(), rows.columns.len()));
    }
    for row in 0..rows.rows as usize {
        let params = parameters(rows, row, 1)?;
        let reply = session.execute(prepared, params).await.map_err(|error| at_rows(error, row, 1))?;
        if !reply.columns.is_empty() {
            // A procedure may return rows without saying so when it is prepared.
            session.discard().await?;
        }
        sum.add(&reply);
    }
    Ok(())
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

/// What the statements of one call did together.
#[derive(Default)]
struct Sum {
    statements: usize,
    affected_rows: u64,
    first_insert_id: u64,
    info: String,
}

impl Sum {
    fn add(&mut self, reply: &Reply) {
        self.statements += 1;
        self.affected_rows += reply.affected_rows;
        if self.first_insert_id == 0 {
            self.first_insert_id = reply.last_insert_id;
        }
        self.info.clone_from(&reply.info);
    }
}
