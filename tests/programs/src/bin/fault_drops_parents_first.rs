//! Drops its engine and its connection while a transaction, a statement or a cursor of them exists.
//!
//! Each child stays usable, and dropping the last child releases the session.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::Result;
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::bindings::options::ExecuteOptions;
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, series};

    const ONE_ROW: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: Some(1) };

    pub(super) async fn main() -> Result<()> {
        let conn = acquired().await?;
        let tx = begun(&conn, "committed").await?;
        drop(conn);
        tx.commit().await?;
        drop(tx);

        let conn = acquired().await?;
        let tx = begun(&conn, "lost").await?;
        drop(conn);
        drop(tx);

        let conn = acquired().await?;
        let tx = begun(&conn, "lost").await?;
        let statement = conn.prepare(give!("INSERT INTO done VALUES (?)")).await?;
        drop(conn);
        drop(tx);
        // The statement runs in autocommit: dropping the transaction has rolled it back.
        let row = [wasmysql::Value::Text("prepared".to_owned())];
        statement.execute(give!(row), EXECUTE).await?;
        drop(statement);

        let conn = acquired().await?;
        let three = format!("SELECT seq FROM {} AS series", series(3));
        let rest = conn.execute(give!(three), give!([]), ONE_ROW).await?;
        drop(conn);
        let cursor = rest.cursor.expect("a cursor");
        let mut rows = 1;
        while let Some(batch) = cursor.fetch(1).await? {
            rows += batch.rows;
        }
        assert_eq!(rows, 3);
        drop(cursor);

        let conn = acquired().await?;
        let all = format!("SELECT seq, REPEAT('x', 1000) FROM {} AS series", series(2_000_000));
        let rest = conn.execute(give!(all), give!([]), ONE_ROW).await?;
        drop(conn);
        drop(rest);
        let outcome = acquired().await?.execute(give!("SELECT 1"), give!([]), EXECUTE).await?;
        assert_eq!(outcome.rows.expect("a row").rows, 1);
        Ok(())
    }

    async fn acquired() -> Result<Connection> {
        Ok(create_engine(give!("main"), GRANTED).await?.acquire().await?)
    }

    async fn begun(conn: &Connection, name: &str) -> Result<Transaction> {
        let tx = conn.begin(PLAIN).await?;
        conn.execute(give!(format!("INSERT INTO done VALUES ('{name}')")), give!([]), EXECUTE).await?;
        Ok(tx)
    }
}
