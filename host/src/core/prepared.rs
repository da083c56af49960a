//! Prepared statements that a guest holds. They live as long as it holds them and its connection is open.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::Instrument;

use super::abandonment::Abandonment;
use super::connection::Outcome;
use super::deadline::Deadline;
use super::execute_many;
use super::limits::HELD_SQL_BYTES;
use super::slot::Slot;
use super::statement::{self, ExecuteOptions, Source};
use crate::driver::Prepared;
use crate::telemetry::{Call, Operation};
use crate::types::{Column, Error, Limit, Result, RowBatch, Value};

/// A prepared statement's handle. Dropping it gives the statement up.
#[derive(Debug)]
pub(crate) struct PreparedStatement {
    slot: Arc<Slot>,
    sql: Arc<str>,
    parameters: u16,
    columns: Arc<[Column]>,
    /// Absent once closed.
    prepared: Mutex<Option<Prepared>>,
}

/// What the prepared statements of a connection take together.
#[derive(Debug, Default)]
pub(super) struct HeldStatements {
    count: usize,
    sql_bytes: usize,
}

impl PreparedStatement {
    pub(super) async fn prepare(slot: &Arc<Slot>, sql: String) -> Result<PreparedStatement> {
        let mut call = slot.call(Operation::Prepare).of(&sql);
        let span = call.span();
        let prepared = Self::perform(slot, &sql, &mut call).instrument(span).await;
        call.end(prepared)
    }

    async fn perform(slot: &Arc<Slot>, sql: &str, call: &mut Call<'_>) -> Result<PreparedStatement> {
        let rules = &slot.rules;
        statement::check_text(rules, sql)?;
        let mut checkout = slot.check_out().await?;
        let admitted = checkout.slot.state().transactions.admit_statement();
        if let Err(error) = admitted.and_then(|()| check_room(slot, sql)) {
            return Err(checkout.fail(error).await);
        }
        let deadline = Deadline::after(rules.grant.limits.statement_timeout);
        match checkout.prepared(sql, None, deadline, call).await {
            Ok(prepared) => {
                let statement = PreparedStatement {
                    slot: Arc::clone(slot),
                    sql: sql.into(),
                    parameters: u16::try_from(prepared.parameters()).unwrap_or(u16::MAX),
                    columns: prepared.columns(),
                    prepared: Mutex::new(Some(prepared)),
                };
                let mut held = slot.held.lock().unwrap_or_else(PoisonError::into_inner);
                held.count += 1;
                held.sql_bytes += statement.sql.len();
                drop(held);
                checkout.put_back();
                Ok(statement)
            }
            Err(error) => Err(checkout.give_up(error, Abandonment::Cut).await),
        }
    }

    pub(crate) fn parameters(&self) -> u16 {
        self.parameters
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) async fn execute(&self, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        let executed = statement::execute(&self.slot, Source::Held(&self.sql, self.held()?), params, options).await;
        executed.map_err(|error| self.slot.with_transaction_state(error))
    }

    pub(crate) async fn execute_many(&self, params: RowBatch, options: ExecuteOptions) -> Result<Outcome> {
        let executed = execute_many::execute_many(&self.slot, &self.sql, Some(self.held()?), &params, options).await;
        executed.map_err(|error| self.slot.with_transaction_state(error))
    }

    /// Gives it up. The session closes it when it prepares the next one that it has no room for.
    pub(crate) fn close(&self) {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take();
        if prepared.is_some() {
            let mut held = self.slot.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.count -= 1;
            held.sql_bytes -= self.sql.len();
        }
    }

    fn held(&self) -> Result<Prepared> {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).clone();
        prepared.ok_or_else(|| Error::closed("This statement is closed"))
    }
}

impl Drop for PreparedStatement {
    fn drop(&mut self) {
        self.close();
    }
}

/// Refuses another statement where the guest holds as many as it may.
fn check_room(slot: &Slot, sql: &str) -> Result<()> {
    let limits = &slot.rules.grant.limits;
    let held = slot.held.lock().unwrap_or_else(PoisonError::into_inner);
    if held.count >= limits.statements {
        return Err(Error::limit(
            Limit::Statements,
            format!(
                "{} prepared statements are held on this connection, {} are allowed",
                held.count, limits.statements
            ),
        ));
    }
    let (bytes, allowed) = (held.sql_bytes + sql.len(), HELD_SQL_BYTES.max(limits.sql_bytes));
    if bytes > allowed {
        return Err(Error::limit(
            Limit::Statements,
            format!(
                "the prepared statements of this connection would have {bytes} bytes of text, {allowed} are allowed"
            ),
        ));
    }
    Ok(())
}
