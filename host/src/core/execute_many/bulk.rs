//! Sends rows in bulk commands, which MariaDB executes without a round trip for each row.

use std::ops::Range;

use wasmysql_batch::Kind;

use super::one_by_one::OneByOne;
use super::sum::Sum;
use super::{at_inserted_row, at_rows, wrong_count};
use crate::core::checkout::{Checkout, run_or_reconnect};
use crate::core::deadline::Deadline;
use crate::core::parameters::parameters;
use crate::core::prepare;
use crate::sql::{self, Bulk, Cast};
use crate::types::{ParameterRows, Result, Step};

/// The fewest rows of an UPDATE or DELETE that are sent in bulk. Before such a command the host
/// queries a counter, to find the row that failed. The query takes as long as about 16 rows.
const CHANGED_ROWS: usize = 32;
/// The fewest rows of an INSERT that are sent in bulk.
const INSERTED_ROWS: usize = 2;

/// A statement and its rows, which can be sent in bulk.
pub(super) struct InBulk<'s> {
    sql: &'s str,
    rows: &'s ParameterRows,
    bulk: Bulk,
}

impl<'s> InBulk<'s> {
    /// Returns `None` if the rows must be sent in another way, or if that is faster.
    pub(super) fn new(sql: &'s str, rows: &'s ParameterRows) -> Option<Self> {
        if rows.rows() < INSERTED_ROWS || rows.columns() == 0 {
            return None;
        }
        let bulk = Bulk::of(sql)?;
        let is_suitable = match bulk {
            // A multi-row statement can have other casts for each row.
            Bulk::Insert => same_casts(rows, 0, rows.rows()).1 == rows.rows(),
            Bulk::Change => rows.rows() >= CHANGED_ROWS,
        };
        is_suitable.then_some(Self { sql, rows, bulk })
    }

    /// Sends as many rows in one command as the limits allow, as long as they need the same casts.
    pub(super) async fn execute(
        &self,
        checkout: &mut Checkout,
        mut one_by_one: OneByOne<'_>,
        deadline: Deadline,
        sum: &mut Sum,
    ) -> Result<()> {
        let fewest = match self.bulk {
            Bulk::Insert => INSERTED_ROWS,
            Bulk::Change => CHANGED_ROWS,
        };
        let mut first = 0;
        while first < self.rows.rows() {
            let fitting = checkout.slot.rules().allowance().fitting_bulk(self.rows, first);
            let (casts, count) = same_casts(self.rows, first, fitting);
            let range = first..first + count;
            if count < fewest || !self.command(checkout, &casts, range.clone(), deadline, sum).await? {
                one_by_one.execute(checkout, self.rows, range, deadline, sum).await?;
            }
            first += count;
        }
        Ok(())
    }

    /// Sends rows in one command. Returns `false` if the server refuses it, and has executed
    /// nothing.
    async fn command(
        &self,
        checkout: &mut Checkout,
        casts: &[Option<Cast>],
        range: Range<usize>,
        deadline: Deadline,
        sum: &mut Sum,
    ) -> Result<bool> {
        let text = sql::with_casts(self.sql, casts);
        let first = parameters(self.rows, range.start, 1);
        let prepared = prepare::cached_or_prepared(checkout, self.sql, text.as_deref(), &first, deadline).await?;
        if prepared.parameters() != self.rows.columns() {
            return Err(wrong_count(prepared.parameters(), self.rows.columns()));
        }
        checkout.set_statement(&prepared);
        let mut failed = None;
        let reply = checkout
            .run(Step::Execute, deadline, async |session| {
                let rows = range.clone().map(|row| parameters(self.rows, row, 1));
                session.execute_bulk(&prepared, self.bulk, rows, &mut failed).await
            })
            .await;
        let reply = reply.map_err(|error| match (self.bulk, failed) {
            (Bulk::Insert, _) => at_inserted_row(error, failed, range),
            (Bulk::Change, Some(failed)) => at_rows(error, range.start + failed, 1),
            (Bulk::Change, None) => at_rows(error, range.start, range.len()),
        })?;
        if let Some(reply) = &reply {
            sum.add(reply, checkout.lease.session()?.warning_count());
        }
        Ok(reply.is_some())
    }
}

/// Returns whether the connection has bulk commands.
pub(super) async fn is_offered(checkout: &mut Checkout, deadline: Deadline) -> Result<bool> {
    run_or_reconnect!(checkout, Step::Execute, deadline, async |session| session.offers_bulk().await)
}

/// Returns the casts of the row `first` and the number of rows with the same casts, at most
/// `most`. NULL has the type of its column.
fn same_casts(rows: &ParameterRows, first: usize, most: usize) -> (Vec<Option<Cast>>, usize) {
    let cast = |kind| match kind {
        Kind::Bytes => Some(Cast::Binary),
        Kind::Date => Some(Cast::Date),
        _ => None,
    };
    let mut casts: Vec<_> = rows.kinds().map(cast).collect();
    let decimals: Vec<_> = rows.kinds().enumerate().filter(|(_, kind)| *kind == Kind::Decimal).collect();
    for row in first..first + most {
        for (column, _) in &decimals {
            let Some(scale) = rows.scale(*column, row).map(Cast::Decimal) else { continue };
            if *casts[*column].get_or_insert(scale) != scale {
                return (casts, row - first);
            }
        }
    }
    (casts, most)
}
