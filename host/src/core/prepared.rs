//! Prepared statements that a guest holds. They live until the guest drops them or their connection
//! closes.

use std::sync::Arc;

use parking_lot::Mutex;
use tracing::Instrument;

use super::abandonment::Abandonment;
use super::admission::Asked;
use super::checkout::Checkout;
use super::cleanup::fail_result;
use super::deadline::Deadline;
use super::execute_many;
use super::outcome::Outcome;
use super::policy::StatementOperation;
use super::prepare;
use super::slot::Slot;
use super::statement::{self, ExecuteOptions, Source};
use crate::driver::{Preparation, Prepared};
use crate::telemetry::{Call, Operation};
use crate::types::{Column, Error, Result, RowBatch, Value};

/// The handle of a prepared statement. Dropping it closes the statement.
#[derive(Debug)]
pub(crate) struct PreparedStatement {
    slot: Arc<Slot>,
    sql: Arc<str>,
    parameters: u16,
    columns: Arc<[Column]>,
    /// `None` once closed.
    prepared: Mutex<Option<Prepared>>,
}

impl PreparedStatement {
    pub(super) async fn prepare(slot: &Arc<Slot>, sql: String) -> Result<Self> {
        let mut call = slot.call(Operation::Prepare).with_sql(&sql);
        let span = call.span();
        let prepared = Self::perform(slot, &sql, &mut call).instrument(span).await;
        slot.with_transaction_state(call.end(prepared))
    }

    async fn perform(slot: &Arc<Slot>, sql: &str, call: &mut Call<'_>) -> Result<Self> {
        let limits = &slot.rules.grant.limits;
        statement::check_text(&slot.rules, sql)?;
        let _reservation = slot.rules.reserve(sql.len())?;
        let mut checkout = Checkout::take(slot).await?;
        let admitted = checkout.slot.state().transactions.admit_statement();
        let prepared = match admitted.and_then(|()| slot.held.lock().check_room(sql, limits)) {
            Ok(()) => {
                let mut deadline = Deadline::after(limits.statement_timeout);
                let asked = Asked { operation: StatementOperation::Prepare, sql, parameters: 0, rows: 1 };
                let text = slot.rules.grant.commented(sql, call);
                let prepared = prepare::admitted(&mut checkout, asked, &text, None, &[], &mut deadline, call).await;
                prepared.and_then(Preparation::prepared)
            }
            Err(error) => Err(error),
        };
        let added = prepared.and_then(|prepared| {
            slot.held.lock().add(sql, prepared.column_bytes())?;
            Ok(prepared)
        });
        let prepared = match added {
            Ok(prepared) => prepared,
            Err(error) => return Err(fail_result(checkout, error, Abandonment::Cut).await),
        };
        let statement = Self {
            slot: Arc::clone(slot),
            sql: sql.into(),
            parameters: u16::try_from(prepared.parameters()).unwrap_or(u16::MAX),
            columns: prepared.columns(),
            prepared: Mutex::new(Some(prepared)),
        };
        checkout.put_back();
        Ok(statement)
    }

    pub(crate) fn parameters(&self) -> u16 {
        self.parameters
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) async fn execute(&self, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        let held = self.slot.with_transaction_state(self.held())?;
        statement::execute(&self.slot, Source::Held(&self.sql, held), params, options).await
    }

    pub(crate) async fn execute_many(&self, params: RowBatch, options: ExecuteOptions) -> Result<Outcome> {
        let held = self.slot.with_transaction_state(self.held())?;
        execute_many::execute_many(&self.slot, &self.sql, Some(held), params, options).await
    }

    /// Closes the statement. The session closes it at the server with the next prepare.
    pub(crate) fn close(&self) {
        if let Some(prepared) = self.prepared.lock().take() {
            self.slot.held.lock().remove(&self.sql, prepared.column_bytes());
        }
    }

    fn held(&self) -> Result<Prepared> {
        self.prepared.lock().clone().ok_or_else(|| Error::closed("This statement is closed"))
    }
}

impl Drop for PreparedStatement {
    fn drop(&mut self) {
        self.close();
    }
}
