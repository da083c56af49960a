//! An outcome has a cursor only if a further row exists, also if its rows fill the batch. Without a
//! cursor the connection is free.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, ExecuteOptions, Outcome};
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::bindings::types::{Error, ErrorKind};
    use wasmysql_test_programs::{GRANTED, series};

    pub(super) async fn main() -> Result<(), String> {
        run().await.map_err(|error| error.message)
    }

    async fn run() -> Result<(), Error> {
        let conn = create_engine(give!("main"), GRANTED).await?.acquire().await?;
        // A row of more than a batch, alone and before a second row.
        let wide = "SELECT REPEAT('x', 260000)";
        assert_eq!(rows(&execute(&conn, wide, None).await?), (Some(1), false));
        assert_eq!(rows(&execute(&conn, "DO 1", None).await?), (None, false), "the connection is free");
        assert_eq!(rows(&execute(&conn, &format!("{wide} UNION ALL {wide}"), None).await?), (Some(1), true));

        let three = format!("SELECT seq FROM {} AS series", series(3));
        for (first, expected) in [
            (None, (Some(3), false)),
            (Some(4), (Some(3), false)),
            (Some(3), (Some(3), false)),
            (Some(2), (Some(2), true)),
            (Some(0), (None, true)),
        ] {
            assert_eq!(rows(&execute(&conn, &three, first).await?), expected, "first-rows {first:?}");
        }
        let none = "SELECT 1 FROM (SELECT 1) AS t WHERE 1 = 2";
        assert_eq!(rows(&execute(&conn, none, Some(0)).await?), (None, false));

        // With the last row, a fetch frees the connection.
        let cursor = execute(&conn, &three, Some(1)).await?.cursor.expect("further rows");
        assert_eq!(cursor.fetch(1).await?.map(|batch| batch.rows), Some(1));
        let busy = execute(&conn, "DO 1", None).await.map(drop).map_err(|error| error.kind);
        assert!(matches!(busy, Err(ErrorKind::Busy)), "{busy:?}");
        assert_eq!(cursor.fetch(1).await?.map(|batch| batch.rows), Some(1));
        execute(&conn, "DO 1", None).await?;
        assert!(cursor.fetch(1).await?.is_none());

        // The rows before an error are returned before the error.
        let fails = format!("SELECT IF(seq < 3, seq, (SELECT seq UNION ALL SELECT 2)) FROM {} AS series", series(3));
        let outcome = execute(&conn, &fails, Some(2)).await?;
        assert_eq!(rows(&outcome), (Some(2), true));
        let failed = outcome.cursor.expect("a cursor").fetch(1).await.map(drop).map_err(|error| error.kind);
        assert!(matches!(&failed, Err(ErrorKind::Server(server)) if server.code == 1242), "{failed:?}");
        execute(&conn, "DO 1", None).await?;
        Ok(())
    }

    async fn execute(conn: &Connection, sql: &str, first_rows: Option<u32>) -> Result<Outcome, Error> {
        conn.execute(give!(sql), give!([]), ExecuteOptions { timeout_ms: None, first_rows }).await
    }

    /// Returns the number of rows of an outcome, and whether it has a cursor.
    fn rows(outcome: &Outcome) -> (Option<u32>, bool) {
        (outcome.rows.as_ref().map(|batch| batch.rows), outcome.cursor.is_some())
    }
}
