//! The JSON API.

use serde::Serialize;
use wasmysql::http::{Response, Result, StatusCode, json};

use crate::filter::{self, Filter, link};
use crate::flights::{self, Flight, Listing};
use crate::parameters::Parameters;
use crate::window::{self, Edge, Window};
use crate::{begin_reading, connect, summary};

/// The default of `limit`.
const LIMIT: u16 = 50;

#[derive(Serialize)]
struct Page<'a> {
    total: u64,
    first: u64,
    flights: &'a [Flight],
    /// The link to the flights before these, with the same filter.
    previous: Option<String>,
    next: Option<String>,
}

/// `GET /api/flights`.
pub(crate) async fn flights(query: Option<&str>) -> Result<Response> {
    let parameters = Parameters::parse(query, &[&filter::NAMES[..], &window::NAMES].concat())?;
    let (filter, window) = (Filter::read(&parameters)?, Window::read(&parameters, LIMIT)?);
    let mut conn = connect().await?;
    let mut tx = begin_reading(&mut conn).await?;
    let total = flights::count(&mut tx, &filter).await?;
    let Listing { first, flights, previous, next, .. } = flights::read(&mut tx, &filter, &window, total).await?;
    tx.commit().await?;
    let link = |edge: Edge| {
        let mut parameters = filter.parameters();
        parameters.extend([("limit", window.limit.to_string()), edge.parameter()]);
        link("/api/flights", &parameters)
    };
    json(StatusCode::OK, &Page { total, first, flights: &flights, previous: previous.map(link), next: next.map(link) })
}

/// `GET /api/summary`.
pub(crate) async fn summary(query: Option<&str>) -> Result<Response> {
    let filter = Filter::read(&Parameters::parse(query, &filter::NAMES)?)?;
    let mut conn = connect().await?;
    let mut tx = begin_reading(&mut conn).await?;
    let summary = summary::read(&mut tx, &filter).await?;
    tx.commit().await?;
    json(StatusCode::OK, &summary)
}

/// `GET /api/options`.
pub(crate) async fn options(query: Option<&str>) -> Result<Response> {
    Parameters::parse(query, &[])?;
    json(StatusCode::OK, &crate::options::read(&mut connect().await?).await?)
}
