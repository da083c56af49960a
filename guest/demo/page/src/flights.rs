//! The list of flights.

use serde::Serialize;
use wasmysql::{Connection, DateTime, FromRow, Result};

use crate::filter::Filter;
use crate::month;
use crate::window::{Edge, Key, ORDER, REVERSE_ORDER, Window};

/// A flight. Times are local.
#[derive(Debug, Serialize)]
pub(crate) struct Flight {
    pub(crate) date: String,
    /// The time of the scheduled departure, such as `05:15`.
    pub(crate) scheduled: String,
    /// The time of the departure. `None` if the flight was cancelled.
    pub(crate) departed: Option<String>,
    /// The delay of the departure in minutes; negative if early.
    pub(crate) delay: Option<i16>,
    pub(crate) carrier: String,
    pub(crate) airline: String,
    pub(crate) flight: u16,
    pub(crate) origin: String,
    pub(crate) destination: String,
    /// `None` if the file of airports lacks the destination.
    pub(crate) destination_name: Option<String>,
    pub(crate) plane: Option<String>,
    /// The distance in miles.
    pub(crate) distance: u16,
    #[serde(skip)]
    pub(crate) day: u8,
}

/// A page of the list.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The number of flights of the filter.
    pub(crate) total: u64,
    /// The position of the first flight of the page, from 1. 0 if the page is empty.
    pub(crate) first: u64,
    pub(crate) flights: Vec<Flight>,
    pub(crate) previous: Option<Edge>,
    pub(crate) next: Option<Edge>,
}

#[derive(FromRow)]
struct Row {
    day: u8,
    hour: u8,
    minute: u8,
    dep_time: Option<u16>,
    dep_delay: Option<i16>,
    carrier: String,
    airline: String,
    flight: u16,
    origin: String,
    dest: String,
    destination_name: Option<String>,
    tailnum: Option<String>,
    distance: u16,
    time_hour: DateTime,
}

const COLUMNS: &str = "flights.day, flights.hour, flights.minute, flights.dep_time, flights.dep_delay, \
    flights.carrier, airlines.name AS airline, flights.flight, flights.origin, flights.dest, \
    airports.name AS destination_name, flights.tailnum, flights.distance, flights.time_hour";

/// Returns a page of the flights of a filter. Call it in a transaction with the query of `total`,
/// the number of flights of the filter, so that the positions agree.
pub(crate) async fn read(conn: &mut Connection, filter: &Filter, window: &Window, total: u64) -> Result<Listing> {
    let mut condition = filter.condition();
    if let Some(edge) = &window.edge {
        edge.restrict(&mut condition);
    }
    let is_reverse = matches!(window.edge, Some(Edge::Before(_)));
    let order = if is_reverse { REVERSE_ORDER } else { ORDER };
    let sql = format!(
        "SELECT {COLUMNS} FROM flights JOIN airlines ON airlines.carrier = flights.carrier \
         LEFT JOIN airports ON airports.faa = flights.dest WHERE {} ORDER BY {order} LIMIT ?",
        condition.sql()
    );
    let mut values = condition.values();
    values.push(window.limit.into());
    let mut rows: Vec<Row> = conn.query_all_as(sql, values).await?;
    if is_reverse {
        rows.reverse();
    }
    let keys = rows.first().map(Row::key).zip(rows.last().map(Row::key));
    let flights: Vec<Flight> = rows.into_iter().map(Flight::from).collect();
    let Some((first_key, last_key)) = keys else {
        return Ok(Listing { total, first: 0, flights, previous: None, next: None });
    };
    let first_edge = Edge::Before(first_key);
    let first = match window.edge {
        Some(_) => 1 + count_before(conn, filter, &first_edge).await?,
        None => 1,
    };
    let next = (first + flights.len() as u64 <= total).then_some(Edge::After(last_key));
    Ok(Listing { total, first, flights, previous: (first > 1).then_some(first_edge), next })
}

/// Returns the number of flights of a filter.
pub(crate) async fn count(conn: &mut Connection, filter: &Filter) -> Result<u64> {
    let condition = filter.condition();
    conn.query_scalar(format!("SELECT COUNT(*) FROM flights WHERE {}", condition.sql()), condition.values()).await
}

async fn count_before(conn: &mut Connection, filter: &Filter, edge: &Edge) -> Result<u64> {
    let mut condition = filter.condition();
    edge.restrict(&mut condition);
    conn.query_scalar(format!("SELECT COUNT(*) FROM flights WHERE {}", condition.sql()), condition.values()).await
}

impl Row {
    fn key(&self) -> Key {
        let Self { time_hour, carrier, flight, origin, .. } = self;
        Key { hour: *time_hour, carrier: carrier.clone(), flight: *flight, origin: origin.clone() }
    }
}

impl From<Row> for Flight {
    fn from(row: Row) -> Self {
        Self {
            date: month::date(row.day),
            scheduled: format!("{:02}:{:02}", row.hour, row.minute),
            departed: row.dep_time.map(|time| format!("{:02}:{:02}", time / 100, time % 100)),
            delay: row.dep_delay,
            carrier: row.carrier,
            airline: row.airline,
            flight: row.flight,
            origin: row.origin,
            destination: row.dest,
            destination_name: row.destination_name,
            plane: row.tailnum,
            distance: row.distance,
            day: row.day,
        }
    }
}
