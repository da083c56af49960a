//! `execute-many`: one statement, many rows of parameters.

use std::iter;
use std::sync::Arc;

use tracing::Instrument;

use super::checkout::Checkout;
use super::deadline::Deadline;
use super::outcome::Outcome;
use super::parameters::{STATEMENT_TEXT_BYTES, parameters};
use super::prepare;
use super::slot::Slot;
use super::statement::{ExecuteOptions, check_count, check_text, time_limit};
use crate::driver::{Prepared, Reply};
use crate::sql::{self, CAST_BYTES, Cast, MultiRow};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, ParameterRows, Result, RowBatch, Step, Value};

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
    rules.grant.admit(kind, sql)?;
    if sql::returns_rows(sql) {
        return Err(returns_rows());
    }
    let (rows, bytes) = rules.allowance().check_rows(rows)?;
    let _reservation = rules.reserve(sql.len() + bytes)?;
    let mut checkout = Checkout::take_within(slot, limit).await?;
    checkout.set_kind(kind);
    let mut sum = Sum::default();
    let executed = run(&mut checkout, sql, held, &rows, Deadline::after(limit), &mut sum).await;
    let synced = executed.and_then(|()| if sum.statements == 0 { Ok(0) } else { checkout.sync_transaction() });
    let warnings = checkout.finish(synced).await?;
    Ok(sum.into_outcome(warnings))
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
    // Bytes that a row adds to the text: its casts, and the comma between two rows.
    let casts = rows.casts();
    let added = 1 + casts * CAST_BYTES;
    let is_short = sql.len() + added <= STATEMENT_TEXT_BYTES;
    match (is_short && rows.rows() > 1).then(|| MultiRow::parse(sql)).flatten() {
        Some(multi_row) => {
            let row_bytes = multi_row.row.len() + added;
            many_rows_each(checkout, &multi_row, rows, casts > 0, row_bytes, deadline, sum).await
        }
        None => row_by_row(checkout, sql, held, rows, deadline, sum).await,
    }
}

/// Sends as many rows in one statement as the limits allow.
async fn many_rows_each(
    checkout: &mut Checkout,
    multi_row: &MultiRow<'_>,
    rows: &ParameterRows,
    needs_casts: bool,
    row_bytes: usize,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let columns = rows.columns();
    if multi_row.parameters != columns {
        return Err(wrong_count(multi_row.parameters, columns));
    }
    let rules = Arc::clone(checkout.slot.rules());
    let mut typed = TypedText::new(multi_row.row);
    let mut first = 0;
    while first < rows.rows() {
        let count = rules.allowance().fitting(rows, first, row_bytes);
        let params = parameters(rows, first, count);
        let plain = multi_row.statement(iter::repeat_n(multi_row.row, count));
        let with_types = needs_casts.then(|| {
            let texts: Vec<_> = params.chunks(columns).map(|row| typed.text_for(row)).collect();
            multi_row.statement(texts.iter().map(|text| text.as_deref().unwrap_or(multi_row.row)))
        });
        let prepared = prepare::cached_or_prepared(checkout, &plain, with_types.as_deref(), &params, deadline).await?;
        check_count(&prepared, count * columns)?;
        checkout.set_statement(&prepared);
        let reply =
            checkout.run(Step::Execute, deadline, async |session| session.execute(&prepared, params).await).await;
        sum.add(&reply.map_err(|error| at_rows(error, first, count))?);
        first += count;
    }
    Ok(())
}

async fn row_by_row(
    checkout: &mut Checkout,
    sql: &str,
    held: Option<Prepared>,
    rows: &ParameterRows,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let mut typed = TypedText::new(sql);
    let plain = match held {
        Some(prepared) => prepared,
        None => prepare::cached_or_prepared(checkout, sql, None, &parameters(rows, 0, 1), deadline).await?,
    };
    if plain.returns_rows() {
        return Err(returns_rows());
    }
    if plain.parameters() != rows.columns() {
        return Err(wrong_count(plain.parameters(), rows.columns()));
    }
    let mut last: (Option<Arc<str>>, Prepared) = (None, plain);
    for row in 0..rows.rows() {
        let params = parameters(rows, row, 1);
        let text = typed.text_for(&params);
        if text != last.0 || !last.1.accepts(&params) {
            let prepared = prepare::cached_or_prepared(checkout, sql, text.as_deref(), &params, deadline).await?;
            last = (text, prepared);
        }
        let prepared = &last.1;
        checkout.set_statement(prepared);
        let reply = checkout
            .run(Step::Execute, deadline, async |session| {
                let reply = session.execute(prepared, params).await?;
                if !reply.columns.is_empty() {
                    // The metadata of a prepared CALL does not include the rows of the procedure.
                    session.discard().await?;
                }
                Ok(reply)
            })
            .await;
        sum.add(&reply.map_err(|error| at_rows(error, row, 1))?);
    }
    Ok(())
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

/// The text with the casts that a row needs. Most rows need the same casts as the previous row.
struct TypedText<'t> {
    plain: &'t str,
    casts: Vec<Option<Cast>>,
    text: Option<Arc<str>>,
}

impl<'t> TypedText<'t> {
    fn new(plain: &'t str) -> Self {
        Self { plain, casts: Vec::new(), text: None }
    }

    /// Returns the text for a row; `None` if it needs no cast. NULL takes the type of the row
    /// before.
    fn text_for(&mut self, row: &[Value]) -> Option<Arc<str>> {
        self.casts.resize(row.len(), None);
        let mut changed = false;
        for (cast, value) in self.casts.iter_mut().zip(row) {
            let needed = if *value == Value::Null { *cast } else { Cast::of(value) };
            changed |= needed != *cast;
            *cast = needed;
        }
        if changed {
            self.text = sql::with_casts(self.plain, &self.casts).map(Into::into);
        }
        self.text.clone()
    }
}

/// The sum of the outcomes of one call's statements.
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
        self.affected_rows = self.affected_rows.saturating_add(reply.affected_rows);
        if self.first_insert_id == 0 {
            self.first_insert_id = reply.last_insert_id;
        }
        self.info.clone_from(&reply.info);
    }

    fn into_outcome(self, warnings: u16) -> Outcome {
        let Self { affected_rows, first_insert_id: last_insert_id, info, .. } = self;
        Outcome::without_rows(Reply { affected_rows, last_insert_id, info, columns: Arc::default() }, warnings)
    }
}
