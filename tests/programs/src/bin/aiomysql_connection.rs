//! Connections behave as in aiomysql.sa, without its defects.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Outcome};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{ErrorKind, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, nulls, refused, rule, series};

    const CLOSED: &str = "This connection is closed";

    pub(super) async fn main() -> Result<()> {
        let sdk = wasmysql::Engine::connect("main").await?;
        let t = &mut sdk.acquire().await?;
        let columns = "id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) DEFAULT 'unnamed', n INT NOT NULL DEFAULT 7";
        t.execute(format!("CREATE TABLE t ({columns})"), ()).await?;
        rule("a statement outside of a transaction is committed immediately", autocommit(&sdk, t).await);
        rule("execute binds any value to each ?", parameters(t).await);
        rule("% is not a placeholder, with or without parameters", percent(t).await);
        rule("IN accepts one ? for each value", many_in_one(t).await);
        rule("a statement can run repeatedly with different parameters", again(t).await);
        rule("an INSERT may omit columns, which get their defaults", defaults(t).await);
        rule("executemany returns the first id, also when it runs row by row", first_id(t).await);
        rule("a schema change with parameters is refused and has no effect", schema_change(t).await);
        let one = &create_engine(give!("one"), GRANTED).await?;
        rule("a connection can be closed twice, and stays closed", closed(one).await);
        rule("close rolls back the whole transaction, including the root", close_rolls_back(one, t).await);
        rule("after close every call fails with: This connection is closed", after_close(one).await);
        rule("after close a transaction can be rolled back and closed, not committed", transactions(one, t).await);
        rule("closing a connection closes its prepared statements", statements(one).await);
        rule("close discards a result with unread rows", open_result(one).await);
        Ok(())
    }

    async fn autocommit(engine: &wasmysql::Engine, t: &mut wasmysql::Connection) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let done = conn.execute("INSERT INTO t (name) VALUES (?), (?)", ("Ada", "Grace")).await?;
        assert_eq!(done.rows_affected(), 2);
        assert_eq!(conn.query_scalar::<u32>("SELECT @@autocommit", ()).await?, 1);
        assert_eq!(conn.transaction_state(), TransactionState::None);
        assert_eq!(
            t.query_scalar::<u32>("SELECT COUNT(*) FROM t", ()).await?,
            2,
            "visible to other connections immediately"
        );
        assert_eq!(engine.execute("DELETE FROM t", ()).await?.rows_affected(), 2);
        Ok(())
    }

    async fn parameters(t: &mut wasmysql::Connection) -> Result<()> {
        for text in ["it's", "\\", "\"; DROP TABLE t; --", "?", ":name", "%s %(x)s", "é 🦀", "a\0b\n", ""] {
            let sql = "SELECT ?, LENGTH(?), ? IS NULL";
            let row = t.query_one(sql, (text, text, None::<&str>)).await?;
            assert_eq!((row.get(0)?, row.get::<usize>(1)?, row.get::<u32>(2)?), (text, text.len(), 1));
        }
        Ok(())
    }

    async fn percent(t: &mut wasmysql::Connection) -> Result<()> {
        let row = t.query_one("SELECT '100%', '%s', '%%', 7 % 4, 'abc' LIKE 'a%'", ()).await?;
        assert_eq!((row.get(0)?, row.get(1)?, row.get(2)?), ("100%", "%s", "%%"));
        assert_eq!((row.get::<u32>(3)?, row.get::<u32>(4)?), (3, 1));
        let row = t.query_one("SELECT '%s', ? LIKE '%b%', ? % 4", ("abc", 7)).await?;
        assert_eq!((row.get(0)?, row.get::<u32>(1)?, row.get::<u32>(2)?), ("%s", 1, 3));
        Ok(())
    }

    async fn many_in_one(t: &mut wasmysql::Connection) -> Result<()> {
        for count in [1, 2, 1000] {
            let marks = vec!["?"; count].join(", ");
            let sql = format!("SELECT COUNT(*) FROM {} AS series WHERE seq IN ({marks})", series(5000));
            let values: Vec<usize> = (0..count).map(|value| value * 5 + 1).collect();
            assert_eq!(t.query_scalar::<usize>(sql, values).await?, count);
        }
        let sql = format!("SELECT COUNT(*) FROM {} AS series WHERE CONCAT('it''s ', seq) IN (?, ?)", series(5));
        assert_eq!(t.query_scalar::<u32>(sql, ["it's 1", "it's 5"]).await?, 2);
        Ok(())
    }

    async fn again(t: &mut wasmysql::Connection) -> Result<()> {
        for number in 0..20 {
            assert_eq!(t.query_scalar::<i64>("SELECT ? + 1", (number,)).await?, number + 1);
            let text = format!("{number}");
            assert_eq!(t.query_scalar::<String>("SELECT CONCAT(?, '!')", (&text,)).await?, format!("{number}!"));
        }
        Ok(())
    }

    async fn defaults(t: &mut wasmysql::Connection) -> Result<()> {
        t.execute("INSERT INTO t (n) VALUES (?)", (1,)).await?;
        t.insert_many("t", &["name"], [("Ada",), ("Grace",)]).await?;
        t.insert_many("t", &["name"], [(None::<&str>,)]).await?;
        let rows = t.query_all("SELECT name, n FROM t ORDER BY id", ()).await?;
        let rows = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<_>>>()?;
        assert_eq!(rows, [(Some("unnamed"), 1), (Some("Ada"), 7), (Some("Grace"), 7), (None, 7)]);
        t.execute("TRUNCATE t", ()).await?;
        Ok(())
    }

    async fn first_id(t: &mut wasmysql::Connection) -> Result<()> {
        let done = t.execute_many("INSERT INTO t (n) SELECT ?", [(1,), (2,), (3,)]).await?;
        assert_eq!((done.rows_affected(), done.last_insert_id()), (3, 1));
        let done = t.insert_many("t", &["n"], [(4,), (5,)]).await?;
        assert_eq!((done.rows_affected(), done.last_insert_id()), (2, 4));
        let done = t.execute_many("DELETE FROM t WHERE n = ?", (1..=5).map(|n| (n,))).await?;
        assert_eq!((done.rows_affected(), done.last_insert_id()), (5, 0));
        Ok(())
    }

    async fn schema_change(t: &mut wasmysql::Connection) -> Result<()> {
        let message = "the statement takes 0 parameters, 1 were given";
        refused(t.execute("CREATE TABLE made (id INT)", (1,)).await, ErrorKind::Argument, message);
        refused(t.execute("DROP TABLE t", (1,)).await, ErrorKind::Argument, message);
        t.execute("CREATE TABLE made (id INT)", ()).await?;
        t.execute("DROP TABLE made", ()).await?;
        Ok(())
    }

    async fn closed(one: &Engine) -> Result<()> {
        let conn = one.acquire().await?;
        run(&conn, "DO 1").await?;
        assert!(!conn.is_closed());
        conn.close().await?;
        assert!(conn.is_closed());
        conn.close().await?;
        // The slot is free although the closed handle still exists. Dropping the handle must not
        // affect the next connection.
        let next = one.acquire().await?;
        drop(conn);
        run(&next, "DO 1").await?;
        assert!(!next.is_closed());
        Ok(())
    }

    async fn close_rolls_back(one: &Engine, t: &mut wasmysql::Connection) -> Result<()> {
        for open in ["root", "savepoint", "savepoint left", "inner"] {
            let conn = one.acquire().await?;
            let root = conn.begin(PLAIN).await?;
            run(&conn, "INSERT INTO t (n) VALUES (1)").await?;
            let within = match open {
                "root" => None,
                "inner" => Some(conn.begin(PLAIN).await?),
                _ => Some(conn.begin_nested().await?),
            };
            run(&conn, "INSERT INTO t (n) VALUES (2)").await?;
            if let (Some(savepoint), "savepoint left") = (&within, open) {
                savepoint.close().await?;
            }
            conn.close().await?;
            assert_eq!(conn.transaction_state(), TransactionState::None);
            // FOR UPDATE would wait for a row that is still locked.
            assert_eq!(t.query_all("SELECT id FROM t FOR UPDATE", ()).await?.len(), 0, "with {open} open");
            assert!(!root.is_active() && within.is_none_or(|within| !within.is_active()));
        }
        Ok(())
    }

    async fn after_close(one: &Engine) -> Result<()> {
        const REFUSED: ErrorKind = ErrorKind::ResourceClosed;
        let conn = one.acquire().await?;
        conn.close().await?;
        let none = nulls(0, 0);
        refused(run(&conn, "DO 1").await, REFUSED, CLOSED);
        refused(conn.execute_many(give!("DO 1"), give!(none), EXECUTE).await, REFUSED, CLOSED);
        refused(conn.prepare(give!("DO 1")).await, REFUSED, CLOSED);
        refused(conn.begin(PLAIN).await, REFUSED, CLOSED);
        refused(conn.begin_nested().await, REFUSED, CLOSED);
        refused(conn.begin_twophase(None).await, REFUSED, CLOSED);
        refused(conn.recover_twophase().await, REFUSED, CLOSED);
        refused(conn.commit_prepared(give!("x")).await, REFUSED, CLOSED);
        refused(conn.rollback_prepared(give!("x")).await, REFUSED, CLOSED);
        refused(conn.warnings().await, REFUSED, CLOSED);
        refused(conn.ping().await, REFUSED, CLOSED);
        assert_eq!(conn.transaction_state(), TransactionState::None);
        Ok(())
    }

    async fn transactions(one: &Engine, t: &mut wasmysql::Connection) -> Result<()> {
        let conn = one.acquire().await?;
        let (root, inner, savepoint) = (conn.begin(PLAIN).await?, conn.begin(PLAIN).await?, conn.begin_nested().await?);
        run(&conn, "INSERT INTO t (n) VALUES (1)").await?;
        conn.close().await?;
        for tx in [savepoint, inner, root] {
            assert!(!tx.is_active());
            refused(tx.commit().await, ErrorKind::ResourceClosed, CLOSED);
            refused(tx.prepare().await, ErrorKind::ResourceClosed, CLOSED);
            tx.rollback().await?;
            tx.close().await?;
        }
        assert_eq!(t.query_scalar::<u32>("SELECT COUNT(*) FROM t", ()).await?, 0);
        Ok(())
    }

    async fn statements(one: &Engine) -> Result<()> {
        let conn = one.acquire().await?;
        let statement = conn.prepare(give!("SELECT 1")).await?;
        statement.execute(give!([]), EXECUTE).await?;
        conn.close().await?;
        refused(statement.execute(give!([]), EXECUTE).await, ErrorKind::ResourceClosed, CLOSED);
        // The statement does not keep the session busy.
        run(&one.acquire().await?, "DO 1").await?;
        Ok(())
    }

    async fn open_result(one: &Engine) -> Result<()> {
        let conn = one.acquire().await?;
        let _tx = conn.begin(PLAIN).await?;
        let outcome = run(&conn, &format!("SELECT seq FROM {} AS series", series(10_000_000))).await?;
        let cursor = outcome.cursor.expect("more than a batch");
        conn.close().await?;
        refused(cursor.fetch(1).await, ErrorKind::ResourceClosed, CLOSED);
        cursor.close().await?;
        run(&one.acquire().await?, "DO 1").await?;
        Ok(())
    }

    async fn run(conn: &Connection, sql: &str) -> Result<Outcome> {
        Ok(conn.execute(give!(sql), give!([]), EXECUTE).await?)
    }
}
