//! The plugin of `cargo xtask demo --serve`. It serves the flights that the plugin of
//! `cargo xtask demo` has loaded, and needs only the grant `read`.
//!
//! | request | response |
//! |---|---|
//! | `GET /` | the page: charts, a filter and a table |
//! | `GET /report` | the part of the page that depends on the filter, for the script of the page |
//! | `GET /api/flights` | flights as JSON, in pages |
//! | `GET /api/summary` | the numbers of the charts as JSON |
//! | `GET /api/options` | the airports and airlines for filters as JSON |
//!
//! All but the last accept the filters `origin`, `carrier`, `destination`, `from`, `to` and `delay`.
//! The page, its part and `/api/flights` also accept `limit` and a cursor, `after` or `before`.

mod api;
mod charts;
mod condition;
mod filter;
mod flights;
mod month;
mod numbers;
mod options;
mod page;
mod parameters;
mod summary;
mod window;

use wasmysql::http::{Error, HeaderName, HeaderValue, Method, Request, Response, Result, StatusCode, header};
use wasmysql::{Connection, Engine, IsolationLevel, Transaction, TransactionOptions};

#[wasmysql::http]
async fn handle(request: Request) -> Result<Response> {
    let (path, query) = (request.uri().path(), request.uri().query());
    let mut response = match (request.method(), path) {
        (&Method::GET | &Method::HEAD, "/") => page::page(&request).await?,
        (&Method::GET | &Method::HEAD, "/report") => page::report(&request).await?,
        (&Method::GET | &Method::HEAD, "/icon.svg") => page::icon(),
        (&Method::GET | &Method::HEAD, "/api/flights") => api::flights(query).await?,
        (&Method::GET | &Method::HEAD, "/api/summary") => api::summary(query).await?,
        (&Method::GET | &Method::HEAD, "/api/options") => api::options(query).await?,
        (_, "/" | "/report" | "/icon.svg" | "/api/flights" | "/api/summary" | "/api/options") => {
            return Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, format!("{path} allows only GET and HEAD")));
        }
        _ => return Err(Error::new(StatusCode::NOT_FOUND, format!("{path} does not exist"))),
    };
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    Ok(response)
}

/// Sets a header of a response.
fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

async fn connect() -> Result<Connection> {
    Ok(Engine::connect("main").await?.acquire().await?)
}

/// Begins a transaction in which all queries read the same snapshot, so that their numbers agree.
async fn begin_reading(conn: &mut Connection) -> Result<Transaction<'_>> {
    let options = TransactionOptions::new().isolation(IsolationLevel::RepeatableRead);
    Ok(conn.begin_with(options.read_only(true).consistent_snapshot(true)).await?)
}
