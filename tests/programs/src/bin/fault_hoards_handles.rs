//! Creates up to a million handles of the kind that the argument names, and drops none. Prints the
//! count at every tenth handle and at the first error.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Statement, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::bindings::types::Error;
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN};

    /// A handle that stays alive until the program ends.
    #[expect(dead_code, reason = "the handles are held, not used")]
    enum Held {
        Engine(Engine),
        Connection(Connection),
        Statement(Statement),
        Transaction(Transaction),
    }

    pub(super) async fn main() -> Result<(), String> {
        let kind = std::env::args().nth(1).expect("the kind of handle");
        let engine = create_engine(give!("main"), GRANTED).await.map_err(|error| error.message)?;
        let conn = match kind.as_str() {
            "connections" | "engines" => None,
            _ => Some(engine.acquire().await.map_err(|error| error.message)?),
        };
        let mut held = Vec::new();
        while held.len() < 1_000_000 {
            match create(&kind, &engine, conn.as_ref(), held.len()).await {
                Ok(handle) => held.push(handle),
                Err(error) => {
                    println!("{} {kind}, then {:?}", held.len(), error.kind);
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

    async fn create(kind: &str, engine: &Engine, conn: Option<&Connection>, number: usize) -> Result<Held, Error> {
        let conn = || conn.expect("a connection");
        match kind {
            "engines" => create_engine(give!("main"), GRANTED).await.map(Held::Engine),
            "connections" => engine.acquire().await.map(Held::Connection),
            "statements" => conn().prepare(give!(format!("SELECT {number}"))).await.map(Held::Statement),
            "transactions" => conn().begin(PLAIN).await.map(Held::Transaction),
            "savepoints" => conn().begin_nested().await.map(Held::Transaction),
            kind => panic!("unknown kind of handle '{kind}'"),
        }
    }
}
