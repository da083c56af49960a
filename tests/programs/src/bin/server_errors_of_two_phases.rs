//! Makes calls of two-phase transactions that the server refuses. Prints the error of each, and
//! checks that the connection stays usable.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let (mut conn, mut other) = (engine.acquire().await?, engine.acquire().await?);
        let error = conn.commit_prepared("it's unknown").await.expect_err("no such xid");
        report("commit-prepared", &error, &mut conn).await?;
        let error = conn.rollback_prepared("it's unknown").await.expect_err("no such xid");
        report("rollback-prepared", &error, &mut conn).await?;

        let mut tx = conn.begin_twophase("taken").await?;
        let error = other.begin_twophase("taken").await.map(drop).expect_err("an xid that is in use");
        report("begin-twophase", &error, &mut other).await?;
        let error = tx.execute("CREATE TABLE made (id INT)", ()).await.expect_err("a schema change would commit");
        report("execute", &error, &mut tx).await?;
        tx.prepare().await?.commit().await
    }

    async fn report(call: &str, error: &Error, conn: &mut Connection) -> Result<()> {
        let server = (error.code(), error.sqlstate(), error.server_class());
        let (Some(code), Some(sqlstate), Some(class)) = server else { panic!("{call}: {:?}: {error}", error.kind()) };
        println!("{call}: {code} {sqlstate} {class:?} {:?} {:?}", error.retry(), error.transaction_state());
        conn.execute("INSERT INTO calls VALUES (?)", (call,)).await?;
        Ok(())
    }
}
