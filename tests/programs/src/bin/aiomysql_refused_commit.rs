//! Commits at a server that has become read-only, and so refuses the commits.
//!
//! The program waits for that at the gate that the argument names.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::bindings::types::{Error, TransactionState, Value};
    use wasmysql::{ErrorKind, Result};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, Server, refused};

    const INACTIVE: &str = "This transaction is inactive";
    const READ_ONLY: u16 = 1290;

    pub(super) async fn main() -> Result<()> {
        let engine = create_engine(give!("main"), GRANTED).await?;
        let (conn, second, third) = (engine.acquire().await?, engine.acquire().await?, engine.acquire().await?);
        let root = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        let savepoint = conn.begin_nested().await?;
        insert(&conn, 2).await?;
        let one_phase = second.begin_twophase(None).await?;
        insert(&second, 3).await?;
        let prepared = third.begin_twophase(None).await?;
        insert(&third, 4).await?;
        prepared.prepare().await?;
        wait(&engine).await?;

        let server = Server::of(&engine.info());
        committed(&conn, &root, &savepoint).await?;
        committed_in_one_phase(&second, &one_phase, server).await?;
        committed_when_prepared(&third, &prepared, server).await
    }

    async fn committed(conn: &Connection, root: &Transaction, savepoint: &Transaction) -> Result<()> {
        assert_eq!(state_after(root.commit().await), TransactionState::RolledBack);
        assert_eq!(conn.transaction_state(), TransactionState::None);
        assert!(!root.is_active() && !savepoint.is_active());
        refused(root.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        refused(savepoint.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        root.rollback().await?;
        // The connection stays usable.
        conn.begin(PLAIN).await?.commit().await?;
        conn.begin_twophase(None).await?.commit().await?;
        conn.close().await?;
        Ok(())
    }

    /// MySQL rolls back a two-phase transaction whose commit it refuses. MariaDB refuses to roll it
    /// back too, so closing the connection rolls it back.
    async fn committed_in_one_phase(conn: &Connection, tx: &Transaction, server: Server) -> Result<()> {
        assert_eq!(state_after(tx.commit().await), TransactionState::RolledBack);
        assert!(!tx.is_active());
        assert_eq!(conn.is_closed(), server != Server::MySql);
        tx.rollback().await?;
        conn.close().await?;
        Ok(())
    }

    /// A prepared transaction stays open, and its commit succeeds once the server allows it. MySQL
    /// always does.
    async fn committed_when_prepared(conn: &Connection, tx: &Transaction, server: Server) -> Result<()> {
        if server != Server::MySql {
            assert_eq!(state_after(tx.commit().await), TransactionState::Open);
            assert!(tx.is_active());
        }
        println!("refused");
        while let Err(error) = tx.commit().await {
            assert_eq!(wasmysql::Error::from(error).code(), Some(READ_ONLY));
        }
        assert_eq!(conn.transaction_state(), TransactionState::None);
        conn.begin_twophase(None).await?.commit().await?;
        Ok(())
    }

    fn state_after(result: Result<(), Error>) -> TransactionState {
        let error = wasmysql::Error::from(result.expect_err("the server is read-only"));
        assert_eq!(error.code(), Some(READ_ONLY), "{error}");
        error.transaction_state()
    }

    async fn insert(conn: &Connection, id: i32) -> Result<()> {
        conn.execute(give!(format!("INSERT INTO t VALUES ({id})")), give!([]), EXECUTE).await?;
        Ok(())
    }

    async fn wait(engine: &Engine) -> Result<()> {
        let gate = Value::Text(std::env::args().nth(1).expect("the gate"));
        let params = [gate.clone(), gate];
        engine.execute(give!("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)"), give!(params), EXECUTE).await?;
        Ok(())
    }
}
