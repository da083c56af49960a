//! A prepared statement stays usable while the guest holds it, whatever its connection prepares
//! meanwhile.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, Statement, Step};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE held (id INT PRIMARY KEY, name VARCHAR(20))", ()).await?;
        describes_parameters_and_columns(&mut conn).await?;
        outlives_the_statement_cache(&mut conn).await?;
        runs_many(&mut conn).await?;
        is_limited_in_number(&mut conn).await?;
        is_limited_in_text(&mut conn).await?;
        is_limited_in_columns(&mut conn).await?;
        belongs_to_its_connection(&engine, &mut conn).await?;
        takes_options(&mut conn).await?;
        follows_a_schema_change(&mut conn).await
    }

    async fn describes_parameters_and_columns(conn: &mut Connection) -> Result<()> {
        let select = conn.prepare("SELECT id, name AS who FROM held WHERE id > ? AND name <> ?").await?;
        assert_eq!(select.parameters(), 2);
        let columns: Vec<_> = select.columns().iter().map(|column| (&*column.name, column.type_name())).collect();
        assert_eq!(columns, [("id", "INT"), ("who", "VARCHAR")]);
        let insert = conn.prepare("INSERT INTO held VALUES (?, ?)").await?;
        assert_eq!((insert.parameters(), insert.columns().len()), (2, 0));

        let error = conn.execute(&insert, (1,)).await.expect_err("a parameter is missing");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        let error = conn.prepare("SELECT nothing FROM held").await.expect_err("no such column");
        assert_eq!(error.code(), Some(1054));
        let error = conn.prepare("SET @a = 1").await.expect_err("SET is reserved for the host");
        assert_eq!(error.kind(), &ErrorKind::StatementDenied);
        let named = conn.prepare("SELECT :id").await?;
        assert_eq!((named.parameters(), named.names()), (1, &["id".to_owned()][..]));
        Ok(())
    }

    async fn outlives_the_statement_cache(conn: &mut Connection) -> Result<()> {
        let by_text = "SELECT COUNT(*) + ? FROM held /* held */";
        let held = conn.prepare(by_text).await?;
        let long = conn.prepare(format!("SELECT ? /* {} */", "x".repeat(200_000))).await?;
        // Far more statements than a session caches, each of them twice.
        for _ in 0..2 {
            for number in 0..150 {
                let sql = format!("SELECT {number}");
                assert_eq!(conn.query_scalar::<i32>(sql, ()).await?, number);
            }
            assert_eq!(conn.query_scalar::<i64>(&held, (1,)).await?, 1);
            assert_eq!(conn.query_scalar::<i64>(&long, (2,)).await?, 2);
        }
        assert_eq!(conn.query_scalar::<i64>(by_text, (3,)).await?, 3);
        held.close().await?;
        assert_eq!(conn.query_scalar::<i64>(by_text, (4,)).await?, 4);
        assert_eq!(conn.query_scalar::<i64>(&long, (5,)).await?, 5);
        Ok(())
    }

    async fn runs_many(conn: &mut Connection) -> Result<()> {
        let insert = conn.prepare("INSERT INTO held VALUES (?, ?)").await?;
        let rows = (1..=1000).map(|id| (id, format!("name {id}")));
        assert_eq!(conn.execute_many(&insert, rows).await?.rows_affected(), 1000);
        let update = conn.prepare("UPDATE held SET name = ? WHERE id = ?").await?;
        assert_eq!(conn.execute_many(&update, [("one", 1), ("two", 2)]).await?.rows_affected(), 2);
        let select = conn.prepare("SELECT name FROM held WHERE id = ?").await?;
        for (id, name) in [(1, "one"), (2, "two"), (1000, "name 1000")] {
            assert_eq!(conn.query_scalar::<String>(&select, (id,)).await?, name);
        }
        let all = conn.prepare("SELECT id FROM held").await?;
        for _ in 0..2 {
            assert_eq!(conn.query_all(&all, ()).await?.len(), 1000);
        }
        Ok(())
    }

    async fn is_limited_in_number(conn: &mut Connection) -> Result<()> {
        let mut held = Vec::new();
        for number in 0..64 {
            held.push(conn.prepare(format!("SELECT {number}")).await?);
        }
        let error = conn.prepare("SELECT 64").await.expect_err("one statement more than the grant allows");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Statements), "{error}");
        drop(held.pop());
        held.push(conn.prepare("SELECT 64").await?);
        held.swap_remove(0).close().await?;
        held.push(conn.prepare("SELECT 65").await?);
        for (index, statement) in held.iter().enumerate().skip(1).take(60) {
            assert_eq!(conn.query_scalar::<usize>(statement, ()).await?, index);
        }
        Ok(())
    }

    async fn is_limited_in_text(conn: &mut Connection) -> Result<()> {
        let long = |number: usize| format!("SELECT {number} /* {} */", "x".repeat(900_000));
        let held = [conn.prepare(long(0)).await?, conn.prepare(long(1)).await?];
        let error = conn.prepare(long(2)).await.expect_err("more text than the grant allows");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Statements), "{error}");
        for (number, statement) in held.iter().enumerate() {
            assert_eq!(conn.query_scalar::<usize>(statement, ()).await?, number);
        }
        drop(held);
        conn.prepare(long(2)).await.map(drop)
    }

    async fn is_limited_in_columns(conn: &mut Connection) -> Result<()> {
        let wide =
            |number: usize| format!("SELECT {}", vec![format!("{number} AS {}", "n".repeat(60)); 2000].join(", "));
        let mut held = Vec::new();
        let error = loop {
            match conn.prepare(wide(held.len())).await {
                Ok(statement) => held.push(statement),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Statements), "{error}");
        assert!((2..20).contains(&held.len()), "{} statements of 2,000 columns", held.len());
        assert_eq!(conn.query_scalar::<i32>("SELECT 1", ()).await?, 1);
        drop(held);
        conn.prepare(wide(0)).await.map(drop)
    }

    async fn belongs_to_its_connection(engine: &Engine, conn: &mut Connection) -> Result<()> {
        let statement = conn.prepare("SELECT 1").await?;
        let mut other = engine.acquire().await?;
        for error in [
            engine.query_scalar::<i32>(&statement, ()).await.expect_err("a statement of a connection"),
            other.query_scalar::<i32>(&statement, ()).await.expect_err("a statement of another connection"),
        ] {
            assert_eq!(error.kind(), &ErrorKind::Argument, "{error}");
        }
        let statement = other.prepare("SELECT 1").await?;
        other.close().await?;
        // The session may serve another connection now. Dropping the statement must not affect it.
        drop(statement);
        Ok(())
    }

    async fn takes_options(conn: &mut Connection) -> Result<()> {
        let select = conn.prepare("SELECT id FROM held").await?;
        let mut rows = conn.query(Statement::from(&select).first_rows(0), ()).await?;
        assert!(rows.next().await?.is_some());
        rows.close().await?;
        let zero = Statement::from(&select).timeout(Duration::ZERO);
        assert_eq!(conn.execute(zero, ()).await.expect_err("a timeout of zero").kind(), &ErrorKind::Argument);
        let sleep = conn.prepare("DO SLEEP(?)").await?;
        let short = Statement::from(&sleep).timeout(Duration::from_millis(50));
        let mut other = Engine::connect("main").await?.acquire().await?;
        let elsewhere = other.prepare("DO SLEEP(?)").await?;
        let error = other.execute(Statement::from(&elsewhere).timeout(Duration::from_millis(50)), (5,)).await;
        assert_eq!(error.expect_err("too slow").kind(), &ErrorKind::Timeout(Step::Execute));
        let error = other.execute(&elsewhere, (0,)).await.expect_err("its connection is closed");
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed);
        conn.execute(short, (0,)).await.map(drop)
    }

    async fn follows_a_schema_change(conn: &mut Connection) -> Result<()> {
        let all = conn.prepare("SELECT * FROM held WHERE id = ?").await?;
        conn.execute("ALTER TABLE held ADD COLUMN more INT NOT NULL DEFAULT 7 FIRST", ()).await?;
        let row = conn.query_one(&all, (1,)).await?;
        assert_eq!((row.get::<i32>("more")?, row.get::<i32>("id")?, row.get::<&str>("name")?), (7, 1, "one"));
        conn.execute("ALTER TABLE held DROP COLUMN name", ()).await?;
        let row = conn.query_one(&all, (2,)).await?;
        assert_eq!((row.columns().len(), row.get::<i32>("id")?), (2, 2));
        conn.execute("DROP TABLE held", ()).await?;
        assert_eq!(conn.query_one(&all, (1,)).await.expect_err("the table was dropped").code(), Some(1146));
        Ok(())
    }
}
