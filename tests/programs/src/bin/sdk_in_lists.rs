//! Lists as one parameter, for `IN`.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Params, Result, Statement, in_list, named};

    #[derive(Clone, Params)]
    struct Filter<'a> {
        ids: wasmysql::InList,
        name: &'a str,
    }

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE t (id INT NULL, name VARCHAR(20))", ()).await?;
        let rows = [(Some(1), "a"), (Some(2), "b?"), (Some(3), "c"), (None, "d")];
        conn.insert_many("t", &["id", "name"], rows).await?;
        by_position(&mut conn).await?;
        by_name(&mut conn).await?;
        in_other_calls(&engine, &mut conn).await?;
        fixed_placeholders(&mut conn).await?;
        too_many(&mut conn).await
    }

    /// Returns the names of the selected rows.
    async fn names(conn: &mut Connection, condition: &str, params: impl Params) -> Result<String> {
        let sql = format!("SELECT name FROM t WHERE {condition} ORDER BY name");
        let names: Vec<String> = conn.query(&sql, params).await?.scalars().await?;
        Ok(names.join(" "))
    }

    async fn by_position(conn: &mut Connection) -> Result<()> {
        let ids = vec![1_u8, 3];
        assert_eq!(names(conn, "id IN (?)", (in_list(&ids),)).await?, "a c");
        assert_eq!(names(conn, "id NOT IN (?)", (in_list(&[1]),)).await?, "b? c");
        assert_eq!(names(conn, "name IN (?)", [in_list(&["b?".to_owned(), "it's".to_owned()])]).await?, "b?");
        let between = "name <> '?' AND id IN (?) /* ? */ AND name <> ? AND id NOT IN (?) -- ?\n";
        assert_eq!(names(conn, between, (in_list(&[1, 2, 3]), "a", in_list(&[3, 4]))).await?, "b?");
        let empty = in_list::<i32>(&[]);
        assert_eq!(names(conn, "id IN (?)", (empty.clone(),)).await?, "");
        assert_eq!(names(conn, "id NOT IN (?) AND name < ?", (empty, "z")).await?, "a b? c d");
        assert_eq!(names(conn, "id IN (?)", (in_list(&[None, Some(2)]),)).await?, "b?");
        Ok(())
    }

    async fn by_name(conn: &mut Connection) -> Result<()> {
        let ids = in_list(&[1, 2]);
        let twice = "id IN (:ids) AND name <> :name AND id IN (:ids)";
        assert_eq!(names(conn, twice, named! { name: "a", ids: ids.clone() }).await?, "b?");
        let filter = Filter { ids, name: "b?" };
        assert_eq!(names(conn, "name <> :name AND id IN (:ids)", &filter).await?, "a");
        assert_eq!(names(conn, "name = :name", filter).await?, "b?");
        Ok(())
    }

    async fn in_other_calls(engine: &Engine, conn: &mut Connection) -> Result<()> {
        let bound = Statement::new("SELECT COUNT(*) FROM t WHERE id IN (?) AND name <> ? AND id IN (?)")
            .bind((in_list(&[1, 2]),))
            .bind(("a", in_list(&[2, 3])));
        assert_eq!(engine.query_scalar::<u8>(bound, ()).await?, 1);
        let updated = conn.execute("UPDATE t SET name = ? WHERE id IN (?)", ("x", in_list(&[1, 2]))).await?;
        assert_eq!(updated.rows_affected(), 2);
        let deleted = conn.execute("DELETE FROM t WHERE id IN (?)", (in_list::<u8>(&[]),)).await?;
        assert_eq!(deleted.rows_affected(), 0);
        Ok(())
    }

    async fn fixed_placeholders(conn: &mut Connection) -> Result<()> {
        let prepared = conn.prepare("SELECT COUNT(*) FROM t WHERE id IN (?)").await?;
        let by_prepared = conn.query_scalar::<u8>(&prepared, (in_list(&[1, 2]),)).await.map(drop);
        let by_rows = conn.execute_many("DELETE FROM t WHERE id IN (?)", [(in_list(&[1, 2]),)]).await.map(drop);
        for refused in [by_prepared, by_rows] {
            let error = refused.expect_err("the number of placeholders is fixed");
            assert_eq!(error.kind(), &ErrorKind::Argument);
            assert!(error.message().starts_with("a list from in_list needs a placeholder for each value"), "{error}");
        }
        assert_eq!(conn.query_scalar::<u8>("SELECT COUNT(*) FROM t", ()).await?, 4);
        Ok(())
    }

    /// The grant allows 8,192 parameters by default.
    async fn too_many(conn: &mut Connection) -> Result<()> {
        let sql = "SELECT COUNT(*) FROM t WHERE id IN (?)";
        let most: Vec<u32> = (1..=8192).collect();
        assert_eq!(conn.query_scalar::<u8>(sql, (in_list(&most),)).await?, 3);
        let more: Vec<u32> = (1..=8193).collect();
        let error = conn.query_scalar::<u8>(sql, (in_list(&more),)).await.expect_err("one parameter too many");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Parameters));
        assert_eq!(conn.query_scalar::<u8>("SELECT 1", ()).await?, 1);
        Ok(())
    }
}
