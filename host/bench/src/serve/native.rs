//! The native servers: the handler of the program `http_point` in axum, with each of the drivers.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use mysql_async::prelude::Queryable;
use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts};
use serde::{Deserialize, Serialize};
use sqlx::MySqlPool;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use tokio::net::TcpListener;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::points::POINT;

/// A native server, which runs in a process of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Native {
    pub(super) driver: Driver,
    pub(super) url: String,
    pub(super) connections: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Driver {
    MysqlAsync,
    Sqlx,
}

#[derive(Debug, Serialize)]
struct Point {
    id: i64,
    name: String,
}

impl Native {
    /// Serves until the process ends. Prints the address.
    pub(super) async fn serve(self) -> Result<()> {
        let router = match self.driver {
            Driver::MysqlAsync => self.mysql_async()?,
            Driver::Sqlx => self.sqlx().await?,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening at http://{}", listener.local_addr()?);
        Ok(axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router)
            .await?)
    }

    fn mysql_async(&self) -> Result<Router> {
        let size = PoolConstraints::new(self.connections, self.connections).context("the pool needs a connection")?;
        let options = OptsBuilder::from_opts(Opts::from_url(&self.url)?).prefer_socket(false);
        let pool = Pool::new(options.pool_opts(PoolOpts::new().with_constraints(size)));
        Ok(Router::new().route("/points/{id}", get(with_mysql_async)).with_state(pool))
    }

    async fn sqlx(&self) -> Result<Router> {
        let options: MySqlConnectOptions = self.url.parse()?;
        let size = self.connections.try_into()?;
        let pool = MySqlPoolOptions::new().min_connections(size).max_connections(size);
        let pool = pool.connect_with(options.ssl_mode(MySqlSslMode::Disabled)).await?;
        Ok(Router::new().route("/points/{id}", get(with_sqlx)).with_state(pool))
    }
}

async fn with_mysql_async(State(pool): State<Pool>, Path(id): Path<u32>) -> Result<Json<Point>, StatusCode> {
    let found = async { pool.get_conn().await?.exec_first(POINT, (id,)).await };
    answer(found.await)
}

async fn with_sqlx(State(pool): State<MySqlPool>, Path(id): Path<u32>) -> Result<Json<Point>, StatusCode> {
    answer(sqlx::query_as::<_, (i64, String)>(POINT).bind(id).fetch_optional(&pool).await)
}

fn answer<E>(found: Result<Option<(i64, String)>, E>) -> Result<Json<Point>, StatusCode> {
    match found {
        Ok(Some((id, name))) => Ok(Json(Point { id, name })),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
