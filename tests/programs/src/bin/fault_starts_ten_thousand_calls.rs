//! Starts ten thousand calls at once, of the kind that the argument names, and prints the number of
//! calls for each outcome.

use std::collections::BTreeMap;

use futures::future::join_all;
use wasmysql::bindings::connection::Connection;
use wasmysql::bindings::engine::{Engine, create_engine};
use wasmysql::bindings::types::Error;
use wasmysql_test_programs::{EXECUTE, GRANTED};

const CALLS: usize = 10_000;

#[wasmysql::main]
async fn main() -> Result<(), String> {
    let kind = std::env::args().nth(1).expect("a kind of call");
    let engine = create_engine("main".to_owned(), GRANTED).await.map_err(|error| error.message)?;
    let results = match kind.as_str() {
        "on one connection" => {
            let conn = engine.acquire().await.map_err(|error| error.message)?;
            join_all((0..CALLS).map(|_| on_connection(&conn))).await
        }
        "on separate connections" => join_all((0..CALLS).map(|_| on_any_connection(&engine))).await,
        kind => panic!("unknown kind of call '{kind}'"),
    };
    let mut counts = BTreeMap::<String, usize>::new();
    for result in results {
        let name = result.map_or_else(|error| format!("{:?}", error.kind), |()| "done".to_owned());
        *counts.entry(name.replace("ErrorKind::", "").replace("Limit::", "")).or_default() += 1;
    }
    for (name, count) in counts {
        println!("{name}: {count}");
    }
    Ok(())
}

async fn on_connection(conn: &Connection) -> Result<(), Error> {
    conn.execute("DO SLEEP(0.2)".to_owned(), Vec::new(), EXECUTE).await.map(drop)
}

async fn on_any_connection(engine: &Engine) -> Result<(), Error> {
    engine.execute("DO SLEEP(30)".to_owned(), Vec::new(), EXECUTE).await.map(drop)
}
