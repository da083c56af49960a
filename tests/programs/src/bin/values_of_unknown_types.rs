//! The types of results that the server infers. A lone parameter keeps the type in which it is
//! sent, and a sum of two parameters is a number. NULL is returned as NULL whatever its type.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, DateTime, Engine, Result, Time, Value};

    const DATE: Date = Date { year: 2024, month: 2, day: 0 };
    const INSTANT: DateTime = DateTime { year: 2024, month: 2, day: 29, hour: 1, minute: 2, second: 3, microsecond: 4 };
    const TIME: Time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        nulls(&mut conn).await;
        parameters(&mut conn).await;
        sums(&mut conn).await;
        decimals(&mut conn).await?;
        Ok(())
    }

    async fn nulls(conn: &mut Connection) {
        for (sql, type_name) in [
            ("SELECT NULL", "NULL"),
            ("SELECT NULL + 1", "DOUBLE"),
            ("SELECT CAST(NULL AS UNSIGNED)", "INT UNSIGNED"),
            ("SELECT IF(TRUE, NULL, 1.5)", "DECIMAL"),
            ("SELECT MAX(NULL)", "VARBINARY"),
            ("SELECT NULLIF('a', 'a')", "VARCHAR"),
            ("SELECT CAST(NULL AS DATETIME)", "DATETIME"),
        ] {
            check(conn, sql, &[], type_name, &Value::Null).await;
        }
        check(conn, "SELECT COALESCE(NULL, 'x')", &[], "VARCHAR", &text("x")).await;
        let rows = conn.query_all("SELECT NULL UNION ALL SELECT NULL UNION ALL SELECT NULL", ()).await;
        let rows: Vec<_> = rows.expect("three rows").iter().map(|row| row.get::<Option<i64>>(0)).collect();
        assert_eq!(rows, [Ok(None), Ok(None), Ok(None)]);
    }

    /// The statement is prepared only once. Its columns are those of the last execution.
    async fn parameters(conn: &mut Connection) {
        for (sent, type_name, back) in [
            (Value::Null, "NULL", Value::Null),
            (Value::Signed(i64::MIN), "BIGINT", Value::Signed(i64::MIN)),
            (Value::Unsigned(u64::MAX), "BIGINT UNSIGNED", Value::Unsigned(u64::MAX)),
            (Value::Float(1.1), "FLOAT", Value::Float(1.1)),
            (Value::Double(0.1), "DOUBLE", Value::Double(0.1)),
            (decimal("-1.50"), "DECIMAL", decimal("-1.50")),
            (text("é 🦀"), "VARCHAR", text("é 🦀")),
            (Value::Bytes("é".into()), "VARBINARY", Value::Bytes("é".into())),
            (Value::Date(DATE), "DATE", Value::Date(DATE)),
            (Value::Time(TIME), "TIME", Value::Time(TIME)),
            (Value::Datetime(INSTANT), "DATETIME", Value::Datetime(INSTANT)),
        ] {
            check(conn, "SELECT ?", &[sent], type_name, &back).await;
        }
        for (sql, sent, type_name, back) in [
            ("SELECT CAST(? AS BINARY)", Value::Bytes(vec![0xff, 0]), "VARBINARY", Value::Bytes(vec![0xff, 0])),
            ("SELECT CAST(? AS DECIMAL(9, 4))", decimal("-1.50"), "DECIMAL", decimal("-1.5000")),
            ("SELECT CAST(? AS DATE)", Value::Date(DATE), "DATE", Value::Date(DATE)),
            ("SELECT HEX(?)", Value::Bytes(vec![0xff, 0]), "VARCHAR", text("FF00")),
        ] {
            check(conn, sql, &[sent], type_name, &back).await;
        }
    }

    async fn sums(conn: &mut Connection) {
        for (sent, type_name, sum) in [
            (Value::Null, "DOUBLE", Value::Null),
            (Value::Signed(-7), "BIGINT", Value::Signed(-14)),
            (Value::Unsigned(1 << 62), "BIGINT UNSIGNED", Value::Unsigned(1 << 63)),
            (Value::Float(1.5), "DOUBLE", Value::Double(3.0)),
            (Value::Double(0.1), "DOUBLE", Value::Double(0.2)),
            (decimal("-1.50"), "DECIMAL", decimal("-3.00")),
            (text("1.5 and more"), "DOUBLE", Value::Double(3.0)),
            (Value::Bytes(b"2".to_vec()), "DOUBLE", Value::Double(4.0)),
            (Value::Date(DATE), "BIGINT", Value::Signed(2 * 20_240_200)),
            (Value::Time(TIME), "DECIMAL", decimal("-16771919.999998")),
            (Value::Datetime(INSTANT), "DECIMAL", decimal("40480458020406.000008")),
        ] {
            check(conn, "SELECT ? + ?", &[sent.clone(), sent], type_name, &sum).await;
        }
    }

    /// A DECIMAL is exact in comparisons with a column and in casts.
    async fn decimals(conn: &mut Connection) -> Result<()> {
        let large = |last| decimal(&format!("{}.{}{last}", "9".repeat(35), "9".repeat(29)));
        conn.execute("CREATE TEMPORARY TABLE exact (v DECIMAL(65, 30))", ()).await?;
        conn.execute("INSERT INTO exact VALUES (?)", [large(8)]).await?;
        let count = "SELECT COUNT(*) FROM exact WHERE v";
        for (comparison, other, found) in
            [("= ?", large(8), 1), ("= ?", large(9), 0), ("< ?", large(9), 1), ("> ?", large(7), 1)]
        {
            check(conn, &format!("{count} {comparison}"), &[other], "BIGINT", &Value::Signed(found)).await;
        }
        let difference = "SELECT CAST(? AS DECIMAL(65, 30)) - v FROM exact";
        let least = decimal(&format!("0.{}1", "0".repeat(29)));
        check(conn, difference, &[large(9)], "DECIMAL", &least).await;
        Ok(())
    }

    async fn check(conn: &mut Connection, sql: &str, params: &[Value], type_name: &str, expected: &Value) {
        let row = conn.query_one(sql, params).await.unwrap_or_else(|error| panic!("{sql} {params:?}: {error}"));
        let found = row.get::<Value>(0).expect("a column");
        assert_eq!((row.columns()[0].type_name(), &found), (type_name, expected), "{sql} {params:?}");
    }

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn decimal(digits: &str) -> Value {
        Value::Decimal(digits.to_owned())
    }
}
