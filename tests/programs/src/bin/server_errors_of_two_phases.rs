//! Calls of two-phase transactions that the server refuses, one line each: what it said, and that the connection goes on.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let (mut conn, mut other) = (engine.acquire().await?, engine.acquire().await?);
        let error = conn.commit_prepared("nobody's").await.expect_err("there is none");
        tell("commit-prepared", &error, &mut conn).await?;
        let error = conn.rollback_prepared("nobody's").await.expect_err("there is none");
        tell("rollback-prepared", &error, &mut conn).await?;

        let mut tx = conn.begin_twophase("taken").await?;
        let error = other.begin_twophase("taken").await.map(drop).expect_err("an xid that is in use");
        tell("begin-twophase", &error, &mut other).await?;
        let error = tx.execute("CREATE TABLE made (id INT)", ()).await.expect_err("it would commit");
        tell("execute", &error, &mut tx).await?;
        tx.prepare().await?.commit().await
    }

    async fn tell(call: &str, error: &Error, conn: &mut Connection) -> Result<()> {
        let server = (error.code(), error.sqlstate(), error.server_class());
        let (Some(code), Some(sqlstate), Some(class)) = server else { panic!("{call}: {:?}: {error}", error.kind()) };
        println!("{call}: {code} {sqlstate} {class:?} {:?} {:?}", error.retry(), error.transaction_state());
        conn.execute("INSERT INTO calls VALUES (?)", (call,)).await?;
        Ok(())
    }
}
