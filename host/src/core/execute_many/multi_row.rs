//! Sends the rows of an INSERT as few multi-row statements.

use std::iter;
use std::sync::Arc;

use super::at_inserted_row;
use super::sum::Sum;
use super::typed_text::TypedText;
use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::parameters::parameters;
use crate::core::prepare;
use crate::core::statement::check_count;
use crate::sql::MultiRow;
use crate::types::{ParameterRows, Result, Step};

/// Sends as many rows in one statement as the limits allow. The statement takes the number of
/// parameters that a row has.
pub(super) async fn execute(
    checkout: &mut Checkout,
    multi_row: &MultiRow<'_>,
    rows: &ParameterRows,
    needs_casts: bool,
    row_bytes: usize,
    deadline: Deadline,
    sum: &mut Sum,
) -> Result<()> {
    let columns = rows.columns();
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
        let mut failed = None;
        let reply = checkout
            .run(Step::Execute, deadline, async |session| {
                session.execute_multi_row(&prepared, params, &mut failed).await
            })
            .await;
        let reply = reply.map_err(|error| at_inserted_row(error, failed, first..first + count))?;
        sum.add(&reply, checkout.lease.session()?.warning_count());
        first += count;
    }
    Ok(())
}
