//! The airports and airlines that a filter can select.

use serde::Serialize;
use wasmysql::{Connection, FromRow, Result};

#[derive(Debug, Serialize)]
pub(crate) struct Options {
    pub(crate) origins: Vec<Choice>,
    pub(crate) carriers: Vec<Choice>,
    pub(crate) destinations: Vec<Choice>,
}

#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Choice {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// Returns the airports and airlines of all flights, by name. Each query reads only an index.
pub(crate) async fn read(conn: &mut Connection) -> Result<Options> {
    let origins = "SELECT airports.faa AS code, airports.name AS name \
        FROM (SELECT DISTINCT origin FROM flights) AS used JOIN airports ON airports.faa = used.origin ORDER BY name";
    let carriers = "SELECT airlines.carrier AS code, airlines.name AS name \
        FROM (SELECT DISTINCT carrier FROM flights) AS used JOIN airlines USING (carrier) ORDER BY name";
    // The file of airports lacks four destinations.
    let destinations = "SELECT used.dest AS code, COALESCE(airports.name, used.dest) AS name \
        FROM (SELECT DISTINCT dest FROM flights) AS used LEFT JOIN airports ON airports.faa = used.dest ORDER BY name";
    Ok(Options {
        origins: conn.query_all_as(origins, ()).await?,
        carriers: conn.query_all_as(carriers, ()).await?,
        destinations: conn.query_all_as(destinations, ()).await?,
    })
}
