//! An error in `execute_many` names the failed row. The effects of earlier rows remain unless a
//! transaction is rolled back.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE faulty (id INT PRIMARY KEY, n TINYINT)", ()).await?;

        // The host sends all rows in one statement.
        let error = insert(&mut conn, [1, 2, 3, 2, 5]).await;
        assert_eq!(error.code(), Some(1062));
        assert!(error.message().contains("rows 0 to 4"), "{error}");
        assert_eq!(count(&mut conn).await?, 0);

        // An UPDATE runs row by row.
        conn.insert_many("faulty", &["id", "n"], (0..4).map(|id| (id, 0))).await?;
        let update = "UPDATE faulty SET n = ? WHERE id = ?";
        let error = conn.execute_many(update, [(1, 0), (1, 1), (1000, 2), (1, 3)]).await.expect_err("out of range");
        assert_eq!(error.code(), Some(1264));
        assert!(error.message().contains("row 2 "), "{error}");
        assert_eq!(conn.query_scalar::<u32>("SELECT SUM(n) FROM faulty", ()).await?, 2, "the earlier rows remain");

        let mut tx = conn.begin().await?;
        let error = tx.execute_many(update, [(7, 0), (1000, 1)]).await.expect_err("out of range");
        assert_eq!(error.code(), Some(1264));
        tx.rollback().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT SUM(n) FROM faulty", ()).await?, 2);

        // A value that can't be sent is detected before anything is sent.
        let rows = [(10, Some(1.0)), (11, Some(f64::NAN))];
        let error = conn.insert_many("faulty", &["id", "n"], rows).await.expect_err("not a number");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        assert!(error.message().contains("row 1, parameter 2"), "{error}");
        let error = conn.insert_many("faulty", &["id", "n"], [(10, 1), (11, 2)].map(|(a, b)| vec![a; b])).await;
        assert_eq!(error.expect_err("rows of two lengths").kind(), &ErrorKind::Argument);
        assert_eq!(count(&mut conn).await?, 4);
        Ok(())
    }

    async fn insert<const N: usize>(conn: &mut Connection, ids: [i32; N]) -> Error {
        let rows = ids.map(|id| (id, 0));
        conn.insert_many("faulty", &["id", "n"], rows).await.expect_err("a duplicate")
    }

    async fn count(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar("SELECT COUNT(*) FROM faulty", ()).await
    }
}
