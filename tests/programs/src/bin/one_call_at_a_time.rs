//! A connection runs one call at a time. The SDK enforces that with `&mut`, and the host enforces
//! it for guests without the SDK.

use futures::join;
use wasmysql::bindings::connection::{Connection, ExecuteOptions};
use wasmysql::bindings::engine::{EngineOptions, create_engine};
use wasmysql::bindings::types::{Error, ErrorKind};

const OPTIONS: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: None };

#[wasmysql::main]
async fn main() -> Result<(), String> {
    run().await.map_err(|error| error.message)
}

async fn run() -> Result<(), Error> {
    let options = EngineOptions {
        max_connections: None,
        acquire_timeout_ms: None,
        statement_timeout_ms: None,
        isolation: None,
        read_only: false,
    };
    let conn = create_engine("main".to_owned(), options).await?.acquire().await?;
    let (first, second) = join!(execute(&conn, "DO SLEEP(0.2)"), execute(&conn, "DO 1"));
    first?;
    assert!(matches!(second.map_err(|error| error.kind), Err(ErrorKind::Busy)));

    let no_first_rows = ExecuteOptions { timeout_ms: None, first_rows: Some(0) };
    let outcome = conn.execute("SELECT 1".to_owned(), Vec::new(), no_first_rows).await?;
    let cursor = outcome.cursor.expect("a cursor");
    assert!(matches!(execute(&conn, "DO 1").await.map_err(|error| error.kind), Err(ErrorKind::Busy)));
    let (first, second) = join!(cursor.fetch(1), cursor.fetch(1));
    assert_eq!(first?.expect("the row").rows, 1);
    assert!(matches!(second, Err(Error { kind: ErrorKind::Busy, .. }) | Ok(None)));
    assert!(matches!(cursor.fetch(0).await.map_err(|error| error.kind), Err(ErrorKind::Argument)));
    while cursor.fetch(1).await?.is_some() {}
    execute(&conn, "DO 1").await?;

    let outcome = conn.execute("SELECT 1".to_owned(), Vec::new(), no_first_rows).await?;
    let cursor = outcome.cursor.expect("a cursor");
    cursor.close().await?;
    cursor.close().await?;
    assert!(matches!(cursor.fetch(1).await.map_err(|error| error.kind), Err(ErrorKind::ResourceClosed)));
    execute(&conn, "DO 1").await?;

    conn.close().await?;
    conn.close().await?;
    assert!(matches!(execute(&conn, "DO 1").await.map_err(|error| error.kind), Err(ErrorKind::ResourceClosed)));
    Ok(())
}

async fn execute(conn: &Connection, sql: &str) -> Result<(), Error> {
    conn.execute(sql.to_owned(), Vec::new(), OPTIONS).await.map(drop)
}
