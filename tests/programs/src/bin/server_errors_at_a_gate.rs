//! Runs a statement in a transaction, waits at a gate, and runs a second statement, which must
//! fail. Prints the second statement's error, the result of the commit, and whether a later INSERT
//! works.
//!
//! The arguments are `one phase` or `two phases`, the gate, and the two statements.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let arguments: [String; 4] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("four arguments");
        let [phases, gate, first, second] = &arguments;
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let (error, commit) = match phases.as_str() {
            "one phase" => {
                let mut tx = conn.begin().await?;
                (run(&mut tx, gate, first, second).await?, tx.commit().await)
            }
            "two phases" => {
                let mut tx = conn.begin_twophase("gated").await?;
                (run(&mut tx, gate, first, second).await?, tx.commit().await)
            }
            _ => panic!("unknown number of phases '{phases}'"),
        };
        let after = conn.execute("INSERT INTO afterwards VALUES (1)", ()).await.map(drop);
        println!("{error}; commit {}; afterwards {}", kind(commit), kind(after));
        Ok(())
    }

    async fn run(conn: &mut Connection, gate: &str, first: &str, second: &str) -> Result<String> {
        conn.execute(first, ()).await?;
        conn.query_all("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (gate, gate)).await?;
        let error = conn.execute(second, ()).await.expect_err(second);
        let server = (error.code(), error.sqlstate(), error.server_class());
        let (Some(code), Some(sqlstate), Some(class)) = server else { panic!("{:?}: {error}", error.kind()) };
        Ok(format!("{code} {sqlstate} {class:?} {:?} {:?}", error.retry(), error.transaction_state()))
    }

    fn kind(result: Result<()>) -> String {
        result.map_or_else(|error| format!("{:?}", error.kind()), |()| "ok".to_owned())
    }
}
