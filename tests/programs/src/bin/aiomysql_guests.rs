//! Prepares a transaction, accesses it as another guest of the same database, or commits it. The
//! argument selects the role.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};
    use wasmysql_test_programs::refused_by_server;

    const UNKNOWN_XID: u16 = 1397;

    pub(super) async fn main() -> Result<()> {
        let role = std::env::args().nth(1).expect("a role");
        let engine = Engine::connect("main").await?;
        let conn = &mut engine.acquire().await?;
        match role.as_str() {
            "prepares" => prepare(conn).await,
            "another guest" => access_as_another_guest(conn).await,
            "commits" => commit(conn).await,
            _ => panic!("unknown role '{role}'"),
        }
    }

    async fn prepare(conn: &mut Connection) -> Result<()> {
        let mut tx = conn.begin_twophase("it's mine").await?;
        tx.execute("INSERT INTO t VALUES (1)", ()).await?;
        drop(tx.prepare().await?);
        Ok(())
    }

    async fn access_as_another_guest(conn: &mut Connection) -> Result<()> {
        assert!(conn.recover_twophase().await?.is_empty());
        refused_by_server(conn.commit_prepared("it's mine").await, UNKNOWN_XID);
        refused_by_server(conn.rollback_prepared("it's mine").await, UNKNOWN_XID);
        // Another guest can use the same xid.
        let mut tx = conn.begin_twophase("it's mine").await?;
        tx.execute("INSERT INTO t VALUES (2)", ()).await?;
        let prepared = tx.prepare().await?;
        prepared.rollback().await
    }

    async fn commit(conn: &mut Connection) -> Result<()> {
        assert_eq!(conn.recover_twophase().await?, ["it's mine"]);
        conn.commit_prepared("it's mine").await?;
        assert!(conn.recover_twophase().await?.is_empty());
        Ok(())
    }
}
