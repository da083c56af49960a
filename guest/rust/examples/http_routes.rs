//! Routes requests with the crate `matchit`, and streams a result as CSV.
//!
//! `wasmysql serve http_routes.wasm` serves it:
//!
//! | request | response |
//! |---|---|
//! | `GET /planes/{tailnum}` | a plane as JSON |
//! | `GET /planes.csv` | all planes, sent while they are read |

use matchit::{Match, Router};
use serde::Serialize;
use wasmysql::http::{
    Body, Error, HeaderValue, Method, Request, Response, Result, StatusCode, header, json, set_route,
};
use wasmysql::{Engine, FromRow};

/// The routes, which the access log and the metrics of the host contain.
const PLANE: &str = "/planes/{tailnum}";
const ALL_PLANES: &str = "/planes.csv";

#[derive(FromRow, Serialize)]
struct Plane {
    tailnum: String,
    seats: Option<u16>,
}

/// Creates the router. That takes about a microsecond, so each request creates its own.
fn router() -> Result<Router<&'static str>> {
    let mut router = Router::new();
    for route in [PLANE, ALL_PLANES] {
        router.insert(route, route)?;
    }
    Ok(router)
}

#[wasmysql::http]
async fn handle(request: Request) -> Result<Response> {
    let (path, router) = (request.uri().path(), router()?);
    let Ok(Match { value: &route, params }) = router.at(path) else {
        return Err(Error::new(StatusCode::NOT_FOUND, format!("{path} does not exist")));
    };
    set_route(&request, route);
    if request.method() != Method::GET {
        return Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, "only GET is allowed"));
    }
    let engine = Engine::connect("main").await?;
    match route {
        PLANE => plane(&engine, params.get("tailnum").unwrap_or_default()).await,
        _ => Ok(all_planes(engine)),
    }
}

async fn plane(engine: &Engine, tailnum: &str) -> Result<Response> {
    let mut conn = engine.acquire().await?;
    let found: Option<Plane> =
        conn.query_optional_as("SELECT tailnum, seats FROM planes WHERE tailnum = ?", (tailnum,)).await?;
    match found {
        Some(plane) => json(StatusCode::OK, &plane),
        None => Err(Error::new(StatusCode::NOT_FOUND, format!("there is no plane {tailnum}"))),
    }
}

fn all_planes(engine: Engine) -> Response {
    let body = Body::write(async move |mut sender| {
        let mut conn = engine.acquire().await?;
        let mut rows = conn.query("SELECT tailnum, seats FROM planes ORDER BY tailnum", ()).await?;
        sender.send("tailnum,seats\n").await;
        while let Some(row) = rows.next().await? {
            let seats: Option<u16> = row.get("seats")?;
            let seats = seats.map(|seats| seats.to_string()).unwrap_or_default();
            sender.send(format!("{},{seats}\n", row.get::<&str>("tailnum")?)).await;
        }
        Ok(())
    });
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    response
}
