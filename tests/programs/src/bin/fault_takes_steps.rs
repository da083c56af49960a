//! Takes the steps that its arguments say, on one connection, and prints what came of each: `ok`, or the kind of error, whether to try
//! again, and what became of the transaction. A step is `begin`, `commit`, `rollback`, `nested`, `gate NAME`, which waits on a
//! connection of its own until the gate opens, `pause MS`, or a statement.

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
                println!("connecting: {}", told(&error));
                return Ok(());
            }
        };
        let mut begun = Vec::new();
        for step in std::env::args().skip(1) {
            let answer = take(&engine, &conn, &mut begun, &step).await;
            println!("{step}: {}", answer.map_or_else(|error| told(&error), |()| "ok".to_owned()));
        }
        Ok(())
    }

    async fn open() -> Result<(Engine, Connection), Error> {
        let engine = create_engine(give!("main"), GRANTED).await?;
        let conn = engine.acquire().await?;
        Ok((engine, conn))
    }

    async fn take(engine: &Engine, conn: &Connection, begun: &mut Vec<Transaction>, step: &str) -> Result<(), Error> {
        match (step.split_once(' ').unwrap_or((step, "")), begun.last()) {
            (("begin", _), _) => begun.push(conn.begin(PLAIN).await?),
            (("nested", _), _) => begun.push(conn.begin_nested().await?),
            (("commit", _), Some(transaction)) => transaction.commit().await?,
            (("rollback", _), Some(transaction)) => transaction.rollback().await?,
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

    fn told(error: &Error) -> String {
        eprintln!("{}", error.message);
        let kind = match &error.kind {
            ErrorKind::Server(server) => format!("Server({} {} {:?})", server.code, server.sqlstate, server.class),
            kind => format!("{kind:?}"),
        };
        let told = format!("{kind} {:?} {:?}", error.retry, error.transaction);
        ["ErrorKind::", "ServerClass::", "AbortReason::", "Step::", "Limit::", "RetryAdvice::", "TransactionState::"]
            .iter()
            .fold(told, |told, path| told.replace(path, ""))
    }
}
