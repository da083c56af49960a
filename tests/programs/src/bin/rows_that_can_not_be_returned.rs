//! A row that can't be returned fails its call. The connection, its transaction and the changes of
//! the statement remain.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, TransactionState, Value};
    use wasmysql_test_programs::{Server, series};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE held (id INT PRIMARY KEY)", ()).await?;
        conn.execute("CREATE TABLE texts (id INT PRIMARY KEY, t LONGTEXT CHARACTER SET utf8mb4)", ()).await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO held VALUES (1)", ()).await?;
        let columns = vec!["1"; 5000].join(", ");
        for _ in 0..3 {
            let error = tx.query_all(format!("SELECT {columns}"), ()).await.expect_err("5000 columns");
            assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
            assert_eq!(error.transaction_state(), TransactionState::Open, "{error}");
            let error = tx.prepare(format!("SELECT {columns}")).await.map(drop).expect_err("5000 columns");
            assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
        }
        if Server::of(&engine.info()) != Server::MySql {
            rows_of_changes(&mut tx).await?;
        }
        tx.commit().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM held", ()).await?, 1);
        Ok(())
    }

    /// MySQL has no RETURNING, and it does not store invalid text.
    async fn rows_of_changes(tx: &mut Connection) -> Result<()> {
        // Half of a surrogate pair is not UTF-8, but MariaDB stores it.
        tx.execute("INSERT INTO texts VALUES (1, ?), (2, 'x')", (Value::Bytes(vec![0xed, 0xa0, 0x80]),)).await?;
        let error = tx.query_all("SELECT t FROM texts ORDER BY id", ()).await.expect_err("invalid text");
        assert_eq!((error.kind(), error.transaction_state()), (&ErrorKind::ValueUnsupported, TransactionState::Open));
        let error = tx.query_all("DELETE FROM texts RETURNING t", ()).await.expect_err("invalid text");
        assert_eq!((error.kind(), error.transaction_state()), (&ErrorKind::ValueUnsupported, TransactionState::Open));
        assert_eq!(tx.query_scalar::<u32>("SELECT COUNT(*) FROM texts", ()).await?, 0);
        // A row that exceeds the grant's limit is in the middle of the result.
        let rows = "SELECT seq, IF(seq = 500, REPEAT('x', 9000000), 'y')";
        let insert = format!("INSERT INTO texts {rows} FROM {} AS series RETURNING t, t", series(1000));
        let error = tx.query_all(insert, ()).await.expect_err("a row of 18 MB");
        assert_eq!(
            (error.kind(), error.transaction_state()),
            (&ErrorKind::LimitExceeded(Limit::RowBytes), TransactionState::Open)
        );
        assert!(error.message().ends_with("the statement was executed"), "{error}");
        assert_eq!(tx.query_scalar::<u32>("SELECT COUNT(*) FROM texts", ()).await?, 1000);
        Ok(())
    }
}
