//! Windows of the list of flights: a number of flights after or before a flight.
//!
//! A window begins at a key, not after a number of rows to skip. So the server reads its flights
//! from a range of the primary key, and a flight that is inserted meanwhile moves no other flight.

use std::fmt;

use wasmysql::http::Result;
use wasmysql::{DateTime, Value};

use crate::condition::Condition;
use crate::filter::{code, number};
use crate::month;
use crate::parameters::{Parameters, bad};

/// The names of the parameters.
pub(crate) const NAMES: [&str; 3] = ["limit", "after", "before"];

/// The maximum of `limit`. A response then has about 60 KB.
const MAX_LIMIT: u16 = 200;

/// The order of the primary key, so that the server sorts nothing.
pub(crate) const ORDER: &str = "flights.time_hour, flights.carrier, flights.flight, flights.origin";
pub(crate) const REVERSE_ORDER: &str =
    "flights.time_hour DESC, flights.carrier DESC, flights.flight DESC, flights.origin DESC";

/// The primary key of a flight.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    /// The scheduled hour of the departure in UTC.
    pub(crate) hour: DateTime,
    pub(crate) carrier: String,
    pub(crate) flight: u16,
    pub(crate) origin: String,
}

/// The flight at which a window begins or ends. The window does not contain it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edge {
    After(Key),
    Before(Key),
}

/// The flights of one page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    pub(crate) limit: u16,
    /// `None` for the first page.
    pub(crate) edge: Option<Edge>,
}

impl Window {
    pub(crate) fn read(parameters: &Parameters, default_limit: u16) -> Result<Self> {
        let expected = format!("a number from 1 to {MAX_LIMIT}");
        let limit = |text: &str| number(text).filter(|limit| (1..=MAX_LIMIT).contains(limit));
        let limit = parameters.read("limit", &expected, limit)?.unwrap_or(default_limit);
        let cursor = "a value that a response contains";
        let after = parameters.read("after", cursor, Key::parse)?;
        let before = parameters.read("before", cursor, Key::parse)?;
        let edge = match (after, before) {
            (Some(_), Some(_)) => return Err(bad("after and before can't be combined; remove one")),
            (Some(key), None) => Some(Edge::After(key)),
            (None, Some(key)) => Some(Edge::Before(key)),
            (None, None) => None,
        };
        Ok(Self { limit, edge })
    }
}

impl Edge {
    /// Returns the parameter of a URL that reads as this edge.
    pub(crate) fn parameter(&self) -> (&'static str, String) {
        match self {
            Edge::After(key) => ("after", key.to_string()),
            Edge::Before(key) => ("before", key.to_string()),
        }
    }

    /// Restricts a condition to the flights after or before the edge.
    ///
    /// The first comparison is a range of the primary key. Servers don't use a comparison of
    /// tuples as a range.
    pub(crate) fn restrict(&self, condition: &mut Condition) {
        let (sql, key) = match self {
            Edge::After(key) => (
                "flights.time_hour >= ? AND (flights.time_hour > ? OR flights.carrier > ? OR flights.carrier = ? \
                 AND (flights.flight > ? OR flights.flight = ? AND flights.origin > ?))",
                key,
            ),
            Edge::Before(key) => (
                "flights.time_hour <= ? AND (flights.time_hour < ? OR flights.carrier < ? OR flights.carrier = ? \
                 AND (flights.flight < ? OR flights.flight = ? AND flights.origin < ?))",
                key,
            ),
        };
        let Key { hour, carrier, flight, origin } = key;
        let (hour, carrier): (Value, Value) = ((*hour).into(), carrier.as_str().into());
        let flight: Value = (*flight).into();
        condition
            .and(sql, [hour.clone(), hour, carrier.clone(), carrier, flight.clone(), flight, origin.as_str().into()]);
    }
}

impl Key {
    /// Parses a key such as `2013-01-01T10.UA.1545.EWR`.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let hour = month::parse_hour(parts.next()?)?;
        let carrier = code(parts.next()?, 2)?;
        let flight = number(parts.next()?)?;
        let origin = code(parts.next()?, 3)?;
        parts.next().is_none().then_some(Self { hour, carrier, flight, origin })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hour, carrier, flight, origin } = self;
        write!(f, "{}.{carrier}.{flight}.{origin}", month::hour(hour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for text in ["2013-01-01T10.UA.1545.EWR", "2013-02-01T04.9E.1.JFK"] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "2013-01-01T10.UA.1545", "2013-01-01T10.UA.65536.EWR", "2013-01-01T10.UA.1.EWR.x", "x.UA.1.EWR"]
        {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
