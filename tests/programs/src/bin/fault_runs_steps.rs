//! Runs the steps that its arguments name on one connection, and prints the outcome of each.
//!
//! The outcome is `ok`, or the kind of error, the retry advice and the state of the transaction. A
//! step is `begin`, `commit`, `rollback`, `nested`, `gate NAME`, `pause MS`, `terminate`, or a
//! statement. `gate` waits on a separate connection until the gate opens. `terminate` terminates
//! the engine.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::bindings::types::{Error, ErrorKind, Value};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN};

    pub(super) async fn main() -> Result<(), String> {
        let (engine, conn) = match open().await {
            Ok(opened) => opened,
            Err(error) => {
                println!("connecting: {}", describe(&error));
                return Ok(());
            }
        };
        let mut begun = Vec::new();
        for step in std::env::args().skip(1) {
            let result = run(&engine, &conn, &mut begun, &step).await;
            println!("{step}: {}", result.map_or_else(|error| describe(&error), |()| "ok".to_owned()));
        }
        Ok(())
    }

    async fn open() -> Result<(Engine, Connection), Error> {
        let engine = create_engine(give!("main"), GRANTED).await?;
        let conn = engine.acquire().await?;
        Ok((engine, conn))
    }

    async fn run(engine: &Engine, conn: &Connection, begun: &mut Vec<Transaction>, step: &str) -> Result<(), Error> {
        match (step.split_once(' ').unwrap_or((step, "")), begun.last()) {
            (("begin", _), _) => begun.push(conn.begin(PLAIN).await?),
            (("nested", _), _) => begun.push(conn.begin_nested().await?),
            (("twophase", _), _) => begun.push(conn.begin_twophase(None).await?),
            (("prepare", _), Some(transaction)) => transaction.prepare().await?,
            (("commit", _), Some(transaction)) => transaction.commit().await?,
            (("rollback", _), Some(transaction)) => transaction.rollback().await?,
            (("terminate", _), _) => engine.terminate(),
            (("pause", ms), _) => {
                println!("pausing");
                std::thread::sleep(Duration::from_millis(ms.parse().expect("milliseconds")));
            }
            (("gate", name), _) => {
                let params = [Value::Text(name.to_owned()), Value::Text(name.to_owned())].to_vec();
                let sql = "SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)";
                engine.acquire().await?.execute(give!(sql), give!(params), EXECUTE).await?;
            }
            _ => drop(conn.execute(give!(step), give!(Vec::new()), EXECUTE).await?),
        }
        Ok(())
    }

    fn describe(error: &Error) -> String {
        eprintln!("{}", error.message);
        let kind = match &error.kind {
            ErrorKind::Server(server) => format!("Server({} {} {:?})", server.code, server.sqlstate, server.class),
            kind => format!("{kind:?}"),
        };
        let text = format!("{kind} {:?} {:?}", error.retry, error.transaction);
        ["ErrorKind::", "ServerClass::", "AbortReason::", "Step::", "Limit::", "RetryAdvice::", "TransactionState::"]
            .iter()
            .fold(text, |text, path| text.replace(path, ""))
    }
}
