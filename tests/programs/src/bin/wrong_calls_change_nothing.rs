//! An invalid call is refused before anything is sent. The connection and its transaction stay
//! usable.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, Decimal, Engine, ErrorKind, RawValue, Result, Time, Value};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE wrong (id INT)", ()).await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO wrong VALUES (1)", ()).await?;

        let none = Vec::new();
        let one = || vec![Value::from(1)];
        refused(&mut tx, "SELECT ?", none.clone(), ErrorKind::Argument, "takes 1 parameters, 0 were given").await;
        refused(&mut tx, "SELECT ?, ?", one(), ErrorKind::Argument, "takes 2 parameters, 1 were given").await;
        refused(&mut tx, "SELECT 1", one(), ErrorKind::Argument, "takes 0 parameters, 1 were given").await;
        refused(&mut tx, "SELECT :name", none.clone(), ErrorKind::Argument, ":name").await;
        refused(&mut tx, "SELECT :name", one(), ErrorKind::Argument, ":name").await;
        refused(&mut tx, "", none.clone(), ErrorKind::Argument, "empty").await;
        refused(&mut tx, "-- nothing", none.clone(), ErrorKind::Argument, "empty").await;
        refused(&mut tx, "SELECT ?", vec![f64::NAN.into()], ErrorKind::Argument, "NaN").await;
        refused(&mut tx, "SELECT ?", vec![f32::INFINITY.into()], ErrorKind::Argument, "inf").await;
        refused(&mut tx, "SELECT ?", vec![Decimal::new("1,5").into()], ErrorKind::Argument, "decimal").await;
        refused(&mut tx, "SELECT ?", vec![Decimal::new("").into()], ErrorKind::Argument, "decimal").await;
        let date = Date { year: 2024, month: 13, day: 1 };
        refused(&mut tx, "SELECT ?", vec![date.into()], ErrorKind::Argument, "2024-13-01").await;
        let time = Time { negative: false, hours: 839, minutes: 0, seconds: 0, microseconds: 0 };
        refused(&mut tx, "SELECT ?", vec![time.into()], ErrorKind::Argument, "parameter 1").await;
        let raw = Value::Raw(RawValue { type_code: 99, data: vec![1] });
        refused(&mut tx, "SELECT ?", vec![raw], ErrorKind::ValueUnsupported, "99").await;
        let many =
            tx.execute_many("INSERT INTO wrong VALUES (?)", [(1, 2)]).await.expect_err("two values for one parameter");
        assert_eq!(many.kind(), &ErrorKind::Argument, "{many}");
        let many = tx.execute_many("SELECT ?", [(1,)]).await.expect_err("a statement that returns rows");
        assert_eq!(many.kind(), &ErrorKind::Argument, "{many}");

        // The server refuses several statements in one call; the host does not check that.
        let error = tx.execute("SELECT 1; DROP TABLE wrong", ()).await.expect_err("two statements");
        assert_eq!((error.code(), error.sqlstate()), (Some(1064), Some("42000")));

        assert!(tx.is_active());
        tx.commit().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM wrong", ()).await?, 1);
        Ok(())
    }

    async fn refused(conn: &mut Connection, sql: &str, params: Vec<Value>, kind: ErrorKind, message: &str) {
        let error = conn.execute(sql, params).await.expect_err(sql);
        assert_eq!(error.kind(), &kind, "{sql}: {error}");
        assert!(error.message().contains(message), "{sql}: {error}");
        assert!(!error.is_retryable(), "{sql}: {error}");
    }
}
