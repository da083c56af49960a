//! The answers of the host in the place of the plugin.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use wasmtime_wasi_http::WasiBody;

use super::exchange::TIMEOUT;

/// An answer of the host. Its body contains the id of the request and no detail.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    /// The error in logs and metrics.
    pub(super) error: &'static str,
    text: &'static str,
}

pub(super) const OVERLOADED: Answer = Answer {
    status: StatusCode::SERVICE_UNAVAILABLE,
    error: "overloaded",
    text: "too many requests are in progress; retry later",
};
pub(super) const TOO_LATE: Answer =
    Answer { status: StatusCode::GATEWAY_TIMEOUT, error: TIMEOUT, text: "the request took too long" };
pub(super) const TOO_LARGE: Answer = Answer {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    error: "body-too-large",
    text: "the body of the request is too large",
};
pub(super) const MALFORMED: Answer =
    Answer { status: StatusCode::BAD_REQUEST, error: "malformed", text: "the request is malformed" };
pub(super) const TRAPPED: Answer = Answer { status: StatusCode::INTERNAL_SERVER_ERROR, error: "trap", text: FAILED };
pub(super) const REFUSED: Answer = Answer { status: StatusCode::INTERNAL_SERVER_ERROR, error: "plugin", text: FAILED };
pub(super) const NOT_STARTED: Answer =
    Answer { status: StatusCode::INTERNAL_SERVER_ERROR, error: "instantiation", text: FAILED };

const FAILED: &str = "the request failed";

impl Answer {
    pub(super) fn response(&self, id: &str) -> Response<WasiBody> {
        let text = format!("{}\nrequest {id}\n", self.text);
        let body = Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync();
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
