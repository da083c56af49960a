//! The error of a handler, and the response for it.

use std::error::Error as StdError;
use std::fmt;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::{Response, json as json_response};
use crate::command::chain;
use crate::error::{ErrorKind, Limit, Step};

/// The message of errors whose reason the client must not see.
const FAILED: &str = "the request failed";
/// The message of errors that end soon.
const BUSY: &str = "the database is busy or unreachable; retry later";

/// The error of a handler: a status with a message for the client, or an error whose reason only
/// the plugin's log shows.
///
/// `?` converts every error to this type, with the status 500. An error of a database that supplied
/// no connection gets the status 503 with the header `Retry-After`.
pub struct Error {
    status: StatusCode,
    /// `None` if the client must not see the reason.
    message: Option<String>,
    source: Option<Box<dyn StdError>>,
}

impl Error {
    /// Creates an error with a status and a message. The client receives both.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: Some(message.into()), source: None }
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the error that caused this error, if there is one.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref()
    }

    /// Returns the response, and prints the reason to stderr if the client does not see it.
    pub(super) fn into_response(self, request: Option<&str>) -> Response {
        if let Some(source) = &self.source {
            let reason = one_line(&chain(&**source));
            match request {
                Some(id) => eprintln!("Error: request {id}: {reason}"),
                None => eprintln!("Error: {reason}"),
            }
        }
        let error = self.message.as_deref().unwrap_or(FAILED);
        let body = match request {
            Some(id) => json!({ "error": error, "request": id }),
            None => json!({ "error": error }),
        };
        let mut response = json_response(self.status, &body).unwrap_or_else(|_| {
            let mut response = Response::default();
            *response.status_mut() = self.status;
            response
        });
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Returns whether the error, or an error that caused it, is that of a database that supplied no
/// connection.
fn is_without_connection(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let kind = error.downcast_ref::<crate::Error>().map(crate::Error::kind);
        match kind {
            Some(
                ErrorKind::Unreachable
                | ErrorKind::Timeout(Step::Acquire | Step::Connect)
                | ErrorKind::LimitExceeded(Limit::Connections | Limit::Waiters),
            ) => return true,
            _ => next = error.source(),
        }
    }
    false
}

/// Returns a text as one line of a log. Messages can contain values of clients, which must not add
/// lines or control a terminal.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.replace("\n  caused by: ", "; caused by: ").chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

impl<E: StdError + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let (status, message) = match is_without_connection(&error) {
            true => (StatusCode::SERVICE_UNAVAILABLE, Some(BUSY.to_owned())),
            false => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self { status, message, source: Some(Box::new(error)) }
    }
}

/// For functions that return any error, such as tests.
impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        error.to_string().into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.source) {
            (_, Some(source)) => f.write_str(&chain(&**source)),
            (Some(message), None) => f.write_str(message),
            (None, None) => f.write_str(FAILED),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error of an application.
    #[derive(Debug)]
    struct Wrapped(crate::Error);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no visits")
        }
    }

    impl StdError for Wrapped {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn message_of_a_client_adds_no_line_to_the_log() {
        let text = "Duplicate entry '\u{1b}[2J\nERROR forged' for key 'é'";
        assert_eq!(one_line(text), "Duplicate entry '\\u{1b}[2J\\nERROR forged' for key 'é'");
    }

    #[test]
    fn reason_of_an_internal_error_is_hidden_from_the_client() {
        let failed = Error::from(crate::Error::argument("a secret"));
        assert_eq!((failed.status(), failed.to_string().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "a secret"));
        let response = failed.into_response(Some("7f3a"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.body().known(), Some(&br#"{"error":"the request failed","request":"7f3a"}"#[..]));

        let busy = Error::from(Wrapped(crate::Error::new(ErrorKind::Timeout(Step::Acquire), "all are in use")));
        let busy = busy.into_response(None);
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(busy.headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
        assert_eq!(busy.body().known(), Some(format!(r#"{{"error":"{BUSY}"}}"#).as_bytes()));

        let missing = Error::new(StatusCode::NOT_FOUND, "no visit 7").into_response(None);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert_eq!(missing.body().known(), Some(&br#"{"error":"no visit 7"}"#[..]));
    }
}
