//! The numbers of the charts.

use serde::Serialize;
use wasmysql::{Connection, FromRow, Result};

use crate::filter::Filter;

/// The numbers of all flights of a filter, and of groups of them.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    #[serde(flatten)]
    pub(crate) all: Totals,
    /// The days with flights, in order.
    pub(crate) days: Vec<Day>,
    /// The hours of the scheduled departure with flights, in order.
    pub(crate) hours: Vec<Hour>,
    /// The airlines with flights, the latest first.
    pub(crate) carriers: Vec<Carrier>,
}

#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Totals {
    pub(crate) flights: u64,
    pub(crate) cancelled: u64,
    /// Flights that departed at most 15 minutes late.
    pub(crate) on_time: u64,
    /// The mean delay of the departure in minutes. `None` if no flight departed.
    pub(crate) mean_delay: Option<f64>,
}

#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Day {
    pub(crate) day: u8,
    pub(crate) flights: u64,
    pub(crate) cancelled: u64,
}

#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Hour {
    pub(crate) hour: u8,
    pub(crate) flights: u64,
    pub(crate) mean_delay: Option<f64>,
}

#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Carrier {
    pub(crate) carrier: String,
    pub(crate) name: String,
    pub(crate) flights: u64,
    pub(crate) mean_delay: Option<f64>,
}

const MEAN_DELAY: &str = "CAST(ROUND(AVG(flights.dep_delay), 1) AS DOUBLE) AS mean_delay";
const CANCELLED: &str = "COUNT(*) - COUNT(flights.dep_time) AS cancelled";

/// Returns the number of all flights.
pub(crate) async fn count(conn: &mut Connection) -> Result<u64> {
    conn.query_scalar("SELECT COUNT(*) FROM flights", ()).await
}

/// Returns the numbers of the flights of a filter. Call it in a transaction, so that they agree.
pub(crate) async fn read(conn: &mut Connection, filter: &Filter) -> Result<Summary> {
    let condition = filter.condition();
    let select =
        |columns: String, rest: &str| format!("SELECT {columns} FROM flights {}", rest.replace("{}", condition.sql()));
    let all = select(
        format!(
            "COUNT(*) AS flights, {CANCELLED}, COUNT(CASE WHEN flights.dep_delay <= 15 THEN 1 END) AS on_time, {MEAN_DELAY}"
        ),
        "WHERE {}",
    );
    let days = select(
        format!("flights.day AS day, COUNT(*) AS flights, {CANCELLED}"),
        "WHERE {} GROUP BY flights.day ORDER BY flights.day",
    );
    let hours = select(
        format!("flights.hour AS hour, COUNT(*) AS flights, {MEAN_DELAY}"),
        "WHERE {} GROUP BY flights.hour ORDER BY flights.hour",
    );
    let carriers = select(
        format!("airlines.carrier AS carrier, airlines.name AS name, COUNT(*) AS flights, {MEAN_DELAY}"),
        "JOIN airlines ON airlines.carrier = flights.carrier WHERE {} \
         GROUP BY airlines.carrier, airlines.name ORDER BY mean_delay DESC, airlines.carrier",
    );
    Ok(Summary {
        all: conn.query_one_as(all, condition.values()).await?,
        days: conn.query_all_as(days, condition.values()).await?,
        hours: conn.query_all_as(hours, condition.values()).await?,
        carriers: conn.query_all_as(carriers, condition.values()).await?,
    })
}
