//! The one way a guest's statement takes to a server.

use std::sync::Arc;
use std::time::Duration;

use super::checkout::Checkout;
use super::connection::Outcome;
use super::cursor::Cursor;
use super::slot::{Rules, Slot};
use crate::driver::Prepared;
use crate::sql;
use crate::types::{BatchBuilder, Error, ErrorKind, Limit, Result, Step, Value};

/// Rows that a first batch has room for: most results are small, and a cursor learns how many its batches have.
const FIRST_ROWS: u32 = 16;

/// Options of one call, as the guest gave them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExecuteOptions {
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) first_rows: Option<u32>,
}

/// Runs one statement and reads its first rows.
pub(super) async fn execute(
    slot: &Arc<Slot>,
    sql: &str,
    params: Vec<Value>,
    options: ExecuteOptions,
) -> Result<Outcome> {
    let limit = deadline(&slot.rules, options)?;
    check_text(&slot.rules, sql)?;
    check_params(&slot.rules, &params)?;
    let mut checkout = slot.check_out().await?;
    match run(&mut checkout, sql, params, limit, options.first_rows).await {
        Ok((outcome, true)) => {
            checkout.park();
            Ok(Outcome { cursor: Some(Cursor::new(Arc::clone(slot), Arc::clone(&outcome.columns))), ..outcome })
        }
        Ok((outcome, false)) => {
            checkout.put_back();
            Ok(outcome)
        }
        Err(error) => Err(checkout.fail(error)),
    }
}

/// Runs it; true when rows remain.
async fn run(
    checkout: &mut Checkout,
    sql: &str,
    params: Vec<Value>,
    limit: Duration,
    first_rows: Option<u32>,
) -> Result<(Outcome, bool)> {
    checkout.slot.state().transactions.admit_statement()?;
    let rules = Arc::clone(checkout.slot.rules());
    let limits = &rules.grant.limits;
    let cached = checkout.session()?.prepared(sql);
    // Nothing but the host's own checks stands between the guest's call and this one: one deadline for all of it.
    let (reply, batch, more) = checkout
        .run(Step::Execute, limit, async |session| {
            let prepared = match cached {
                Some(prepared) => {
                    rules.grant.admit(prepared.kind, sql)?;
                    prepared
                }
                None => {
                    let kind = sql::classify(sql)?;
                    rules.grant.admit(kind, sql)?;
                    session.prepare(sql, kind).await?
                }
            };
            check_count(&prepared, params.len())?;
            let reply = session.execute(&prepared, params).await?;
            if reply.columns.is_empty() {
                return Ok((reply, None, false));
            }
            if reply.columns.len() > limits.columns {
                return Err(Error::limit(
                    Limit::Columns,
                    format!("the result has {} columns, the grant allows {}", reply.columns.len(), limits.columns),
                ));
            }
            let mut batch =
                BatchBuilder::new(&reply.columns, first_rows.unwrap_or(u32::MAX), limits.batch_bytes, FIRST_ROWS);
            let more = session.read(&mut batch, limits.row_bytes).await?;
            Ok((reply, Some(batch), more))
        })
        .await?;
    let warnings = if more { 0 } else { checkout.sync_transaction()? };
    let rows = match batch {
        Some(batch) if first_rows != Some(0) => Some(batch.finish(&reply.columns)?),
        _ => None,
    };
    let outcome = Outcome {
        affected_rows: reply.affected_rows,
        last_insert_id: reply.last_insert_id,
        warnings,
        info: reply.info,
        columns: reply.columns,
        rows,
        cursor: None,
    };
    Ok((outcome, more))
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

/// Refuses parameters that are too many, too large, or that no server could take.
fn check_params(rules: &Rules, params: &[Value]) -> Result<()> {
    let limits = &rules.grant.limits;
    if params.len() > limits.parameters {
        return Err(Error::limit(
            Limit::Parameters,
            format!("the call has {} parameters, the grant allows {}", params.len(), limits.parameters),
        ));
    }
    let mut all = 0;
    for (index, value) in params.iter().enumerate() {
        all += check_value(rules, value).map_err(|error| error.context(format!("parameter {}", index + 1)))?;
    }
    check_size(rules, all)
}

/// Refuses parameters that are too large in sum.
pub(super) fn check_size(rules: &Rules, bytes: usize) -> Result<()> {
    let allowed = rules.grant.limits.all_parameter_bytes;
    if bytes > allowed {
        return Err(Error::limit(
            Limit::ParameterBytes,
            format!("the parameters have {bytes} bytes in sum, {allowed} are allowed"),
        ));
    }
    Ok(())
}

/// Refuses one parameter that is too large or can't be sent; returns its size in bytes.
fn check_value(rules: &Rules, value: &Value) -> Result<usize> {
    if let Value::Raw(raw) = value {
        return Err(Error::new(
            ErrorKind::ValueUnsupported,
            format!("a raw value (type {}) can't be a parameter; send it as bytes or text", raw.type_code),
        ));
    }
    if let Some(defect) = value.defect() {
        return Err(Error::argument(defect));
    }
    let size = value.size();
    check_parameter_size(rules, size)?;
    Ok(size)
}

/// Refuses one parameter that is too large.
pub(super) fn check_parameter_size(rules: &Rules, size: usize) -> Result<()> {
    let allowed = rules.grant.limits.parameter_bytes;
    // The length prefix is not the guest's.
    if size > allowed.saturating_add(4) {
        return Err(Error::limit(Limit::ParameterBytes, format!("it has {size} bytes, {allowed} are allowed")));
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
