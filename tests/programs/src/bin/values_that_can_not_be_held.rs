//! A row that can't be handed over fails its call. The connection, its transaction, and what the statement changed stay.

#[wasmysql::both_faces]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, TransactionState};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE held (id INT PRIMARY KEY)", ()).await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO held VALUES (1)", ()).await?;
        let columns = vec!["1"; 5000].join(", ");
        for _ in 0..3 {
            let error = tx.query_all(format!("SELECT {columns}"), ()).await.expect_err("5000 columns");
            assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
            assert_eq!(error.transaction_state(), TransactionState::Open, "{error}");
            let error = tx.prepare(&format!("SELECT {columns}")).await.map(drop).expect_err("5000 columns");
            assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
        }
        tx.commit().await?;
        assert_eq!(count(&mut conn).await?, 1);
        Ok(())
    }

    async fn count(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar("SELECT COUNT(*) FROM held", ()).await
    }
}
