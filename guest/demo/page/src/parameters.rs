//! The parameters of a request's URL.

use wasmysql::http::{Error, Result, StatusCode};

/// The number of characters of an invalid value that an error message repeats.
const QUOTED: usize = 40;

/// Parameters with a value, each at most once.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses a query string. Empty values count as missing, because forms send them.
    ///
    /// # Errors
    ///
    /// If a parameter is unknown or occurs twice: a response without the filter would be wrong.
    pub(crate) fn parse(query: Option<&str>, known: &[&str]) -> Result<Self> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&&*name) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(bad(format!("unknown parameter {}; available: {known}", quoted(&name))));
            }
            if value.is_empty() {
                continue;
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(bad(format!("{name}: the parameter occurs twice; remove one")));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    /// Reads a value with a function that returns `None` if the value is invalid. `expected`
    /// describes the valid values.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some((_, value)) = self.0.iter().find(|(other, _)| other == name) else { return Ok(None) };
        let invalid = || bad(format!("{name}: invalid value {}; use {expected}", quoted(value)));
        parse(value).map(Some).ok_or_else(invalid)
    }
}

/// Returns the error of an invalid request.
pub(crate) fn bad(message: impl Into<String>) -> Error {
    Error::new(StatusCode::BAD_REQUEST, message)
}

fn quoted(value: &str) -> String {
    let shortened: String = value.chars().take(QUOTED).collect();
    let dots = if shortened.len() < value.len() { "..." } else { "" };
    format!("{shortened:?}{dots}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(query: &str, message: &str) {
        let error = Parameters::parse(Some(query), &["origin", "to"]).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(message), "{query}");
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        refused("orgin=JFK", "unknown parameter \"orgin\"; available: origin, to");
        refused("origin=JFK&origin=LGA", "origin: the parameter occurs twice; remove one");
        let long = "x".repeat(41);
        refused(&long, &format!("unknown parameter \"{}\"...; available: origin, to", "x".repeat(40)));
    }

    #[test]
    fn empty_values_count_as_missing() {
        let parameters = Parameters::parse(Some("origin=&to=a%20b+c"), &["origin", "to"]).unwrap_or(Parameters(vec![]));
        assert_eq!(parameters.0, [("to".to_owned(), "a b c".to_owned())]);
    }
}
