//! Results behave as in aiomysql.sa, without its defects.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Cursor, ExecuteOptions, Outcome};
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::{Engine, ErrorKind, Result, Statement};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, rule, series};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let t = &mut engine.acquire().await?;
        t.execute("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, k INT UNIQUE, v INT)", ()).await?;
        rule("a result has its column names before the first row and after the last", keys(t).await);
        rule("rowcount counts matched rows, or changed rows if the host is configured so", row_count(t).await);
        rule("lastrowid is the first generated id, or 0", last_row_id(t).await);
        rule("fetchone returns a row, and none after the last", fetch_one(t).await);
        rule("first returns the first row or none, and discards the rest", first(t).await);
        rule("a NULL scalar differs from a missing scalar", scalar(t).await);
        rule("querying a statement without rows runs it and returns an error", no_rows(t).await);
        rule("a column is found by its exact name or its position", columns(t).await);
        rule("a missing column fails with: Could not locate column in row for column", missing(t).await);
        rule("a name of two columns fails with: Ambiguous column name", ambiguous(t).await);
        rule("rows can be read after their connection is closed", outlive(&engine).await);
        let conn = &create_engine(give!("one"), GRANTED).await?.acquire().await?;
        rule("fetchmany returns the requested number of rows, and none after the last", fetch_many(conn).await);
        rule("a closed result fails with: This result object is closed.", closed(conn).await);
        rule("while a result has unread rows, other calls on its connection fail", busy(conn).await);
        rule("after a result is dropped, its connection runs the next statement", dropped(conn).await);
        Ok(())
    }

    async fn keys(t: &mut wasmysql::Connection) -> Result<()> {
        let mut rows = t.query(ten_rows(), ()).await?;
        let names = |rows: &wasmysql::Rows| rows.columns().iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&rows), ["seq", "double"]);
        while let Some(row) = rows.next().await? {
            assert_eq!(row.columns().len(), 2);
        }
        assert_eq!(names(&rows), ["seq", "double"]);
        Ok(())
    }

    async fn row_count(t: &mut wasmysql::Connection) -> Result<()> {
        let mut changed = Engine::connect("changed").await?.acquire().await?;
        for (sql, matches, changes) in [
            ("INSERT INTO t (k, v) VALUES (1, 1), (2, 2), (3, 3)", 3, 3),
            ("UPDATE t SET v = 1", 3, 2),
            ("UPDATE t SET v = 1", 3, 0),
            ("UPDATE t SET v = 1 WHERE k = 99", 0, 0),
            ("INSERT INTO t (k, v) VALUES (1, 9) ON DUPLICATE KEY UPDATE v = 9", 2, 2),
            ("INSERT INTO t (k, v) VALUES (1, 9) ON DUPLICATE KEY UPDATE v = 9", 1, 0),
            ("INSERT INTO t (k, v) VALUES (4, 9) ON DUPLICATE KEY UPDATE v = 9", 1, 1),
            ("REPLACE INTO t (k, v) VALUES (4, 4)", 2, 2),
            ("DELETE FROM t WHERE k <> 1", 3, 3),
            ("DELETE FROM t", 1, 1),
            ("DO 1", 0, 0),
        ] {
            // Both connections run the statement on the same rows.
            let mut tx = changed.begin().await?;
            assert_eq!(tx.execute(sql, ()).await?.rows_affected(), changes, "changed by {sql}");
            tx.rollback().await?;
            assert_eq!(t.execute(sql, ()).await?.rows_affected(), matches, "matched by {sql}");
        }
        Ok(())
    }

    async fn last_row_id(t: &mut wasmysql::Connection) -> Result<()> {
        t.execute("TRUNCATE t", ()).await?;
        for (sql, id) in [
            ("INSERT INTO t (k) VALUES (1)", 1),
            ("INSERT INTO t (k) VALUES (2), (3), (4)", 2),
            ("INSERT INTO t (k) VALUES (5)", 5),
            ("UPDATE t SET v = 1", 0),
            ("DO 1", 0),
            ("SELECT LAST_INSERT_ID()", 0),
            ("DELETE FROM t", 0),
        ] {
            assert_eq!(t.execute(sql, ()).await?.last_insert_id(), id, "{sql}");
        }
        Ok(())
    }

    async fn fetch_one(t: &mut wasmysql::Connection) -> Result<()> {
        for first_rows in [0, 1, 10, 11] {
            let mut rows = t.query(Statement::new(ten_rows()).first_rows(first_rows), ()).await?;
            for number in 1..=10 {
                let row = rows.next().await?.expect("ten rows");
                assert_eq!((row.get::<u32>(0)?, row.get::<u32>("double")?), (number, number * 2));
            }
            assert!(rows.next().await?.is_none());
            assert!(rows.next().await?.is_none());
        }
        Ok(())
    }

    async fn first(t: &mut wasmysql::Connection) -> Result<()> {
        for first_rows in [0, 1, 100] {
            let row = t.query(Statement::new(ten_rows()).first_rows(first_rows), ()).await?.first().await?;
            assert_eq!(row.expect("the first row").get::<u32>(0)?, 1);
        }
        assert!(t.query("SELECT id FROM t WHERE id < 0", ()).await?.first().await?.is_none());
        Ok(())
    }

    async fn scalar(t: &mut wasmysql::Connection) -> Result<()> {
        assert_eq!(t.query_scalar::<String>("SELECT 'a', 'b'", ()).await?, "a");
        assert_eq!(t.query_scalar::<Option<u32>>("SELECT NULL", ()).await?, None);
        let sql = "SELECT id FROM t WHERE id < 0";
        refused(t.query_scalar::<Option<u32>>(sql, ()).await, ErrorKind::NoResultFound, "");
        refused(t.query_scalar::<u32>("SELECT NULL", ()).await, ErrorKind::Decode, "");
        Ok(())
    }

    async fn no_rows(t: &mut wasmysql::Connection) -> Result<()> {
        let message = "This result object does not return rows. It has been closed automatically.";
        let sql = "INSERT INTO t (k) VALUES (?)";
        refused(t.query(sql, (1,)).await, ErrorKind::ResourceClosed, message);
        refused(t.query_all(sql, (2,)).await, ErrorKind::ResourceClosed, message);
        refused(t.query_scalar::<u32>(sql, (3,)).await, ErrorKind::ResourceClosed, message);
        assert_eq!(t.execute("DELETE FROM t", ()).await?.rows_affected(), 3);
        Ok(())
    }

    async fn columns(t: &mut wasmysql::Connection) -> Result<()> {
        let row = t.query_one("SELECT 1 AS a, 2 AS A, 3 AS `keys`, 4 AS `a b`, 5 AS ``, 6", ()).await?;
        let names: Vec<_> = row.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "A", "keys", "a b", "", "6"]);
        for (position, name) in names.iter().copied().enumerate() {
            assert_eq!(row.get::<usize>(name)?, position + 1);
            assert_eq!(row.get::<usize>(position)?, position + 1);
        }
        Ok(())
    }

    async fn missing(t: &mut wasmysql::Connection) -> Result<()> {
        let row = t.query_one("SELECT 1 AS a, 2 AS b", ()).await?;
        let message = |name| format!("Could not locate column in row for column '{name}'");
        refused(row.get::<u32>("c"), ErrorKind::NoSuchColumn, &message("c"));
        refused(row.get::<u32>("A"), ErrorKind::NoSuchColumn, &message("A"));
        refused(row.get::<u32>(""), ErrorKind::NoSuchColumn, &message(""));
        refused(row.get::<u32>(2), ErrorKind::NoSuchColumn, &message("2"));
        Ok(())
    }

    async fn ambiguous(t: &mut wasmysql::Connection) -> Result<()> {
        let row = t.query_one("SELECT 1 AS id, 2 AS id, 3 AS other", ()).await?;
        let message = "Ambiguous column name 'id' in result set!";
        refused(row.get::<u32>("id"), ErrorKind::InvalidRequest, message);
        assert_eq!((row.get::<u32>(0)?, row.get::<u32>(1)?, row.get::<u32>("other")?), (1, 2, 3));
        assert_eq!(row.columns().len(), 3);
        Ok(())
    }

    async fn outlive(engine: &Engine) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let rows = conn.query_all(ten_rows(), ()).await?;
        conn.close().await?;
        let sum: u32 = rows.iter().map(|row| row.get::<u32>("double")).sum::<Result<_>>()?;
        assert_eq!(sum, 110);
        Ok(())
    }

    async fn fetch_many(conn: &Connection) -> Result<()> {
        let cursor = ten(conn).await?;
        refused(cursor.fetch(0).await, ErrorKind::Argument, "max-rows must be at least 1");
        for expected in [3, 3, 3, 1] {
            assert_eq!(cursor.fetch(3).await?.map(|batch| batch.rows), Some(expected));
        }
        assert!(cursor.fetch(3).await?.is_none());
        assert!(cursor.fetch(3).await?.is_none());
        run(conn, "DO 1").await?;
        Ok(())
    }

    async fn closed(conn: &Connection) -> Result<()> {
        let cursor = ten(conn).await?;
        cursor.fetch(1).await?;
        cursor.close().await?;
        let message = "This result object is closed.";
        refused(cursor.fetch(1).await, ErrorKind::ResourceClosed, message);
        refused(cursor.next_result().await, ErrorKind::ResourceClosed, message);
        cursor.close().await?;
        run(conn, "DO 1").await?;
        Ok(())
    }

    async fn busy(conn: &Connection) -> Result<()> {
        let message = "a result of this connection has rows left";
        let tx = conn.begin(PLAIN).await?;
        let cursor = ten(conn).await?;
        cursor.fetch(9).await?;
        refused(run(conn, "DO 1").await, ErrorKind::Busy, message);
        refused(conn.prepare(give!("DO 1")).await, ErrorKind::Busy, message);
        refused(conn.begin(PLAIN).await, ErrorKind::Busy, message);
        refused(conn.begin_nested().await, ErrorKind::Busy, message);
        refused(conn.begin_twophase(None).await, ErrorKind::Busy, message);
        refused(conn.ping().await, ErrorKind::Busy, message);
        refused(tx.commit().await, ErrorKind::Busy, message);
        refused(tx.rollback().await, ErrorKind::Busy, message);
        assert_eq!(cursor.fetch(9).await?.map(|batch| batch.rows), Some(1), "refused calls consume no rows");
        assert!(cursor.fetch(9).await?.is_none());
        tx.commit().await?;
        Ok(())
    }

    async fn dropped(conn: &Connection) -> Result<()> {
        let tx = conn.begin(PLAIN).await?;
        drop(ten(conn).await?);
        run(conn, "DO 1").await?;
        drop(ten(conn).await?);
        assert!(tx.is_active());
        tx.commit().await?;
        Ok(())
    }

    fn ten_rows() -> String {
        format!("SELECT seq, seq * 2 AS `double` FROM {} AS series", series(10))
    }

    /// Opens a result of ten rows, without rows in the first batch.
    async fn ten(conn: &Connection) -> Result<Cursor> {
        let options = ExecuteOptions { first_rows: Some(0), ..EXECUTE };
        let outcome = conn.execute(give!(ten_rows()), give!([]), options).await?;
        Ok(outcome.cursor.expect("a cursor"))
    }

    async fn run(conn: &Connection, sql: &str) -> Result<Outcome> {
        Ok(conn.execute(give!(sql), give!([]), EXECUTE).await?)
    }
}
