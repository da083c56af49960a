//! The server computes with the type of a parameter, wherever the parameter stands.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, Engine, ErrorKind, Result, Value};
    use wasmysql_test_programs::{Server, refused, series};

    /// A statement that returns one value, its parameters, and the expected value.
    type Case = (&'static str, Vec<Value>, Value);

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute(
            "CREATE TABLE f3 (id INT PRIMARY KEY, balance DECIMAL(30,2), v DECIMAL(20,4), d DATE, s VARCHAR(40))",
            (),
        )
        .await?;
        let row = "INSERT INTO f3 VALUES (1, 12345678901234567890.11, 1.5, '2024-03-05', 'x')";
        conn.execute(row, ()).await?;
        for (sql, params, expected) in decimals().into_iter().chain(bytes()).chain(dates()) {
            let found = conn.query_one(sql, params.clone()).await?.get::<Value>(0)?;
            assert_eq!(found, expected, "{sql} with {params:?}");
            let prepared = conn.prepare(sql).await?;
            for _ in 0..2 {
                let found = conn.query_one(&prepared, params.clone()).await?.get::<Value>(0)?;
                assert_eq!(found, expected, "{sql}, prepared, with {params:?}");
            }
        }
        conn.execute("UPDATE f3 SET balance = balance + ?", (decimal("0.01"),)).await?;
        let balance: Value = conn.query_scalar("SELECT balance FROM f3", ()).await?;
        assert_eq!(balance, decimal("12345678901234567890.12"));
        let cents = (0..100).map(|_| (decimal("0.01"), 1));
        conn.execute_many("UPDATE f3 SET balance = balance + ? WHERE id = ?", cents).await?;
        let balance: Value = conn.query_scalar("SELECT balance FROM f3", ()).await?;
        assert_eq!(balance, decimal("12345678901234567891.12"));
        // Later values of the same placeholder can have different types.
        let mut types = Vec::new();
        for value in [decimal("1.50"), Value::Text("1.50".to_owned()), Value::Signed(1), Value::Null, decimal("2")] {
            types.push(conn.query_one("SELECT ?", (value,)).await?.get::<Value>(0)?);
        }
        let text = Value::Text("1.50".to_owned());
        assert_eq!(types, [decimal("1.50"), text, Value::Signed(1), Value::Null, decimal("2")]);

        placeholders_without_casts(&mut conn).await?;
        values_are_stored(&mut conn, Server::of(&engine.info())).await?;
        names_and_errors_match_the_original_text(&mut conn).await
    }

    fn decimal(text: &str) -> Value {
        Value::Decimal(text.to_owned())
    }

    fn decimals() -> Vec<Case> {
        let (one, zero) = (Value::Signed(1), Value::Signed(0));
        vec![
            ("SELECT ? > ?", vec![decimal("10"), decimal("9")], one.clone()),
            ("SELECT ? + ?", vec![decimal("0.1"), decimal("0.2")], decimal("0.3")),
            ("SELECT ?", vec![decimal("-1.50")], decimal("-1.50")),
            ("SELECT ?", vec![decimal("1e3")], decimal("1000")),
            ("SELECT SUM(v * ?) FROM f3", vec![decimal("2.00")], decimal("3.000000")),
            ("SELECT COALESCE(NULL, ?)", vec![decimal("1.10")], decimal("1.10")),
            ("SELECT MAX(?) FROM f3", vec![decimal("9.0")], decimal("9.0")),
            (
                "SELECT a FROM (SELECT ? AS a UNION ALL SELECT ?) u ORDER BY a LIMIT 1",
                vec![decimal("10"), decimal("9")],
                decimal("9"),
            ),
            ("SELECT COUNT(*) FROM f3 WHERE v NOT IN (?, ?)", vec![decimal("1.5"), decimal("2")], zero.clone()),
            ("SELECT COUNT(*) FROM f3 WHERE balance = ?", vec![decimal("12345678901234567890.12")], zero.clone()),
            ("SELECT COUNT(*) FROM f3 WHERE balance = ?", vec![decimal("12345678901234567890.11")], one),
            ("SELECT JSON_VALUE(JSON_OBJECT('a', ?), '$.a') * 2 = 3", vec![decimal("1.50")], Value::Signed(1)),
            ("SELECT JSON_TYPE(JSON_EXTRACT(JSON_OBJECT('a', ?), '$.a')) IN ('STRING')", vec![decimal("1.50")], zero),
            ("SELECT CONCAT(?, '')", vec![decimal("7.00")], Value::Text("7.00".to_owned())),
        ]
    }

    fn bytes() -> Vec<Case> {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_owned());
        let text = |text: &str| Value::Text(text.to_owned());
        let point = [&[1, 1, 0, 0, 0][..], &1f64.to_le_bytes(), &2f64.to_le_bytes()].concat();
        vec![
            ("SELECT ? = ?", vec![bytes(b"A"), bytes(b"a")], Value::Signed(0)),
            ("SELECT ?", vec![bytes(&[255])], bytes(&[255])),
            ("SELECT ?", vec![bytes(&[])], bytes(&[])),
            ("SELECT HEX(SUBSTRING(?, 1, 1))", vec![bytes("é".as_bytes())], text("C3")),
            ("SELECT INET6_NTOA(?)", vec![bytes(&[192, 0, 2, 33])], text("192.0.2.33")),
            ("SELECT ST_AsText(ST_GeomFromWKB(?))", vec![bytes(&point)], text("POINT(1 2)")),
            ("SELECT LENGTH(?)", vec![bytes(&[0; 100_000])], Value::Signed(100_000)),
        ]
    }

    fn dates() -> Vec<Case> {
        let date = |year, month, day| Value::Date(Date { year, month, day });
        vec![
            ("SELECT ?", vec![date(2024, 3, 5)], date(2024, 3, 5)),
            ("SELECT ?", vec![date(0, 0, 0)], date(0, 0, 0)),
            ("SELECT ?", vec![date(2024, 2, 0)], date(2024, 2, 0)),
            ("SELECT COALESCE(d, ?) FROM f3", vec![date(2024, 1, 1)], date(2024, 3, 5)),
            ("SELECT CONCAT(?, '')", vec![date(2024, 3, 5)], Value::Text("2024-03-05".to_owned())),
            ("SELECT COUNT(*) FROM f3 WHERE d = ?", vec![date(2024, 3, 5)], Value::Signed(1)),
        ]
    }

    /// Typed parameters also work where the grammar allows only a bare placeholder.
    async fn placeholders_without_casts(conn: &mut Connection) -> Result<()> {
        let five = series(5);
        let all = format!("SELECT seq FROM {five} AS series LIMIT ?");
        assert_eq!(conn.query_all(all, (decimal("2"),)).await?.len(), 2);
        let some = format!("SELECT seq + ? FROM {five} AS series LIMIT ? OFFSET ?");
        let found = conn.query_all_as::<(Value,)>(some, (decimal("0.5"), decimal("2"), decimal("3"))).await?;
        assert_eq!(found, [(decimal("4.5"),), (decimal("5.5"),)]);
        let date = Value::Date(Date { year: 2024, month: 3, day: 5 });
        let params = (decimal("12345678901234567890.11"), Value::Bytes(vec![255]), date, Value::Null);
        let mut rows = conn.query("CALL twice(?, ?, ?, ?)", params).await?;
        let row = rows.next().await?.expect("a row");
        assert_eq!(row.get::<Value>(0)?, decimal("12345678901234567890.11"));
        assert_eq!((row.get::<&str>(1)?, row.get::<&str>(2)?), ("FF", "2024-03-05"));
        assert!(rows.next_result().await?, "OUT parameters");
        assert_eq!(rows.next().await?.expect("a row").get::<Value>(0)?, decimal("24691357802469135780.22"));
        rows.close().await
    }

    async fn values_are_stored(conn: &mut Connection, server: Server) -> Result<()> {
        let id: Vec<u8> = (0..16).collect();
        let of_mariadb = [
            ("UUID", Value::Bytes(id.clone()), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
            ("INET6", Value::Bytes(id), "1:203:405:607:809:a0b:c0d:e0f"),
        ];
        let of_both = [
            ("VARCHAR(20)", Value::Date(Date { year: 2024, month: 3, day: 5 }), "2024-03-05"),
            ("VARCHAR(20)", Value::Bytes("é".into()), "é"),
            ("ENUM('5', 'two')", decimal("2"), "two"),
        ];
        let of_mariadb = of_mariadb.into_iter().filter(|_| server != Server::MySql);
        for (column, value, shown) in of_both.into_iter().chain(of_mariadb) {
            conn.execute("DROP TEMPORARY TABLE IF EXISTS kept", ()).await?;
            conn.execute(format!("CREATE TEMPORARY TABLE kept (v {column})"), ()).await?;
            conn.execute("INSERT INTO kept VALUES (?)", (value.clone(),)).await?;
            conn.execute_many("INSERT INTO kept VALUES (?)", [(value.clone(),), (value,)]).await?;
            let stored = conn.query_all_as::<(String,)>("SELECT CAST(v AS CHAR) FROM kept", ()).await?;
            assert!(stored.len() == 3 && stored.iter().all(|(text,)| text == shown), "{column}: {stored:?}");
        }
        Ok(())
    }

    async fn names_and_errors_match_the_original_text(conn: &mut Connection) -> Result<()> {
        let rows = conn
            .query("SELECT ?, ? + 1, CAST(? AS DATE) AS c", (decimal("1.0"), Value::Bytes(vec![49]), "2024-01-01"))
            .await?;
        assert_eq!(rows.keys().collect::<Vec<_>>(), ["?", "? + 1", "c"]);
        rows.close().await?;
        // The error is that of the guest's original statement.
        let error = conn.query_all("SELECT ? FROM nowhere", (decimal("1"),)).await.expect_err("no such table");
        assert_eq!(error.code(), Some(1146), "{error}");
        for date in [(2024, 2, 31), (2023, 2, 29), (2024, 13, 1)] {
            let (year, month, day) = date;
            let result = conn.query_all("SELECT ?", (Value::Date(Date { year, month, day }),)).await.map(drop);
            refused(result, ErrorKind::Argument, &format!("{year:04}-{month:02}-{day:02} is not a date"));
        }
        let result = conn.query_all("SELECT ?", (decimal("1e70"),)).await.map(drop);
        refused(result, ErrorKind::Argument, "a DECIMAL has at most 65 digits");
        Ok(())
    }
}
