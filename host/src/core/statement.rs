//! Executes one statement of a guest.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::abandonment::Abandonment;
use super::admission::Asked;
use super::call_bytes::Reservation;
use super::checkout::Checkout;
use super::cleanup::fail_result;
use super::deadline::Deadline;
use super::first_rows::FirstRows;
use super::outcome::Outcome;
use super::policy::StatementOperation;
use super::prepare;
use super::rules::Rules;
use super::slot::Slot;
use crate::driver::{Preparation, Prepared, Reply, Session, Unprepared};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, Limit, Result, Step, Value};

/// Options of one call, as the guest gave them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExecuteOptions {
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) first_rows: Option<u32>,
}

/// The statement to execute.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Text(&'a str),
    /// A prepared statement that the guest holds, with its text. It was admitted when it was
    /// prepared.
    Held(&'a str, Prepared),
}

impl<'a> Source<'a> {
    fn sql(&self) -> &'a str {
        match self {
            Source::Text(sql) | Source::Held(sql, _) => sql,
        }
    }
}

/// Executes a statement and reads its first rows.
pub(super) async fn execute(
    slot: &Arc<Slot>,
    source: Source<'_>,
    params: Vec<Value>,
    options: ExecuteOptions,
) -> Result<Outcome> {
    let mut call = slot.call(Operation::Execute).with_sql(source.sql());
    let span = call.span();
    let outcome = perform(slot, source, params, options, &mut call).instrument(span).await;
    match &outcome {
        Ok(Outcome { rows: Some(rows), .. }) => call.set_rows(rows.rows),
        Ok(outcome) => call.set_affected(outcome.affected_rows),
        Err(_) => {}
    }
    slot.with_transaction_state(call.end(outcome))
}

async fn perform(
    slot: &Arc<Slot>,
    source: Source<'_>,
    params: Vec<Value>,
    options: ExecuteOptions,
    call: &mut Call<'_>,
) -> Result<Outcome> {
    let limit = time_limit(&slot.rules, options)?;
    let _reservation = check(&slot.rules, &source, &params)?;
    let mut checkout = Checkout::take_within(slot, limit).await?;
    let sql = source.sql();
    match run(&mut checkout, source, params, limit, options.first_rows, call).await {
        Ok((reply, Some(rows))) => {
            let abandonment = match rows.are_all() {
                true => Abandonment::Cut,
                false => Abandonment::of_statement(&slot.rules, checkout.kind(), sql),
            };
            Outcome::with_rows(checkout, reply, rows, abandonment).await
        }
        Ok((reply, None)) => {
            let synced = checkout.sync_transaction();
            let warnings = checkout.finish(synced).await?;
            Ok(Outcome::without_rows(reply, warnings))
        }
        Err(error) => {
            let abandonment = Abandonment::of_statement(&slot.rules, checkout.kind(), sql);
            Err(fail_result(checkout, error, abandonment).await)
        }
    }
}

async fn run(
    checkout: &mut Checkout,
    source: Source<'_>,
    params: Vec<Value>,
    limit: Duration,
    first_rows: Option<u32>,
    call: &mut Call<'_>,
) -> Result<(Reply, Option<FirstRows>)> {
    checkout.slot.state().transactions.admit_statement()?;
    let rules = Arc::clone(checkout.slot.rules());
    let mut deadline = Deadline::after(limit);
    let (operation, parameters, rows) = (StatementOperation::Execute, params.len(), 1);
    let asked = Asked { operation, sql: source.sql(), parameters, rows };
    let prepared = match source {
        Source::Held(sql, prepared) => {
            call.set_kind(prepared.kind);
            checkout.set_kind(prepared.kind);
            deadline.shorten(rules.consult(prepared.kind, asked)?);
            match prepare::with_casts(sql, &params) {
                None if prepared.accepts(&params) => prepared,
                typed => prepare::cached_or_prepared(checkout, sql, typed.as_deref(), &params, deadline).await?,
            }
        }
        Source::Text(sql) => {
            let sql = &*rules.grant.commented(sql, call);
            let typed = prepare::with_casts(sql, &params);
            match prepare::admitted(checkout, asked, sql, typed.as_deref(), &params, &mut deadline, call).await? {
                Preparation::Prepared(prepared) => prepared,
                Preparation::Refused(statement) if params.is_empty() => {
                    return Box::pin(run_unprepared(checkout, *statement, deadline, first_rows)).await;
                }
                Preparation::Refused(statement) => return Err(statement.into_error()),
            }
        }
    };
    checkout.set_statement(&prepared);
    check_count(&prepared, params.len())?;
    checkout
        .run(Step::Execute, deadline, async |session| {
            let reply = session.execute(&prepared, params).await?;
            with_first_rows(session, &rules, reply, first_rows).await
        })
        .await
}

async fn run_unprepared(
    checkout: &mut Checkout,
    statement: Unprepared,
    deadline: Deadline,
    first_rows: Option<u32>,
) -> Result<(Reply, Option<FirstRows>)> {
    let rules = Arc::clone(checkout.slot.rules());
    checkout.set_unprepared(&statement);
    checkout
        .run(Step::Execute, deadline, async |session| {
            let reply = session.execute_unprepared(statement).await?;
            with_first_rows(session, &rules, reply, first_rows).await
        })
        .await
}

async fn with_first_rows(
    session: &mut Session,
    rules: &Rules,
    reply: Reply,
    first_rows: Option<u32>,
) -> Result<(Reply, Option<FirstRows>)> {
    if reply.columns.is_empty() {
        return Ok((reply, None));
    }
    let rows = FirstRows::read(session, rules, Arc::clone(&reply.columns), first_rows).await?;
    Ok((reply, Some(rows)))
}

/// Checks a call before anything is sent, and reserves its bytes.
pub(super) fn check(rules: &Rules, source: &Source<'_>, params: &[Value]) -> Result<Reservation> {
    if let Source::Text(sql) = source {
        check_text(rules, sql)?;
    }
    let bytes = rules.allowance().check(params)?;
    rules.reserve(source.sql().len() + bytes)
}

/// Returns the time limit of a call: the guest's, and at most the grant's.
pub(super) fn time_limit(rules: &Rules, options: ExecuteOptions) -> Result<Duration> {
    let granted = rules.grant.limits.statement_timeout;
    match options.timeout_ms {
        None => Ok(granted),
        Some(0) => Err(Error::argument("timeout-ms must be at least 1")),
        Some(ms) => Ok(granted.min(Duration::from_millis(ms.into()))),
    }
}

/// Fails with `limit-exceeded(sql-bytes)` if the text of a statement is too long.
pub(super) fn check_text(rules: &Rules, sql: &str) -> Result<()> {
    let allowed = rules.grant.limits.sql_bytes.min(rules.packet_bytes);
    if sql.len() > allowed {
        return Err(Error::limit(
            Limit::SqlBytes,
            format!("the statement has {} bytes, {allowed} are allowed", sql.len()),
        ));
    }
    Ok(())
}

/// Fails with `argument` if the number of parameters is wrong. The driver would close the
/// connection.
pub(super) fn check_count(prepared: &Prepared, given: usize) -> Result<()> {
    let takes = prepared.parameters();
    if takes != given {
        return Err(Error::argument(format!("the statement takes {takes} parameters, {given} were given")));
    }
    Ok(())
}
