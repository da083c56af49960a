//! A JSON API that counts page visits.

use serde::{Deserialize, Serialize};
use wasmysql::http::{Error, Method, Request, Response, Result, StatusCode, json};
use wasmysql::{Engine, FromRow};

/// A page and its number of visits.
#[derive(Debug, PartialEq, FromRow, Serialize, Deserialize)]
struct Page {
    path: String,
    visits: u32,
}

/// The body of `POST /visits`.
#[derive(Serialize, Deserialize)]
struct Visit {
    path: String,
    visitor: String,
}

/// The code of the server's error for a row that a foreign key rejects.
const NO_REFERENCED_ROW: u16 = 1452;

#[wasmysql::http]
async fn handle(request: Request) -> Result<Response> {
    let engine = Engine::connect("main").await?;
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/pages") => json(StatusCode::OK, &pages(&engine).await?),
        (&Method::POST, "/visits") => {
            let visit: Visit = request.into_body().json().await?;
            record(&engine, &visit).await?;
            json(StatusCode::CREATED, &visit)
        }
        (_, "/pages" | "/visits") => Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, "use GET /pages or POST /visits")),
        (_, path) => Err(Error::new(StatusCode::NOT_FOUND, format!("{path} does not exist"))),
    }
}

/// Returns all pages, most visits first.
async fn pages(engine: &Engine) -> Result<Vec<Page>> {
    let mut conn = engine.acquire().await?;
    Ok(conn.query_all_as("SELECT path, visits FROM pages ORDER BY visits DESC, path", ()).await?)
}

/// Records a visit and counts it, in one transaction.
async fn record(engine: &Engine, visit: &Visit) -> Result<()> {
    let recorded = engine
        .transaction(async |tx| {
            tx.execute("INSERT INTO visits (path, visitor) VALUES (?, ?)", (&visit.path, &visit.visitor)).await?;
            tx.execute("UPDATE pages SET visits = visits + 1 WHERE path = ?", (&visit.path,)).await
        })
        .await;
    match recorded {
        Err(error) if error.code() == Some(NO_REFERENCED_ROW) => {
            Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, format!("there is no page {}", visit.path)))
        }
        recorded => Ok(recorded.map(drop)?),
    }
}

#[cfg(test)]
#[wasmysql::tests]
mod tests {
    use wasmysql::http::Body;

    use super::*;

    /// Calls the handler without a network.
    async fn send(method: Method, path: &str, body: impl Into<Body>) -> Result<Response> {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse()?;
        handle(request).await
    }

    #[test]
    async fn visits_are_counted() -> Result<()> {
        let created = send(Method::POST, "/visits", r#"{"path": "/news", "visitor": "Ada"}"#).await?;
        assert_eq!(created.status(), StatusCode::CREATED);
        let pages: Vec<Page> = send(Method::GET, "/pages", "").await?.into_body().json().await?;
        assert_eq!(pages[0], Page { path: "/news".to_owned(), visits: 1 });
        assert_eq!(pages.len(), 3);
        Ok(())
    }

    #[test]
    async fn invalid_requests_are_refused() {
        for (method, path, body, status) in [
            (Method::POST, "/visits", r#"{"path": "/nowhere", "visitor": "Ada"}"#, StatusCode::UNPROCESSABLE_ENTITY),
            (Method::POST, "/visits", r#"{"path": "/news"}"#, StatusCode::BAD_REQUEST),
            (Method::DELETE, "/pages", "", StatusCode::METHOD_NOT_ALLOWED),
            (Method::GET, "/other", "", StatusCode::NOT_FOUND),
        ] {
            let refused = send(method, path, body).await;
            assert_eq!(refused.map_err(|error| error.status()).map(|_| ()), Err(status), "{path} {body}");
        }
    }
}
