//! The types of results that the server infers. A lone parameter keeps the type in which it is
//! sent, and a sum of two parameters is a number. NULL is returned as NULL whatever its type.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, DateTime, Engine, Result, Time, Value};
    use wasmysql_test_programs::Server;

    const DATE: Date = Date { year: 2024, month: 2, day: 0 };
    const INSTANT: DateTime = DateTime { year: 2024, month: 2, day: 29, hour: 1, minute: 2, second: 3, microsecond: 4 };
    const TIME: Time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mysql = Server::of(&engine.info()) == Server::MySql;
        nulls(&mut conn, mysql).await;
        parameters(&mut conn, mysql).await;
        sums(&mut conn, mysql).await;
        decimals(&mut conn).await?;
        Ok(())
    }

    async fn nulls(conn: &mut Connection, mysql: bool) {
        for (sql, type_name) in [
            ("SELECT NULL", "NULL"),
            ("SELECT NULL + 1", "DOUBLE"),
            ("SELECT CAST(NULL AS UNSIGNED)", if mysql { "BIGINT UNSIGNED" } else { "INT UNSIGNED" }),
            ("SELECT IF(TRUE, NULL, 1.5)", "DECIMAL"),
            ("SELECT MAX(NULL)", if mysql { "NULL" } else { "VARBINARY" }),
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
    async fn parameters(conn: &mut Connection, mysql: bool) {
        // MySQL computes with DOUBLE, and its longest TIME has no fraction.
        let float = match mysql {
            true => (Value::Float(1.1), "DOUBLE", Value::Double(1.1f32.into())),
            false => (Value::Float(1.1), "FLOAT", Value::Float(1.1)),
        };
        let time = if mysql { Time { microseconds: 0, ..TIME } } else { TIME };
        for (sent, type_name, back) in [
            (Value::Null, if mysql { "VARCHAR" } else { "NULL" }, Value::Null),
            (Value::Signed(i64::MIN), "BIGINT", Value::Signed(i64::MIN)),
            (Value::Unsigned(u64::MAX), "BIGINT UNSIGNED", Value::Unsigned(u64::MAX)),
            float,
            (Value::Double(0.1), "DOUBLE", Value::Double(0.1)),
            (decimal("-1.50"), "DECIMAL", decimal("-1.50")),
            (text("é 🦀"), "VARCHAR", text("é 🦀")),
            (Value::Bytes("é".into()), "VARBINARY", Value::Bytes("é".into())),
            (Value::Date(DATE), "DATE", Value::Date(DATE)),
            (Value::Time(time), "TIME", Value::Time(time)),
            (Value::Datetime(INSTANT), "DATETIME", Value::Datetime(INSTANT)),
        ] {
            check(conn, "SELECT ?", &[sent], type_name, &back).await;
        }
        for (sql, sent, type_name, back) in [
            ("SELECT CAST(? AS BINARY)", Value::Bytes(vec![0xff, 0]), "VARBINARY", Value::Bytes(vec![0xff, 0])),
            ("SELECT CAST(? AS DECIMAL(9, 4))", decimal("-1.50"), "DECIMAL", decimal("-1.5000")),
            ("SELECT CAST(? AS DATE)", Value::Date(DATE), "DATE", Value::Date(DATE)),
            ("SELECT HEX(?)", Value::Bytes(vec![0xff, 0]), if mysql { "TEXT" } else { "VARCHAR" }, text("FF00")),
        ] {
            check(conn, sql, &[sent], type_name, &back).await;
        }
    }

    async fn sums(conn: &mut Connection, mysql: bool) {
        // MySQL adds two parameters as DOUBLE, unless they have another type.
        let (signed, unsigned, time) = match mysql {
            true => (
                (Value::Signed(-7), "DOUBLE", Value::Double(-14.0)),
                (Value::Unsigned(1 << 62), "DOUBLE", Value::Double(2f64.powi(63))),
                (Value::Time(Time { microseconds: 0, ..TIME }), "DECIMAL", decimal("-16771918.000000")),
            ),
            false => (
                (Value::Signed(-7), "BIGINT", Value::Signed(-14)),
                (Value::Unsigned(1 << 62), "BIGINT UNSIGNED", Value::Unsigned(1 << 63)),
                (Value::Time(TIME), "DECIMAL", decimal("-16771919.999998")),
            ),
        };
        for (sent, type_name, sum) in [
            (Value::Null, "DOUBLE", Value::Null),
            signed,
            unsigned,
            (Value::Float(1.5), "DOUBLE", Value::Double(3.0)),
            (Value::Double(0.1), "DOUBLE", Value::Double(0.2)),
            (decimal("-1.50"), "DECIMAL", decimal("-3.00")),
            (text("1.5 and more"), "DOUBLE", Value::Double(3.0)),
            (Value::Bytes(b"2".to_vec()), "DOUBLE", Value::Double(4.0)),
            (Value::Date(DATE), "BIGINT", Value::Signed(2 * 20_240_200)),
            time,
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
