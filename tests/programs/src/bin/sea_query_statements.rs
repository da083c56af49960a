//! sea-query statements are accepted wherever SQL text is: by engines, connections and
//! transactions.

#[wasmysql_macros::both_apis]
mod program {
    use sea_query::{
        CommonTableExpression, Expr, ExprTrait, Func, Iden, JoinType, LockBehavior, LockType, OnConflict, Order, Query,
        SelectStatement, UnionType, WithClause,
    };
    use std::time::Duration;
    use wasmysql::{Connection, Engine, ErrorKind, Result, Statement, Step};
    use wasmysql_test_programs::Server;

    #[derive(Iden)]
    enum Airlines {
        Table,
        Carrier,
        Name,
    }

    #[derive(Iden)]
    enum Flights {
        Table,
        Id,
        Carrier,
        Distance,
    }

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE airlines (carrier CHAR(2) PRIMARY KEY, name VARCHAR(60) NOT NULL)", ()).await?;
        conn.execute(
            "CREATE TABLE flights (id INT AUTO_INCREMENT PRIMARY KEY, carrier CHAR(2) NOT NULL, distance INT NOT NULL)",
            (),
        )
        .await?;
        inserts(&mut conn).await?;
        selects(&engine, &mut conn).await?;
        selects_with_a_cte(&mut conn).await?;
        updates_and_deletes(&mut conn).await?;
        locks_rows(&engine, &mut conn).await?;
        accepts_options_and_more_parameters(&mut conn).await
    }

    async fn inserts(conn: &mut Connection) -> Result<()> {
        let airlines = |name: &str| {
            Query::insert()
                .into_table(Airlines::Table)
                .columns([Airlines::Carrier, Airlines::Name])
                .values_panic(["AA".into(), name.into()])
                .values_panic(["UA".into(), "United Air Lines".into()])
                .on_conflict(OnConflict::column(Airlines::Carrier).update_column(Airlines::Name).to_owned())
                .take()
        };
        assert_eq!(conn.execute(&airlines("American"), ()).await?.rows_affected(), 2);
        conn.execute(&airlines("American Airlines"), ()).await?;
        let names: Vec<String> = conn
            .query_all(
                Query::select().column(Airlines::Name).from(Airlines::Table).order_by(Airlines::Carrier, Order::Asc),
                (),
            )
            .await?
            .iter()
            .map(|row| row.get("name"))
            .collect::<Result<_>>()?;
        assert_eq!(names, ["American Airlines", "United Air Lines"]);

        let mut flights = Query::insert();
        flights.into_table(Flights::Table).columns([Flights::Carrier, Flights::Distance]);
        for (carrier, distance) in [("AA", 1089), ("UA", 1400), ("UA", 1416)] {
            flights.values_panic([carrier.into(), distance.into()]);
        }
        let done = conn.execute(&flights, ()).await?;
        assert_eq!((done.rows_affected(), done.last_insert_id()), (3, 1));
        let from_select = Query::insert()
            .into_table(Flights::Table)
            .columns([Flights::Carrier, Flights::Distance])
            .select_from(
                Query::select()
                    .column(Airlines::Carrier)
                    .expr(Expr::val(719))
                    .from(Airlines::Table)
                    .and_where(Expr::col(Airlines::Carrier).eq("AA"))
                    .take(),
            )
            .expect("the same number of columns")
            .take();
        assert_eq!(conn.execute(&from_select, ()).await?.rows_affected(), 1);
        Ok(())
    }

    async fn selects(engine: &Engine, conn: &mut Connection) -> Result<()> {
        let longer_than = |distance: i32| {
            Query::select()
                .column((Airlines::Table, Airlines::Name))
                .expr_as(Func::count(Expr::col((Flights::Table, Flights::Id))), "flights")
                .from(Flights::Table)
                .join(
                    JoinType::InnerJoin,
                    Airlines::Table,
                    Expr::col((Flights::Table, Flights::Carrier)).equals((Airlines::Table, Airlines::Carrier)),
                )
                .and_where(Expr::col(Flights::Distance).gt(distance))
                .group_by_col((Airlines::Table, Airlines::Name))
                .order_by("flights", Order::Desc)
                .limit(10)
                .take()
        };
        let rows = conn.query_all(&longer_than(1000), ()).await?;
        let found: Vec<_> =
            rows.iter().map(|row| Ok((row.get("name")?, row.get("flights")?))).collect::<Result<_>>()?;
        assert_eq!(found, [("United Air Lines", 2), ("American Airlines", 1)]);
        let row = engine.query_one(&longer_than(1410), ()).await?;
        assert_eq!((row.get("name")?, row.get("flights")?), ("United Air Lines", 1));
        assert!(engine.query_optional(&longer_than(9999), ()).await?.is_none());
        let mut rows = conn.query(&longer_than(1000), ()).await?;
        assert!(rows.next().await?.is_some());
        rows.close().await?;
        // A built statement can be kept and run again, also on another connection.
        let tx = &mut conn.begin().await?;
        assert_eq!(tx.query_all(&longer_than(0), ()).await?.len(), 2);

        let both = distances("AA").union(UnionType::All, distances("UA")).take();
        assert_eq!(tx.query_all(&both, ()).await?.len(), 4);
        let within = Expr::col(Flights::Distance).in_subquery(distances("AA"));
        let count =
            Query::select().expr(Func::count(Expr::col(Flights::Id))).from(Flights::Table).and_where(within).take();
        assert_eq!(tx.query_scalar::<i64>(&count, ()).await?, 2);
        Ok(())
    }

    fn distances(carrier: &str) -> SelectStatement {
        Query::select()
            .column(Flights::Distance)
            .from(Flights::Table)
            .and_where(Expr::col(Flights::Carrier).eq(carrier))
            .take()
    }

    async fn selects_with_a_cte(conn: &mut Connection) -> Result<()> {
        let of_united = CommonTableExpression::new().query(distances("UA")).table_name("of_united").to_owned();
        let longest = Query::select().expr(Func::max(Expr::col(Flights::Distance))).from("of_united").take();
        let with = longest.with(WithClause::new().cte(of_united).to_owned());
        assert_eq!(conn.query_scalar::<i32>(&with, ()).await?, 1416);
        Ok(())
    }

    async fn updates_and_deletes(conn: &mut Connection) -> Result<()> {
        let update = Query::update()
            .table(Flights::Table)
            .value(Flights::Distance, Expr::col(Flights::Distance).add(1))
            .and_where(Expr::col(Flights::Carrier).eq("UA"))
            .take();
        let delete = Query::delete()
            .from_table(Flights::Table)
            .and_where(Expr::col(Flights::Distance).between(700, 1100))
            .take();
        let mut tx = conn.begin().await?;
        assert_eq!(tx.execute(&update, ()).await?.rows_affected(), 2);
        assert_eq!(tx.execute(&delete, ()).await?.rows_affected(), 2);
        assert_eq!(tx.query_all(&distances("AA"), ()).await?.len(), 0);
        tx.rollback().await?;
        assert_eq!(conn.query_all(&distances("AA"), ()).await?.len(), 2);
        conn.execute(&update, ()).await?;
        let first = distances("UA").order_by(Flights::Distance, Order::Asc).limit(1).take();
        assert_eq!(conn.query_scalar::<i32>(&first, ()).await?, 1401);
        Ok(())
    }

    async fn locks_rows(engine: &Engine, conn: &mut Connection) -> Result<()> {
        let locking = distances("AA").lock(LockType::Update).take();
        let at_once = distances("AA").lock_with_behavior(LockType::Update, LockBehavior::Nowait).take();
        let mut tx = conn.begin().await?;
        assert_eq!(tx.query_all(&locking, ()).await?.len(), 2);
        let error = engine.query_all(&at_once, ()).await.expect_err("the rows are locked");
        let locked = if Server::of(&engine.info()) == Server::MySql { 3572 } else { 1205 };
        assert_eq!(error.code(), Some(locked), "{error}");
        tx.rollback().await?;
        assert_eq!(engine.query_all(&at_once, ()).await?.len(), 2);
        Ok(())
    }

    async fn accepts_options_and_more_parameters(conn: &mut Connection) -> Result<()> {
        let select_by_distance =
            Query::select().column(Flights::Id).from(Flights::Table).and_where(Expr::cust("distance = ?")).take();
        assert_eq!(conn.query_scalar::<i32>(&select_by_distance, (1417,)).await?, 3);
        let select = distances("AA");
        assert_eq!(conn.query_all(Statement::from(&select).first_rows(1), ()).await?.len(), 2);
        let sleep = Query::select().expr(Func::cust("SLEEP").arg(5)).take();
        let short = Statement::from(&sleep).timeout(Duration::from_millis(50));
        let error = conn.query_all(short, ()).await.expect_err("too slow");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));
        Ok(())
    }
}
