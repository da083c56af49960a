//! HTTP requests and responses, for plugins that handle requests. Requires the feature `http`.
//!
//! [`#[wasmysql::http]`](macro@crate::http) exports a function as the handler of requests.
//! `wasmysql serve` calls it. The types are those of the crate [`http`], so crates for
//! routing, cookies and others work with them.
//!
//! ```no_run
//! use serde::{Deserialize, Serialize};
//! use wasmysql::Engine;
//! use wasmysql::http::{Error, Method, Request, Response, Result, StatusCode, json};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Visit {
//!     visitor: String,
//! }
//!
//! #[wasmysql::http]
//! async fn handle(request: Request) -> Result<Response> {
//!     let engine = Engine::connect("main").await?;
//!     match (request.method(), request.uri().path()) {
//!         (&Method::POST, "/visits") => {
//!             let visit: Visit = request.into_body().json().await?;
//!             engine.execute("INSERT INTO visits (visitor) VALUES (?)", (&visit.visitor,)).await?;
//!             json(StatusCode::CREATED, &visit)
//!         }
//!         (&Method::GET, "/visits") => {
//!             let visits: u64 = engine.query_scalar("SELECT COUNT(*) FROM visits", ()).await?;
//!             json(StatusCode::OK, &visits)
//!         }
//!         _ => Err(Error::new(StatusCode::NOT_FOUND, "no such page")),
//!     }
//! }
//! ```
//!
//! # Errors
//!
//! `?` converts every error to [`Error`]. The client receives the status 500 and the id of the
//! request, and no detail; or 503 if the database supplied no connection. The plugin prints the
//! error with its sources to stderr, with the same id. [`Error::new`] is an error with another
//! status, whose message the client receives.
//!
//! # Between requests
//!
//! The host can use an instance of the plugin for many requests, also at the same time. Statics
//! and memory persist between requests of an instance, but instances end at any time. Keep nothing
//! in memory that must not be lost. A connection belongs to the request that acquired it: the host
//! closes connections that a request leaves open.

mod body;
mod error;
mod request_id;
mod route;
#[doc(hidden)]
pub mod serve;

use serde::Serialize;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

pub use self::body::{Body, BodySender};
pub use self::error::Error;
pub use self::request_id::request_id;
pub use self::route::set_route;

/// A request with its body.
pub type Request = ::http::Request<Body>;
/// A response with its body.
pub type Response = ::http::Response<Body>;
/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Returns a response with a value as JSON.
///
/// # Errors
///
/// If the value can't be represented as JSON, for example a map whose keys are not texts.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response> {
    let mut response = Response::new(serde_json::to_vec(value)?.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
