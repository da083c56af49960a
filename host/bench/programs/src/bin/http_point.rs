//! Answers `GET /points/{id}` with a row as JSON, which it looks up by its key.

use serde::Serialize;
use wasmysql::http::{Error, Request, Response, Result, StatusCode, json};
use wasmysql::{Engine, FromRow};

#[derive(FromRow, Serialize)]
struct Point {
    id: i64,
    name: String,
}

#[wasmysql::http]
async fn handle(request: Request) -> Result<Response> {
    let id = request.uri().path().strip_prefix("/points/").and_then(|id| id.parse::<u32>().ok());
    let id = id.ok_or_else(|| Error::new(StatusCode::NOT_FOUND, "there is no such page"))?;
    let mut conn = Engine::connect("main").await?.acquire().await?;
    let found: Option<Point> = conn.query_optional_as("SELECT id, name FROM point WHERE id = ?", (id,)).await?;
    let point = found.ok_or_else(|| Error::new(StatusCode::NOT_FOUND, "there is no such point"))?;
    json(StatusCode::OK, &point)
}
