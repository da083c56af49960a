//! Prepares statements: from the cache of the session, or at the server.

use std::sync::Arc;

use super::checkout::{Checkout, run_or_reconnect};
use super::deadline::Deadline;
use crate::driver::{Preparation, Prepared};
use crate::sql::{self, Cast};
use crate::telemetry::Call;
use crate::types::{Result, Step, Value};

/// Returns the statement for these parameters, if the grant allows it. It is the first command of
/// the call, so a stale session is replaced.
pub(super) async fn admitted(
    checkout: &mut Checkout,
    sql: &str,
    typed: Option<&str>,
    params: &[Value],
    deadline: Deadline,
    call: &mut Call<'_>,
) -> Result<Preparation> {
    let rules = Arc::clone(checkout.slot.rules());
    if let Some(prepared) = checkout.cached(typed.unwrap_or(sql), params)? {
        call.set_kind(prepared.kind);
        rules.grant.admit(prepared.kind, sql)?;
        return Ok(Preparation::Prepared(prepared));
    }
    let kind = sql::classify(sql, rules.scope())?;
    call.set_kind(kind);
    rules.grant.admit(kind, sql)?;
    checkout.set_kind(kind);
    at_server(checkout, sql, typed, deadline).await
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
