//! Starts the call that the first argument names, and drops its future before the call ends.

use std::pin::pin;

use futures::future::{Either, select};
use wasmysql::{Connection, Engine, ErrorKind, Result};
use wasmysql_test_programs::series;

#[wasmysql::main]
async fn main() -> Result<()> {
    let [call, gate] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("the call and the gate");
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    match call.as_str() {
        "a query" => abandoned(&engine, conn.execute("DO SLEEP(30)", ())).await,
        "a prepared query" => {
            let sleep = conn.prepare("DO SLEEP(?)").await?;
            abandoned(&engine, conn.execute(&sleep, (30,))).await
        }
        "many rows of parameters" => abandoned(&engine, conn.execute_many("DO SLEEP(?)", [(0,), (30,)])).await,
        "a fetch" => {
            let sql = format!("SELECT seq FROM {} AS series UNION ALL SELECT SLEEP(30)", series(40_000));
            let mut rows = conn.query(sql, ()).await?;
            let all = async { while rows.next().await.is_ok_and(|row| row.is_some()) {} };
            abandoned(&engine, all).await;
        }
        "a statement in a transaction" => {
            let mut tx = conn.begin().await?;
            tx.execute("INSERT INTO done VALUES ('half')", ()).await?;
            abandoned(&engine, tx.execute("DO SLEEP(30)", ())).await;
        }
        "a commit" => {
            let mut tx = conn.begin().await?;
            tx.execute("INSERT INTO done VALUES ('committed')", ()).await?;
            println!("inserted");
            pass(&engine, &gate).await?;
            abandoned(&engine, tx.commit()).await;
        }
        call => panic!("unknown call '{call}'"),
    }
    println!("abandoned");
    is_closed(&mut conn).await;
    Ok(())
}

/// Polls the call for 200 ms, and drops it.
async fn abandoned<T>(engine: &Engine, call: impl Future<Output = T>) {
    let (call, timer) = (pin!(call), pin!(engine.query_scalar::<i32>("SELECT SLEEP(0.2)", ())));
    match select(call, timer).await {
        Either::Left(_) => panic!("the call ended"),
        Either::Right((slept, _)) => assert_eq!(slept, Ok(0)),
    }
}

async fn pass(engine: &Engine, gate: &str) -> Result<()> {
    let passed: i32 = engine.query_scalar("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (gate, gate)).await?;
    assert_eq!(passed, 2, "the gate was not opened");
    Ok(())
}

async fn is_closed(conn: &mut Connection) {
    let error = conn.execute("DO 1", ()).await.expect_err("a closed connection");
    let kind = error.kind();
    assert!(matches!(kind, ErrorKind::ResourceClosed | ErrorKind::TransactionAborted(_)), "{kind:?}: {error}");
}
