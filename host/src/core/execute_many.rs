//! `execute-many`: one statement, many rows of parameters.

use std::iter;
use std::sync::Arc;

use tracing::Instrument;

use super::checkout::Checkout;
use super::connection::Outcome;
use super::deadline::Deadline;
use super::parameters::{STATEMENT_TEXT_BYTES, parameters};
use super::slot::Slot;
use super::statement::{ExecuteOptions, check_count, check_text, deadline};
use crate::driver::{Prepared, Reply};
use crate::sql::{self, CAST_BYTES, Cast, MultiRow};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, Result, RowBatch, Step, Value};

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
        None => sql::classify(sql, rules.scope())?,
    };
    call.set_kind(kind);
    rules.grant.admit(kind, sql)?;
    if sql::returns_rows(sql) {
        return Err(returns_rows());
    }
    rules.allowance().check_rows(rows)?;
    let mut checkout = slot.check_out_within(limit).await?;
    let admitted = checkout.slot.state().transactions.admit_statement();
    if let Err(error) = admitted {
        return Err(checkout.fail(error).await);
    }
    checkout.set_kind(kind);
    let mut sum = Sum::default();
    let done = match rows.rows {
        0 => Ok(()),
        _ => run(&mut checkout, sql, held, rows, Deadline::after(limit), &mut sum).await,
    };
    finish(checkout, done, sum).await
}

async fn run(
    checkout: &mut Checkout,
    sql: &str,
    held: Option<Prepared>,
    rows: &RowBatch,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    // What the casts of a row add to its text, and the comma between two rows.
    let casts = rows.columns.iter().filter(|column| column.needs_cast()).count();
    let (needs_casts, added) = (casts > 0, 1 + casts * CAST_BYTES);
    let is_short = sql.len() + added <= STATEMENT_TEXT_BYTES;
    let Some(multi_row) = MultiRow::parse(sql).filter(|_| is_short && rows.rows > 1) else {
        return row_by_row(checkout, sql, held, rows, deadline, sum).await;
    };
    let columns = rows.columns.len();
    if multi_row.parameters != columns {
        return Err(wrong_count(multi_row.parameters, columns));
    }
    let rules = Arc::clone(checkout.slot.rules());
    let mut typed = TypedText::new(multi_row.row);
    let row_bytes = multi_row.row.len() + added;
    let mut first = 0;
    while first < rows.rows as usize {
        let count = rules.allowance().fitting(rows, first, row_bytes);
        let params = parameters(rows, first, count)?;
        let plain = multi_row.statement(iter::repeat_n(multi_row.row, count));
        let with_types = needs_casts.then(|| {
            let texts: Vec<_> = params.chunks(columns).map(|row| typed.of(row)).collect();
            multi_row.statement(texts.iter().map(|text| text.as_deref().unwrap_or(multi_row.row)))
        });
        let prepared = checkout.cached_or_prepared(&plain, with_types.as_deref(), deadline).await?;
        check_count(&prepared, count * columns)?;
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

async fn row_by_row(
    checkout: &mut Checkout,
    sql: &str,
    held: Option<Prepared>,
    rows: &RowBatch,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let mut typed = TypedText::new(sql);
    let plain = match held {
        Some(prepared) => prepared,
        None => checkout.cached_or_prepared(sql, None, deadline).await?,
    };
    if plain.returns_rows() {
        return Err(returns_rows());
    }
    check_count_of_rows(&plain, rows)?;
    let mut last: (Option<Arc<str>>, Prepared) = (None, plain);
    for row in 0..rows.rows as usize {
        let params = parameters(rows, row, 1)?;
        let text = typed.of(&params);
        if text != last.0 {
            let prepared = checkout.cached_or_prepared(sql, text.as_deref(), deadline).await?;
            last = (text, prepared);
        }
        let prepared = &last.1;
        checkout.set_statement(prepared);
        let reply = checkout
            .run(Step::Execute, deadline, async |session| {
                let reply = session.execute(prepared, params).await?;
                if !reply.columns.is_empty() {
                    // A procedure may return rows without saying so when it is prepared.
                    session.discard().await?;
                }
                Ok(reply)
            })
            .await;
        sum.add(&reply.map_err(|error| at_rows(error, row, 1))?);
    }
    Ok(())
}

fn check_count_of_rows(prepared: &Prepared, rows: &RowBatch) -> Result<()> {
    match prepared.parameters() == rows.columns.len() {
        true => Ok(()),
        false => Err(wrong_count(prepared.parameters(), rows.columns.len())),
    }
}

fn returns_rows() -> Error {
    Error::argument(
        "execute-many is for statements that return no rows, and this one returns some; it was not executed",
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

/// A text with a placeholder for each value of a row, and the casts that the last row needed: most rows need those of the one before.
struct TypedText<'t> {
    plain: &'t str,
    casts: Vec<Option<Cast>>,
    text: Option<Arc<str>>,
}

impl<'t> TypedText<'t> {
    fn new(plain: &'t str) -> TypedText<'t> {
        TypedText { plain, casts: Vec::new(), text: None }
    }

    /// The text for this row; `None` where it needs no cast. NULL takes the type of the row before.
    fn of(&mut self, row: &[Value]) -> Option<Arc<str>> {
        self.casts.resize(row.len(), None);
        let mut is_other = false;
        for (cast, value) in self.casts.iter_mut().zip(row) {
            let needed = if *value == Value::Null { *cast } else { Cast::of(value) };
            is_other |= needed != *cast;
            *cast = needed;
        }
        if is_other {
            self.text = sql::typed(self.plain, &self.casts).map(Into::into);
        }
        self.text.clone()
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
