//! The id of a request.

use super::Request;

/// The header with the id that the host gave the request.
const HEADER: &str = "x-request-id";

/// Returns the id of a request, or `None` if the host gave it none, as in tests.
///
/// The log of the host contains the id, and the client receives it in the header `x-request-id`.
/// Print it with your own messages.
///
/// # Examples
///
/// ```no_run
/// use wasmysql::http::{Request, Response, Result, request_id};
///
/// #[wasmysql::http]
/// async fn handle(request: Request) -> Result<Response> {
///     eprintln!("request {}: no cookie", request_id(&request).unwrap_or("without id"));
///     Ok(Response::default())
/// }
/// ```
pub fn request_id(request: &Request) -> Option<&str> {
    request.headers().get(HEADER).and_then(|id| id.to_str().ok())
}
