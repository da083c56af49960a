//! Prepares statements: from the cache of the session, or at the server.

use std::sync::Arc;

use super::admission::Asked;
use super::checkout::{Checkout, run_or_reconnect};
use super::deadline::Deadline;
use crate::driver::{Preparation, Prepared};
use crate::sql::{self, Cast};
use crate::telemetry::Call;
use crate::types::{Result, Step, Value};

/// Returns the statement for these parameters, if the guest may run it. It is the first command of
/// the call, so a stale session is replaced.
///
/// `sql` is the text that is sent, with the comment of the host. The embedder can shorten the
/// deadline.
pub(super) async fn admitted(
    checkout: &mut Checkout,
    asked: Asked<'_>,
    sql: &str,
    typed: Option<&str>,
    params: &[Value],
    deadline: &mut Deadline,
    call: &mut Call<'_>,
) -> Result<Preparation> {
    let rules = Arc::clone(checkout.slot.rules());
    let cached = checkout.cached(typed.unwrap_or(sql), params)?;
    let kind = match &cached {
        Some(prepared) => prepared.kind,
        None => sql::classify(asked.sql, rules.scope())?,
    };
    call.set_kind(kind);
    rules.admit(kind, asked.sql)?;
    deadline.shorten(rules.consult(kind, asked)?);
    if let Some(prepared) = cached {
        return Ok(Preparation::Prepared(prepared));
    }
    checkout.set_kind(kind);
    at_server(checkout, sql, typed, *deadline).await
}

/// Returns a statement for these parameters. It was admitted before, and has the kind of the
/// checkout.
pub(super) async fn cached_or_prepared(
    checkout: &mut Checkout,
    sql: &str,
    typed: Option<&str>,
    params: &[Value],
    deadline: Deadline,
) -> Result<Prepared> {
    match checkout.cached(typed.unwrap_or(sql), params)? {
        Some(prepared) => Ok(prepared),
        None => at_server(checkout, sql, typed, deadline).await?.prepared(),
    }
}

async fn at_server(checkout: &mut Checkout, sql: &str, typed: Option<&str>, deadline: Deadline) -> Result<Preparation> {
    let kind = checkout.kind();
    let columns = checkout.slot.rules().grant.limits.columns;
    run_or_reconnect!(checkout, Step::Execute, deadline, async |session| {
        session.prepare(sql, typed, kind, columns).await
    })
}

/// Returns the statement with casts around the placeholders whose parameters the driver would send
/// with another type. `None` if there are none.
pub(super) fn with_casts(sql: &str, params: &[Value]) -> Option<String> {
    if !params.iter().any(|value| Cast::of(value).is_some()) {
        return None;
    }
    let casts: Vec<_> = params.iter().map(Cast::of).collect();
    sql::with_casts(sql, &casts)
}
