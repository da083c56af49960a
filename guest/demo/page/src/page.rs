//! The page.

mod document;
mod filter_form;
mod flight_table;
mod report;

use maud::Markup;
use wasmysql::http::{Body, Error, HeaderValue, Request, Response, Result, StatusCode, header, request_id};

use crate::filter::{self, Filter};
use crate::options::{self, Options};
use crate::parameters::Parameters;
use crate::window::{self, Window};
use crate::{begin_reading, connect, flights, set, summary};

/// The number of flights in the table.
const LIMIT: u16 = 25;

/// `GET /`. Errors are pages too, because people read them.
pub(crate) async fn page(request: &Request) -> Result<Response> {
    let (status, report, options, filter) = match read(request.uri().query(), true).await {
        Ok(Read { report, options, filter }) => (StatusCode::OK, report, options, filter),
        Err(error) => {
            let (status, report) = report::failed(&error, &id(request));
            // The form stays usable after an invalid value, but not without the database.
            let options = if status.is_client_error() { all_options().await.ok() } else { None };
            (status, report, options, Filter::default())
        }
    };
    let nonce = nonce()?;
    let form = options.as_ref().map(|options| filter_form::form(options, &filter));
    let mut response = html(status, document::document(&nonce, form, report));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy(&nonce))?);
    Ok(response)
}

/// `GET /report`: only the part of the page that the script replaces.
pub(crate) async fn report(request: &Request) -> Result<Response> {
    let (status, report) = match read(request.uri().query(), false).await {
        Ok(Read { report, .. }) => (StatusCode::OK, report),
        Err(error) => report::failed(&error, &id(request)),
    };
    let mut response = html(status, report);
    set(&mut response, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    Ok(response)
}

fn html(status: StatusCode, markup: Markup) -> Response {
    let mut response = Response::new(Body::from(markup.into_string()));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

/// `GET /icon.svg`.
pub(crate) fn icon() -> Response {
    let mut response = Response::new(include_str!("page/icon.svg").into());
    set(&mut response, header::CONTENT_TYPE, "image/svg+xml");
    response
}

struct Read {
    report: Markup,
    options: Option<Options>,
    filter: Filter,
}

async fn read(query: Option<&str>, with_options: bool) -> Result<Read> {
    let parameters = Parameters::parse(query, &[&filter::NAMES[..], &window::NAMES].concat())?;
    let (filter, window) = (Filter::read(&parameters)?, Window::read(&parameters, LIMIT)?);
    let mut conn = connect().await?;
    let mut tx = begin_reading(&mut conn).await?;
    let options = if with_options { Some(options::read(&mut tx).await?) } else { None };
    let all = summary::count(&mut tx).await?;
    let summary = summary::read(&mut tx, &filter).await?;
    let listing = flights::read(&mut tx, &filter, &window, summary.all.flights).await?;
    tx.commit().await?;
    let report = report::report(all, &summary, &listing, &filter, &window);
    Ok(Read { report, options, filter })
}

async fn all_options() -> Result<Options> {
    Ok(options::read(&mut connect().await?).await?)
}

/// Returns the id that the host gave the request.
fn id(request: &Request) -> String {
    request_id(request).unwrap_or("without id").to_owned()
}

/// Returns a random text that allows the style and the script of one response.
fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        eprintln!("Error: no random numbers: {error}");
        Error::new(StatusCode::INTERNAL_SERVER_ERROR, "the request failed")
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns the content security policy: only the page itself, and no request to another host.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}
