//! Edge cases of results and values: the maximum number of columns, repeated column names, invalid
//! numbers, invalid text, and invalid ENUM values.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, TransactionState, Value};
    use wasmysql_test_programs::Server;

    /// The maximum number of columns of a result.
    const COLUMNS: usize = 4096;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute(
            "CREATE TABLE edges (id INT PRIMARY KEY AUTO_INCREMENT, f FLOAT, d DOUBLE, t TEXT CHARACTER SET utf8mb4)",
            (),
        )
        .await?;
        maximum_number_of_columns(&mut conn).await?;
        repeated_names(&mut conn).await?;
        invalid_enum_value(&mut conn).await?;
        let server = Server::of(&engine.info());
        invalid_text(&mut conn, server).await?;
        let mut tx = conn.begin().await?;
        invalid_numbers(&mut tx).await;
        assert_eq!(tx.transaction_state(), TransactionState::Open);
        tx.commit().await?;

        let too_wide = format!("SELECT 1{}", ", 1".repeat(COLUMNS));
        let error = conn.query_all(too_wide, ()).await.expect_err("one column too many");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
        half_of_a_surrogate_pair(&engine, server).await
    }

    /// Half of a surrogate pair is not UTF-8, but MariaDB stores it.
    async fn half_of_a_surrogate_pair(engine: &Engine, server: Server) -> Result<()> {
        let half = vec![0xed, 0xa0, 0x80];
        if server == Server::MySql {
            let error = engine.execute("UPDATE edges SET t = ?", [half]).await.expect_err("invalid text");
            assert_eq!(error.code(), Some(1366), "{error}");
            return Ok(());
        }
        engine.execute("UPDATE edges SET t = ?", [half.clone()]).await?;
        let error = engine.acquire().await?.query_one("SELECT t FROM edges", ()).await.expect_err("invalid text");
        assert_eq!(error.kind(), &ErrorKind::ValueUnsupported, "{error}");
        let row = engine.acquire().await?.query_one("SELECT CAST(t AS BINARY) FROM edges", ()).await?;
        assert_eq!(row.get::<Vec<u8>>(0)?, half);
        Ok(())
    }

    async fn maximum_number_of_columns(conn: &mut Connection) -> Result<()> {
        let wide = |count: usize, row: usize| {
            let cells = (0..count).map(|at| match at % 4 {
                0 => format!("{}", row * at),
                1 => format!("'{row} {at}'"),
                2 => "NULL".to_owned(),
                _ => format!("{row}.{at:04}"),
            });
            cells.collect::<Vec<_>>().join(",")
        };
        let rows: Vec<_> = (1..=3).map(|row| format!("SELECT {}", wide(COLUMNS, row))).collect();
        let rows = conn.query_all(rows.join(" UNION ALL "), ()).await?;
        assert_eq!(rows.len(), 3);
        for (row, cells) in (1..).zip(&rows) {
            assert_eq!(cells.columns().len(), COLUMNS);
            for at in 0..COLUMNS {
                let expected = match at % 4 {
                    0 => Value::Signed((row * at).try_into().expect("a small number")),
                    1 => Value::Text(format!("{row} {at}")),
                    2 => Value::Null,
                    _ => Value::Decimal(format!("{row}.{at:04}")),
                };
                assert_eq!(cells.get::<Value>(at)?, expected, "row {row}, column {at}");
            }
        }
        Ok(())
    }

    async fn repeated_names(conn: &mut Connection) -> Result<()> {
        let row = conn.query_one("SELECT 1 AS a, 'x' AS A, 2 AS b, NULL AS a, 3 AS ``", ()).await?;
        let names: Vec<_> = row.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "A", "b", "a", ""]);
        assert_eq!(row.get::<Value>("a").expect_err("two columns").kind(), &ErrorKind::InvalidRequest);
        assert_eq!((row.get::<i64>(0)?, row.get::<Option<i64>>(3)?), (1, None));
        assert_eq!((row.get::<i64>("b")?, row.get::<i64>("")?), (2, 3));
        Ok(())
    }

    async fn invalid_enum_value(conn: &mut Connection) -> Result<()> {
        conn.execute("CREATE TEMPORARY TABLE kinds (kind ENUM('a', 'b'), tags SET('a', 'b'))", ()).await?;
        conn.execute("INSERT IGNORE INTO kinds VALUES (?, ?)", ("c", "a,c")).await?;
        let row = conn.query_one("SELECT kind, tags, kind + 0 FROM kinds", ()).await?;
        assert_eq!((row.get::<&str>(0)?, row.get::<&str>(1)?, row.get::<f64>(2)?), ("", "a", 0.0));
        Ok(())
    }

    async fn invalid_text(conn: &mut Connection, server: Server) -> Result<()> {
        let sqlstate = if server == Server::MySql { "HY000" } else { "22007" };
        for bytes in [vec![0xff], vec![b'a', 0xc3], vec![0xf4, 0x90, 0x80, 0x80], vec![0xf8, 0x88, 0x80, 0x80, 0x80]] {
            for state in [TransactionState::None, TransactionState::Open] {
                let sql = "INSERT INTO edges (t) VALUES (?)";
                let result = if state == TransactionState::None {
                    conn.execute(sql, [bytes.clone()]).await
                } else {
                    let mut tx = conn.begin().await?;
                    let result = tx.execute(sql, [bytes.clone()]).await;
                    tx.commit().await?;
                    result
                };
                let error = result.expect_err("bytes that are not UTF-8");
                assert_eq!((error.code(), error.sqlstate()), (Some(1366), Some(sqlstate)), "{bytes:?}: {error}");
                assert_eq!(error.transaction_state(), state, "{bytes:?}: {error}");
            }
        }
        // Outside of columns the server converts invalid bytes to valid text or, on MySQL, to NULL.
        let converted: Option<String> = conn.query_scalar("SELECT CONVERT(X'61FF62' USING utf8mb4)", ()).await?;
        assert_eq!(converted.as_deref(), (server != Server::MySql).then_some("a?b"));
        for (sql, text) in [
            ("SELECT CONVERT(_latin1 X'80FF' USING utf8mb4)", "€ÿ"),
            ("SELECT _latin1 X'80FF'", "€ÿ"),
            ("SELECT _utf16 X'00E9D83EDD80'", "é🦀"),
            ("SELECT LEFT('é🦀', 1)", "é"),
        ] {
            assert_eq!(conn.query_scalar::<String>(sql, ()).await?, text, "{sql}");
        }
        Ok(())
    }

    async fn invalid_numbers(conn: &mut Connection) {
        let singles = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(Value::Float);
        let doubles = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Value::Double);
        let columns = [("f", singles, Value::Float(1.5)), ("d", doubles, Value::Double(1.5))];
        for (column, values, number) in columns {
            let insert = format!("INSERT INTO edges ({column}) VALUES (?)");
            let update = format!("UPDATE edges SET {column} = ?");
            let prepared = conn.prepare(insert.as_str()).await.expect("a statement");
            for value in values {
                let rows = || [[Value::Null], [number.clone()], [value.clone()]];
                let refused = [
                    conn.execute(insert.as_str(), [value.clone()]).await.map(drop),
                    conn.execute(&prepared, [value.clone()]).await.map(drop),
                    conn.query_all("SELECT ?", [value.clone()]).await.map(drop),
                    conn.insert_many("edges", &[column], rows()).await.map(drop),
                    conn.execute_many(update.as_str(), rows()).await.map(drop),
                    conn.execute_many(&prepared, rows()).await.map(drop),
                ];
                for (call, result) in refused.into_iter().enumerate() {
                    let error = result.expect_err("an invalid number");
                    assert_eq!(error.kind(), &ErrorKind::Argument, "{column} {value:?}, call {call}: {error}");
                    assert_eq!(conn.transaction_state(), TransactionState::Open, "{column} {value:?}, call {call}");
                }
            }
        }
        let inserted = conn.execute("INSERT INTO edges (f, d) VALUES (?, ?)", (f32::MAX, f64::MAX)).await;
        assert_eq!(inserted.expect("numbers").rows_affected(), 1);
        let count: u32 = conn.query_scalar("SELECT COUNT(*) FROM edges", ()).await.expect("a count");
        assert_eq!(count, 1, "no refused value was sent");
    }
}
