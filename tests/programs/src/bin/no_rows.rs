//! An empty result is not an error, except for calls that require a row.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE without_rows (id INT, name TEXT)", ()).await?;
        let sql = "SELECT id, name FROM without_rows WHERE id = ?";

        let mut rows = conn.query(sql, (1,)).await?;
        assert_eq!(rows.columns().len(), 2);
        assert!(rows.next().await?.is_none());
        assert!(rows.next().await?.is_none(), "the end is returned again");
        drop(rows);
        assert!(conn.query(sql, (1,)).await?.next_batch().await?.is_none());
        assert!(conn.query_all(sql, (1,)).await?.is_empty());
        assert!(conn.query_optional(sql, (1,)).await?.is_none());
        let error = conn.query_one(sql, (1,)).await.expect_err("a row is required");
        assert_eq!(error.kind(), &ErrorKind::NoResultFound);

        assert_eq!(conn.execute("UPDATE without_rows SET id = 1", ()).await?.rows_affected(), 0);
        assert_eq!(conn.insert_many("without_rows", &["id"], Vec::<(i32,)>::new()).await?.rows_affected(), 0);
        let sum: Option<i64> = conn.query_scalar("SELECT SUM(id) FROM without_rows", ()).await?;
        assert_eq!(sum, None);

        conn.execute("INSERT INTO without_rows VALUES (1, 'a'), (1, 'b')", ()).await?;
        let error = conn.query_optional(sql, (1,)).await.expect_err("two rows");
        assert_eq!(error.kind(), &ErrorKind::MultipleResultsFound);
        let error = conn.query("UPDATE without_rows SET id = 2", ()).await.expect_err("no rows");
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed);
        Ok(())
    }
}
