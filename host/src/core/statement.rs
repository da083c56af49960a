//! The one way a guest's statement takes to a server.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::abandonment::Abandonment;
use super::checkout::Checkout;
use super::connection::Outcome;
use super::cursor::Cursor;
use super::deadline::Deadline;
use super::result_size::ResultSize;
use super::slot::{Rules, Slot};
use crate::driver::{Prepared, Remaining, Reply, Session, too_many_columns};
use crate::sql::{self, Cast};
use crate::telemetry::{Call, Operation};
use crate::types::{BatchBuilder, Column, Error, Limit, Result, Step, Value};

/// Rows that a first batch has room for: most results are small, and a cursor learns how many its batches have.
const FIRST_ROWS: u32 = 16;

/// Options of one call, as the guest gave them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExecuteOptions {
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) first_rows: Option<u32>,
}

/// What to execute.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Text(&'a str),
    /// A statement that the guest holds, admitted when it was prepared.
    Held(&'a str, Prepared),
}

impl Rows {
    /// Whether nothing follows them.
    pub(super) fn are_all(&self) -> bool {
        matches!(self.rest, Remaining::Nothing)
    }
}

impl<'a> Source<'a> {
    fn sql(&self) -> &'a str {
        match self {
            Source::Text(sql) | Source::Held(sql, _) => sql,
        }
    }
}

/// The first rows of a result, and what follows them.
#[derive(Debug)]
pub(super) struct Rows {
    columns: Arc<[Column]>,
    batch: BatchBuilder,
    rest: Remaining,
    size: ResultSize,
    /// The guest wants none with the answer.
    skipped: bool,
}

/// Runs one statement and reads its first rows.
pub(super) async fn execute(
    slot: &Arc<Slot>,
    source: Source<'_>,
    params: Vec<Value>,
    options: ExecuteOptions,
) -> Result<Outcome> {
    let mut call = slot.call(Operation::Execute).of(source.sql());
    let span = call.span();
    let done = perform(slot, source, params, options, &mut call).instrument(span).await;
    match &done {
        Ok(Outcome { rows: Some(rows), .. }) => call.set_rows(rows.rows),
        Ok(outcome) => call.set_affected(outcome.affected_rows),
        Err(_) => {}
    }
    call.end(done)
}

async fn perform(
    slot: &Arc<Slot>,
    source: Source<'_>,
    params: Vec<Value>,
    options: ExecuteOptions,
    call: &mut Call<'_>,
) -> Result<Outcome> {
    let limit = deadline(&slot.rules, options)?;
    if let Source::Text(sql) = source {
        check_text(&slot.rules, sql)?;
    }
    slot.rules.allowance().check(&params)?;
    let mut checkout = slot.check_out_within(limit).await?;
    let sql = source.sql();
    match run(&mut checkout, source, params, limit, options.first_rows, call).await {
        Ok((reply, Some(rows))) => {
            let abandonment = match rows.are_all() {
                true => Abandonment::Cut,
                false => Abandonment::of_kind(&slot.rules, checkout.kind(), sql),
            };
            answer(slot, checkout, reply, rows, abandonment).await
        }
        Ok((reply, None)) => match checkout.sync_transaction() {
            Ok(warnings) => {
                checkout.put_back();
                Ok(Outcome::of(reply, warnings))
            }
            Err(error) => Err(checkout.fail(error).await),
        },
        Err(error) => {
            let abandonment = Abandonment::of_kind(&slot.rules, checkout.kind(), sql);
            Err(checkout.give_up(error, abandonment).await)
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
) -> Result<(Reply, Option<Rows>)> {
    checkout.slot.state().transactions.admit_statement()?;
    let rules = Arc::clone(checkout.slot.rules());
    // Nothing but the host's own checks stands between the guest's call and this one: one deadline for all of it.
    let deadline = Deadline::after(limit);
    let sql = source.sql();
    let typed = typed(sql, &params);
    let prepared = match (source, &typed) {
        (Source::Held(_, prepared), None) => {
            call.set_kind(prepared.kind);
            prepared
        }
        (Source::Held(_, prepared), Some(typed)) => {
            call.set_kind(prepared.kind);
            checkout.set_kind(prepared.kind);
            checkout.cached_or_prepared(sql, Some(typed), deadline).await?
        }
        (Source::Text(_), typed) => checkout.prepared(sql, typed.as_deref(), deadline, call).await?,
    };
    checkout.set_statement(&prepared);
    check_count(&prepared, params.len())?;
    checkout
        .run(Step::Execute, deadline, async |session| {
            let reply = session.execute(&prepared, params).await?;
            if reply.columns.is_empty() {
                return Ok((reply, None));
            }
            let rows = first_rows_of(session, &rules, Arc::clone(&reply.columns), first_rows).await?;
            Ok((reply, Some(rows)))
        })
        .await
}

/// The statement with casts for the parameters whose type the driver can't send.
fn typed(sql: &str, params: &[Value]) -> Option<String> {
    // Most calls have none.
    if !params.iter().any(|value| Cast::of(value).is_some()) {
        return None;
    }
    let casts: Vec<_> = params.iter().map(Cast::of).collect();
    sql::typed(sql, &casts)
}

impl Checkout {
    /// A statement that the grant lets through, from the session's cache or prepared now. Nothing else has been done until then, so a
    /// session that turns out to be dead costs nothing.
    pub(super) async fn prepared(
        &mut self,
        sql: &str,
        typed: Option<&str>,
        deadline: Deadline,
        call: &mut Call<'_>,
    ) -> Result<Prepared> {
        let rules = Arc::clone(self.slot.rules());
        if let Some(prepared) = self.cached(typed.unwrap_or(sql))? {
            call.set_kind(prepared.kind);
            rules.grant.admit(prepared.kind, sql)?;
            return Ok(prepared);
        }
        let kind = sql::classify(sql, rules.scope())?;
        call.set_kind(kind);
        rules.grant.admit(kind, sql)?;
        self.set_kind(kind);
        self.prepare(sql, typed, deadline).await
    }

    /// A statement that was admitted, of the kind that was set.
    pub(super) async fn cached_or_prepared(
        &mut self,
        sql: &str,
        typed: Option<&str>,
        deadline: Deadline,
    ) -> Result<Prepared> {
        match self.cached(typed.unwrap_or(sql))? {
            Some(prepared) => Ok(prepared),
            None => self.prepare(sql, typed, deadline).await,
        }
    }

    async fn prepare(&mut self, sql: &str, typed: Option<&str>, deadline: Deadline) -> Result<Prepared> {
        let kind = self.kind();
        let columns = self.slot.rules().grant.limits.columns;
        loop {
            let prepared = self
                .run(Step::Execute, deadline, async |session| session.prepare(sql, typed, kind, columns).await)
                .await;
            match prepared {
                Err(error) if self.reconnect_if_stale(&error, deadline).await? => {}
                prepared => return prepared,
            }
        }
    }
}

/// Reads the first rows of a result that has begun.
pub(super) async fn first_rows_of(
    session: &mut Session,
    rules: &Rules,
    columns: Arc<[Column]>,
    first_rows: Option<u32>,
) -> Result<Rows> {
    let limits = &rules.grant.limits;
    if columns.len() > limits.columns {
        return Err(too_many_columns(columns.len(), limits.columns));
    }
    let mut batch = BatchBuilder::new(&columns, first_rows.unwrap_or(u32::MAX), limits.batch_bytes, FIRST_ROWS);
    let rest = session.read(&mut batch, limits.row_bytes).await?;
    let size = ResultSize::default().with(&batch, limits)?;
    Ok(Rows { columns, batch, rest, size, skipped: first_rows == Some(0) })
}

/// The answer with the first rows. The connection is left to a cursor where more follows.
pub(super) async fn answer(
    slot: &Arc<Slot>,
    mut checkout: Checkout,
    reply: Reply,
    rows: Rows,
    abandonment: Abandonment,
) -> Result<Outcome> {
    let batch = match rows.skipped {
        true => Ok(None),
        false => rows.batch.finish(&rows.columns).map(Some),
    };
    let is_over = matches!(rows.rest, Remaining::Nothing);
    let warnings = if is_over { checkout.sync_transaction() } else { Ok(0) };
    let (batch, warnings) = match batch.and_then(|batch| Ok((batch, warnings?))) {
        Ok(answer) => answer,
        Err(error) => return Err(checkout.give_up(error, abandonment).await),
    };
    let cursor = if is_over {
        rows.size.record(&slot.rules.meters);
        checkout.put_back();
        None
    } else {
        let kind = checkout.kind();
        checkout.park(abandonment);
        Some(Cursor::new(Arc::clone(slot), rows.columns, rows.rest, rows.size, kind, abandonment))
    };
    Ok(Outcome { rows: batch, cursor, ..Outcome::of(reply, warnings) })
}

/// The deadline of a call: the guest's if it gave one, and never more than the grant's.
pub(super) fn deadline(rules: &Rules, options: ExecuteOptions) -> Result<Duration> {
    let granted = rules.grant.limits.statement_timeout;
    match options.timeout_ms {
        None => Ok(granted),
        Some(0) => Err(Error::argument("timeout-ms must be at least 1")),
        Some(ms) => Ok(granted.min(Duration::from_millis(ms.into()))),
    }
}

/// Refuses a text that is too long.
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

/// Refuses the wrong number of parameters: the driver would close the connection over it.
pub(super) fn check_count(prepared: &Prepared, given: usize) -> Result<()> {
    let takes = prepared.parameters();
    if takes != given {
        return Err(Error::argument(format!("the statement takes {takes} parameters, {given} were given")));
    }
    Ok(())
}
