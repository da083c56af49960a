//! Executes a statement row by row.

use std::ops::Range;
use std::sync::Arc;

use super::sum::Sum;
use super::typed_text::TypedText;
use super::{at_rows, returns_rows, wrong_count};
use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::parameters::parameters;
use crate::core::prepare;
use crate::driver::Prepared;
use crate::types::{ParameterRows, Result, Step};

/// A statement that is executed once for each row.
pub(super) struct OneByOne<'s> {
    sql: &'s str,
    typed: TypedText<'s>,
    /// The statement that the guest holds, until it is used.
    held: Option<Prepared>,
    /// The last statement and its text, if it has casts.
    last: Option<(Option<Arc<str>>, Prepared)>,
}

impl<'s> OneByOne<'s> {
    /// `held` is the same statement if the guest prepared it.
    pub(super) fn new(sql: &'s str, held: Option<Prepared>) -> Self {
        Self { sql, typed: TypedText::new(sql), held, last: None }
    }

    /// Executes the statement for these rows.
    pub(super) async fn execute(
        &mut self,
        checkout: &mut Checkout,
        rows: &ParameterRows,
        range: Range<usize>,
        deadline: Deadline,
        sum: &mut Sum,
    ) -> Result<()> {
        let mut last = match self.last.take() {
            Some(last) => last,
            None => (None, self.plain(checkout, rows, range.start, deadline).await?),
        };
        for row in range {
            let params = parameters(rows, row, 1);
            let text = self.typed.text_for(&params);
            if text != last.0 || !last.1.accepts(&params) {
                let prepared =
                    prepare::cached_or_prepared(checkout, self.sql, text.as_deref(), &params, deadline).await?;
                last = (text, prepared);
            }
            let prepared = &last.1;
            checkout.set_statement(prepared);
            let reply = checkout
                .run(Step::Execute, deadline, async |session| {
                    let reply = session.execute(prepared, params).await?;
                    if !reply.columns.is_empty() {
                        // The metadata of a prepared CALL does not include the rows of the
                        // procedure.
                        session.discard().await?;
                    }
                    Ok(reply)
                })
                .await;
            let reply = reply.map_err(|error| at_rows(error, row, 1))?;
            sum.add(&reply, checkout.lease.session()?.warning_count());
        }
        self.last = Some(last);
        Ok(())
    }

    /// Returns the statement without casts, and checks it.
    async fn plain(
        &mut self,
        checkout: &mut Checkout,
        rows: &ParameterRows,
        first: usize,
        deadline: Deadline,
    ) -> Result<Prepared> {
        let plain = match self.held.take() {
            Some(prepared) => prepared,
            None => {
                let params = parameters(rows, first, 1);
                prepare::cached_or_prepared(checkout, self.sql, None, &params, deadline).await?
            }
        };
        if plain.returns_rows() {
            return Err(returns_rows());
        }
        if plain.parameters() != rows.columns() {
            return Err(wrong_count(plain.parameters(), rows.columns()));
        }
        Ok(plain)
    }
}
