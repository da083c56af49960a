//! The filter of flights.

use wasmysql::http::Result;

use crate::condition::Condition;
use crate::month;
use crate::parameters::{Parameters, bad};

/// The names of the parameters.
pub(crate) const NAMES: [&str; 6] = ["origin", "carrier", "destination", "from", "to", "delay"];

/// The maximum of `delay`, in minutes: a day.
const MAX_DELAY: u16 = 1440;

/// The flights to show. `None` shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The code of an airport.
    pub(crate) origin: Option<String>,
    /// The code of an airline.
    pub(crate) carrier: Option<String>,
    /// The code of an airport.
    pub(crate) destination: Option<String>,
    /// The first day of the month.
    pub(crate) from: Option<u8>,
    /// The last day of the month.
    pub(crate) to: Option<u8>,
    /// The minimum delay of the departure, in minutes. Excludes cancelled flights.
    pub(crate) delay: Option<u16>,
}

impl Filter {
    pub(crate) fn read(parameters: &Parameters) -> Result<Self> {
        let dates = format!("a date from {} to {}", month::DATES[0], month::DATES[1]);
        let airport = "the code of an airport: three letters";
        let filter = Self {
            origin: parameters.read("origin", airport, |text| code(text, 3))?,
            carrier: parameters
                .read("carrier", "the code of an airline: two letters or digits", |text| code(text, 2))?,
            destination: parameters.read("destination", airport, |text| code(text, 3))?,
            from: parameters.read("from", &dates, month::parse_date)?,
            to: parameters.read("to", &dates, month::parse_date)?,
            delay: parameters.read("delay", &format!("a number of minutes from 0 to {MAX_DELAY}"), minutes)?,
        };
        match (filter.from, filter.to) {
            (Some(from), Some(to)) if from > to => {
                let (from, to) = (month::date(from), month::date(to));
                Err(bad(format!("from: {from} is after {to}, the value of to; use an earlier date")))
            }
            _ => Ok(filter),
        }
    }

    /// Returns the first and the last day.
    pub(crate) fn days(&self) -> (u8, u8) {
        (self.from.unwrap_or(1), self.to.unwrap_or(month::DAYS))
    }

    /// Returns the condition of the flights. Ranges of days are ranges of the primary key.
    pub(crate) fn condition(&self) -> Condition {
        let mut condition = Condition::all();
        if let Some(origin) = &self.origin {
            condition.and("flights.origin = ?", [origin.as_str().into()]);
        }
        if let Some(carrier) = &self.carrier {
            condition.and("flights.carrier = ?", [carrier.as_str().into()]);
        }
        if let Some(destination) = &self.destination {
            condition.and("flights.dest = ?", [destination.as_str().into()]);
        }
        if let Some(from) = self.from {
            condition.and("flights.time_hour >= ?", [month::begin(from).into()]);
        }
        if let Some(to) = self.to {
            condition.and("flights.time_hour < ?", [month::begin(to + 1).into()]);
        }
        if let Some(delay) = self.delay {
            condition.and("flights.dep_delay >= ?", [delay.into()]);
        }
        condition
    }

    /// Returns the parameters of a URL that read as this filter.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let Self { origin, carrier, destination, from, to, delay } = self;
        let values = [
            origin.clone(),
            carrier.clone(),
            destination.clone(),
            from.map(month::date),
            to.map(month::date),
            delay.map(|delay| delay.to_string()),
        ];
        NAMES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Parses a code of letters and digits. Lower case counts as upper case.
pub(crate) fn code(text: &str, length: usize) -> Option<String> {
    let is_code = text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_code.then(|| text.to_ascii_uppercase())
}

fn minutes(text: &str) -> Option<u16> {
    number(text).filter(|minutes| *minutes <= MAX_DELAY)
}

/// Parses a number that consists only of digits.
pub(crate) fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Returns a path with parameters.
pub(crate) fn link(path: &str, parameters: &[(&'static str, String)]) -> String {
    if parameters.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Filter, String> {
        let parameters = Parameters::parse(Some(query), &NAMES).map_err(|error| error.to_string())?;
        Filter::read(&parameters).map_err(|error| error.to_string())
    }

    #[test]
    fn link_of_a_filter_reads_as_the_filter() {
        for query in ["", "origin=JFK", "origin=EWR&carrier=9E&destination=ATL&from=2013-01-02&to=2013-01-31&delay=60"]
        {
            let parameters = read(query).map(|filter| filter.parameters());
            let expected = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
            assert_eq!(parameters.map(|parameters| link("/", &parameters)), Ok(expected));
        }
        assert_eq!(read("carrier=ua").map(|filter| filter.carrier), Ok(Some("UA".to_owned())));
    }

    #[test]
    fn invalid_values_are_refused_with_the_valid_ones() {
        for (query, message) in [
            ("origin=JF", "origin: invalid value \"JF\"; use the code of an airport: three letters"),
            ("carrier=%3Cb", "carrier: invalid value \"<b\"; use the code of an airline: two letters or digits"),
            ("from=2013-02-01", "from: invalid value \"2013-02-01\"; use a date from 2013-01-01 to 2013-01-31"),
            ("delay=-1", "delay: invalid value \"-1\"; use a number of minutes from 0 to 1440"),
            ("delay=%2B5", "delay: invalid value \"+5\"; use a number of minutes from 0 to 1440"),
            ("delay=1441", "delay: invalid value \"1441\"; use a number of minutes from 0 to 1440"),
            (
                "from=2013-01-09&to=2013-01-08",
                "from: 2013-01-09 is after 2013-01-08, the value of to; use an earlier date",
            ),
        ] {
            assert_eq!(read(query), Err(message.to_owned()), "{query}");
        }
    }
}
