//! Schema statements that sea-query builds can be executed: tables, indexes and foreign keys.

#[wasmysql_macros::both_apis]
mod program {
    use sea_query::{ColumnDef, ForeignKey, ForeignKeyAction, Iden, Index, Query, Table};
    use wasmysql::{Connection, Engine, Result};

    #[derive(Iden)]
    enum Airlines {
        Table,
        Carrier,
        Name,
        Founded,
    }

    #[derive(Iden)]
    enum Planes {
        Table,
        Tailnum,
        Carrier,
    }

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        tables_are_created(&mut conn).await?;
        a_table_is_altered(&mut conn).await?;
        indexes_are_created_and_dropped(&mut conn).await?;
        foreign_keys_are_created_and_dropped(&mut conn).await?;
        tables_are_renamed_truncated_and_dropped(&mut conn).await
    }

    async fn tables_are_created(conn: &mut Connection) -> Result<()> {
        let airlines = Table::create()
            .table(Airlines::Table)
            .if_not_exists()
            .col(ColumnDef::new(Airlines::Carrier).char_len(2).primary_key())
            .col(ColumnDef::new(Airlines::Name).string_len(60).not_null().default("it's new"))
            .take();
        let planes = Table::create()
            .table(Planes::Table)
            .col(ColumnDef::new(Planes::Tailnum).string_len(6).primary_key())
            .col(ColumnDef::new(Planes::Carrier).char_len(2).not_null())
            .take();
        // The second execution finds the table, and `if_not_exists` accepts that.
        conn.execute(&airlines, ()).await?;
        conn.execute(&airlines, ()).await?;
        conn.execute(&planes, ()).await?;
        assert_eq!(conn.execute(&planes, ()).await.expect_err("the table exists").code(), Some(1050));
        let insert =
            Query::insert().into_table(Airlines::Table).columns([Airlines::Carrier]).values_panic(["AA".into()]).take();
        conn.execute(&insert, ()).await?;
        let name = Query::select().column(Airlines::Name).from(Airlines::Table).take();
        assert_eq!(conn.query_scalar::<String>(&name, ()).await?, "it's new");
        Ok(())
    }

    async fn a_table_is_altered(conn: &mut Connection) -> Result<()> {
        let add = Table::alter()
            .table(Airlines::Table)
            .add_column(ColumnDef::new(Airlines::Founded).small_unsigned().not_null().default(1930))
            .take();
        conn.execute(&add, ()).await?;
        let founded = Query::select().column(Airlines::Founded).from(Airlines::Table).take();
        assert_eq!(conn.query_scalar::<u16>(&founded, ()).await?, 1930);
        conn.execute(Table::alter().table(Airlines::Table).drop_column(Airlines::Founded), ()).await?;
        assert_eq!(conn.query_all(&founded, ()).await.expect_err("the column was dropped").code(), Some(1054));
        Ok(())
    }

    async fn indexes_are_created_and_dropped(conn: &mut Connection) -> Result<()> {
        let index = Index::create().name("by_name").table(Airlines::Table).col(Airlines::Name).unique().take();
        conn.execute(&index, ()).await?;
        assert_eq!(indexes(conn).await?, 1);
        conn.execute(Index::drop().name("by_name").table(Airlines::Table), ()).await?;
        assert_eq!(indexes(conn).await?, 0);
        Ok(())
    }

    async fn indexes(conn: &mut Connection) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND index_name = 'by_name' AND non_unique = 0";
        conn.query_scalar(sql, ()).await
    }

    async fn foreign_keys_are_created_and_dropped(conn: &mut Connection) -> Result<()> {
        let key = ForeignKey::create()
            .name("flown_by")
            .from(Planes::Table, Planes::Carrier)
            .to(Airlines::Table, Airlines::Carrier)
            .on_delete(ForeignKeyAction::Cascade)
            .take();
        conn.execute(&key, ()).await?;
        let insert = |carrier: &str| {
            Query::insert()
                .into_table(Planes::Table)
                .columns([Planes::Tailnum, Planes::Carrier])
                .values_panic([format!("N1{carrier}").into(), carrier.into()])
                .take()
        };
        conn.execute(&insert("AA"), ()).await?;
        assert_eq!(conn.execute(&insert("ZZ"), ()).await.expect_err("no such airline").code(), Some(1452));
        conn.execute(ForeignKey::drop().name("flown_by").table(Planes::Table), ()).await?;
        conn.execute(&insert("ZZ"), ()).await?;
        Ok(())
    }

    async fn tables_are_renamed_truncated_and_dropped(conn: &mut Connection) -> Result<()> {
        conn.execute(Table::rename().table(Planes::Table, "aircraft"), ()).await?;
        let count = "SELECT COUNT(*) FROM aircraft";
        assert_eq!(conn.query_scalar::<i64>(count, ()).await?, 2);
        conn.execute(Table::truncate().table("aircraft"), ()).await?;
        assert_eq!(conn.query_scalar::<i64>(count, ()).await?, 0);
        conn.execute(Table::drop().table("aircraft").table(Airlines::Table), ()).await?;
        conn.execute(Table::drop().table("aircraft").if_exists(), ()).await?;
        assert_eq!(conn.query_scalar::<i64>(count, ()).await.expect_err("the table was dropped").code(), Some(1146));
        Ok(())
    }
}
