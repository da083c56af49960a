//! A CALL returns one result for each SELECT of the procedure, and one for its OUT parameters.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Result, Rows, Statement, TransactionState};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        results_are_read_in_order(&mut conn).await?;
        unread_results_are_discarded(&mut conn).await?;
        out_parameters_come_last(&mut conn).await?;
        a_call_without_rows_returns_its_counts(&mut conn).await?;
        an_error_between_two_results(&mut conn).await?;
        in_a_transaction(&mut conn).await?;
        by_a_prepared_statement(&mut conn).await?;

        let mut rows = engine.query("CALL three()", ()).await?;
        assert_eq!(numbers(&mut rows).await?, [1, 2]);
        assert!(rows.next_result().await? && rows.next_result().await? && !rows.next_result().await?);
        Ok(())
    }

    async fn results_are_read_in_order(conn: &mut Connection) -> Result<()> {
        for first_rows in [None, Some(0), Some(1)] {
            let mut call = Statement::new("CALL three()");
            if let Some(rows) = first_rows {
                call = call.first_rows(rows);
            }
            let mut rows = conn.query(call, ()).await?;
            assert_eq!(names(&rows), ["n"]);
            assert_eq!(numbers(&mut rows).await?, [1, 2], "{first_rows:?}");
            assert!(rows.next().await?.is_none(), "`next` stops at the end of a result");
            assert!(rows.next_result().await?);
            assert_eq!(names(&rows), ["none", "at_all"]);
            assert!(rows.next().await?.is_none());
            assert!(rows.next_result().await?);
            assert_eq!(names(&rows), ["many"]);
            assert_eq!(numbers(&mut rows).await?.len(), 20_000, "{first_rows:?}");
            assert!(!rows.next_result().await?);
            assert!(rows.next().await?.is_none());
            drop(rows);
            assert_eq!(conn.query_scalar::<i32>("SELECT 1", ()).await?, 1);
        }
        Ok(())
    }

    async fn unread_results_are_discarded(conn: &mut Connection) -> Result<()> {
        let mut rows = conn.query("CALL three()", ()).await?;
        assert!(rows.next_result().await? && rows.next_result().await?);
        assert!(rows.next().await?.is_some());
        assert!(!rows.next_result().await?, "the rest of the last result is skipped");
        drop(rows);
        assert_eq!(conn.query_scalar::<i32>("SELECT 2", ()).await?, 2);
        drop(conn.query("CALL three()", ()).await?);
        assert_eq!(conn.query_scalar::<i32>("SELECT 3", ()).await?, 3);
        conn.query("CALL three()", ()).await?.close().await?;
        assert_eq!(conn.query_scalar::<i32>("SELECT 4", ()).await?, 4);
        assert_eq!(conn.query_all("CALL three()", ()).await?.len(), 2, "the first result's rows");
        conn.execute("CALL three()", ()).await?;
        assert_eq!(conn.query_scalar::<i32>("SELECT 5", ()).await?, 5);
        Ok(())
    }

    async fn out_parameters_come_last(conn: &mut Connection) -> Result<()> {
        let mut rows = conn.query("CALL doubled(?, ?)", (21, None::<i32>)).await?;
        assert_eq!(names(&rows), ["given"]);
        assert_eq!(numbers(&mut rows).await?, [21]);
        assert!(rows.next_result().await?);
        let row = rows.next().await?.expect("the OUT parameters");
        assert_eq!(row.get::<i32>(0)?, 42);
        assert!(!rows.next_result().await?);
        drop(rows);
        // MySQL returns the text of an OUT parameter as bytes.
        assert_eq!(conn.query_scalar::<String>("CALL greets(?, ?)", ("Zoë", None::<&str>)).await?, "hello Zoë");
        Ok(())
    }

    async fn a_call_without_rows_returns_its_counts(conn: &mut Connection) -> Result<()> {
        assert_eq!(conn.execute("CALL writes(2)", ()).await?.rows_affected(), 2);
        let error = conn.query("CALL writes(0)", ()).await.expect_err("the procedure returns no rows");
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed);
        Ok(())
    }

    async fn an_error_between_two_results(conn: &mut Connection) -> Result<()> {
        // The error is reported where the preceding result ends. If all rows fit one batch, the
        // first call returns it.
        let error = conn.query("CALL fails_after_rows(2)", ()).await.expect_err("the procedure failed");
        assert_eq!(error.code(), Some(1146), "{error}");
        let mut rows = conn.query("CALL fails_after_rows(20000)", ()).await?;
        let error = numbers(&mut rows).await.expect_err("the procedure failed");
        assert_eq!(error.code(), Some(1146), "{error}");
        assert!(rows.next().await.is_err_and(|error| error.kind() == &ErrorKind::ResourceClosed));
        drop(rows);
        assert_eq!(conn.query_scalar::<i32>("SELECT 6", ()).await?, 6);
        Ok(())
    }

    async fn in_a_transaction(conn: &mut Connection) -> Result<()> {
        let mut tx = conn.begin().await?;
        tx.execute("CALL writes(3)", ()).await?;
        let mut rows = tx.query("CALL three()", ()).await?;
        while rows.next_result().await? {}
        drop(rows);
        assert_eq!(tx.transaction_state(), TransactionState::Open);
        tx.rollback().await?;
        assert_eq!(
            conn.query_scalar::<u32>("SELECT COUNT(*) FROM written", ()).await?,
            2,
            "the rows of the earlier calls"
        );

        let mut tx = conn.begin().await?;
        tx.execute("CALL commits()", ()).await?;
        assert_eq!(tx.transaction_state(), TransactionState::Unknown, "the procedure could also have rolled back");
        let error = tx.execute("DO 1", ()).await.expect_err("the transaction has ended");
        assert!(matches!(error.kind(), ErrorKind::TransactionAborted(_)), "{error}");
        tx.rollback().await.expect_err("the procedure has committed");
        assert_eq!(conn.transaction_state(), TransactionState::None);
        Ok(())
    }

    async fn by_a_prepared_statement(conn: &mut Connection) -> Result<()> {
        let call = conn.prepare("CALL doubled(?, ?)").await?;
        for number in [1, 2] {
            let mut rows = conn.query(&call, (number, None::<i32>)).await?;
            assert_eq!(numbers(&mut rows).await?, [number]);
            assert!(rows.next_result().await?);
            assert_eq!(numbers(&mut rows).await?, [number * 2]);
            assert!(!rows.next_result().await?);
        }
        Ok(())
    }

    fn names<'r>(rows: &'r Rows<'_>) -> Vec<&'r str> {
        rows.columns().iter().map(|column| column.name.as_str()).collect()
    }

    async fn numbers(rows: &mut Rows<'_>) -> Result<Vec<i32>> {
        let mut numbers = Vec::new();
        while let Some(row) = rows.next().await? {
            numbers.push(row.get::<i32>(0)?);
        }
        Ok(numbers)
    }
}
