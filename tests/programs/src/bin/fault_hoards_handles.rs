//! Takes a million of what the argument says and drops none, and prints how far it came: at every tenth, and when it is refused.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Statement, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::bindings::types::Error;
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN};

    /// So that nothing is dropped.
    #[expect(dead_code, reason = "they are held, not used")]
    enum Held {
        Engine(Engine),
        Connection(Connection),
        Statement(Statement),
        Transaction(Transaction),
    }

    pub(super) async fn main() -> Result<(), String> {
        let what = std::env::args().nth(1).expect("what to hoard");
        let engine = create_engine(give!("main"), GRANTED).await.map_err(|error| error.message)?;
        let conn = match what.as_str() {
            "connections" | "engines" => None,
            _ => Some(engine.acquire().await.map_err(|error| error.message)?),
        };
        let mut held = Vec::new();
        while held.len() < 1_000_000 {
            match take(&what, &engine, conn.as_ref(), held.len()).await {
                Ok(taken) => held.push(taken),
                Err(error) => {
                    println!("{} {what}, then {:?}", held.len(), error.kind);
                    break;
                }
            }
            if held.len() % 10 == 0 {
                println!("{}", held.len());
            }
        }
        if let Some(conn) = conn {
            conn.execute(give!("DO 1"), give!([]), EXECUTE).await.map_err(|error| error.message)?;
        }
        Ok(())
    }

    async fn take(what: &str, engine: &Engine, conn: Option<&Connection>, number: usize) -> Result<Held, Error> {
        let conn = || conn.expect("a connection");
        match what {
            "engines" => create_engine(give!("main"), GRANTED).await.map(Held::Engine),
            "connections" => engine.acquire().await.map(Held::Connection),
            "statements" => conn().prepare(give!(format!("SELECT {number}"))).await.map(Held::Statement),
            "transactions" => conn().begin(PLAIN).await.map(Held::Transaction),
            "savepoints" => conn().begin_nested().await.map(Held::Transaction),
            what => panic!("'{what}' can't be hoarded"),
        }
    }
}
