//! `execute_many` of 40 rows has the same effect as 40 calls, for statements and values of every
//! kind.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, DateTime, Engine, Result, Time, Value};

    const ROWS: u8 = 40;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        for table in ["one", "many"] {
            conn.execute(
                format!(
                    "CREATE TABLE {table} (id INT AUTO_INCREMENT PRIMARY KEY, k INT UNIQUE, n INT NOT NULL DEFAULT 0, \
                     v VARCHAR(255), d DECIMAL(20,4), x VARBINARY(255))"
                ),
                (),
            )
            .await?;
        }
        conn.execute("CREATE TABLE other (k INT PRIMARY KEY, m INT)", ()).await?;
        conn.execute("INSERT INTO other VALUES (1, 10), (2, 20), (3, 30)", ()).await?;
        statements(&mut conn).await?;
        values(&mut conn).await
    }

    async fn statements(conn: &mut Connection) -> Result<()> {
        let (k, other) = (|row: u8| Value::Signed(row.into()), |row: u8| Value::Signed((row % 7).into()));
        for sql in [
            "INSERT INTO t (k, n) VALUES (?, ?)",
            "INSERT INTO t (k, n, v) VALUES (?, ?, CONCAT('a', 1)), (NULL, 5, NOW() - NOW())",
            "INSERT IGNORE INTO t (n, k) VALUES (?, ?)",
            "INSERT INTO t (k, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = t.n * 2 + VALUES(n), v = 'again'",
            "INSERT INTO t (k, n) VALUES (?, FLOOR(RAND(5) * 100) + ?)",
            "INSERT INTO t (k, n, v) VALUES (?, FLOOR(RAND(5) * 100), ?)",
            "INSERT INTO t (k, v) VALUES (? + 100, CONCAT(?, 'x'))",
            "INSERT INTO t SET k = ?, n = ?",
            "INSERT INTO t (k, n) SELECT ? + 50, ?",
            "REPLACE INTO t (n, k) VALUES (?, ?)",
            "UPDATE t SET n = n + ? WHERE k = ?",
            "UPDATE t SET k = ? + 101 WHERE k = ? + 100",
            "UPDATE t SET n = ? * 2 WHERE k < ? ORDER BY k LIMIT 3",
            "UPDATE IGNORE t SET n = 2147483640 + ?, v = UPPER(v) WHERE k % 7 = ?",
            "UPDATE t JOIN other ON t.k = other.k SET t.n = t.n + other.m + ?, other.m = ?",
            "UPDATE t SET n = FLOOR(RAND(5) * 100) + ? WHERE k = ?",
            "UPDATE t SET n = (SELECT MAX(m) FROM other) + ? WHERE k = ?",
            "UPDATE t SET n = LAST_INSERT_ID(n + ?) WHERE k = ?",
            "DELETE FROM t WHERE k = ? OR n = ?",
            "DELETE FROM t WHERE n > ? AND k > 3 ORDER BY n DESC LIMIT ?",
            "DELETE FROM t WHERE k = ? AND n <> ?",
            "DELETE t FROM t JOIN other ON t.k = other.k WHERE other.k = ? AND t.n <> ?",
        ] {
            let rows = (0..ROWS).map(|row| vec![k(row), other(row)]).collect();
            check(conn, sql, rows).await?;
        }
        Ok(())
    }

    /// Stores 40 values of each kind in columns of several types. The first value and some others
    /// are NULL, and the lengths differ.
    async fn values(conn: &mut Connection) -> Result<()> {
        let date = |row: u8| Date { year: 2000 + u16::from(row), month: 2, day: 1 + row % 28 };
        let time = |row: u8| {
            let microseconds = u32::from(row % 3) * 7;
            Time { negative: row.is_multiple_of(2), hours: u16::from(row) * 3, minutes: 1, seconds: 2, microseconds }
        };
        let datetime = |row: u8| {
            let (day, hour, microsecond) = (1 + row % 29, row % 3, u32::from(row % 2) * 9);
            DateTime { year: 2024, month: 2, day, hour, minute: 0, second: 0, microsecond }
        };
        let length = usize::from;
        let kinds: [(&str, &dyn Fn(u8) -> Value); 11] = [
            ("signed", &|row| Value::Signed(-i64::from(row))),
            ("unsigned", &|row| Value::Unsigned(row.into())),
            ("float", &|row| Value::Float(f32::from(row) / 3.0)),
            ("double", &|row| Value::Double(f64::from(row) / 3.0)),
            ("decimals", &|row| Value::Decimal(format!("{row}.{:0scale$}", 0, scale = length(row % 4 + 1)))),
            ("decimal", &|row| Value::Decimal(format!("-{row}.50"))),
            ("text", &|row| Value::Text("é".repeat(length(row % 30)))),
            ("bytes", &|row| Value::Bytes(vec![255 - row; length(row % 50)])),
            ("date", &|row| Value::Date(date(row))),
            ("time", &|row| Value::Time(time(row))),
            ("datetime", &|row| Value::Datetime(datetime(row))),
        ];
        for (kind, value) in kinds {
            let value = |row: u8| if row.is_multiple_of(9) { Value::Null } else { value(row) };
            println!("{kind}");
            // Not all bytes are text.
            for column in ["v", "x"].into_iter().filter(|column| (kind, *column) != ("bytes", "v")) {
                let rows = || (0..ROWS).map(|row| vec![Value::Signed(row.into()), value(row)]).collect();
                check(conn, &format!("INSERT INTO t (k, {column}) VALUES (?, ?)"), rows()).await?;
                check(conn, &format!("REPLACE INTO t (k, {column}) VALUES (?, ?)"), rows()).await?;
                let rows = || (0..ROWS).map(|row| vec![value(row), Value::Signed(row.into())]).collect();
                check(conn, &format!("UPDATE t SET {column} = ? WHERE k = ?"), rows()).await?;
                check(conn, &format!("UPDATE t SET {column} = CONCAT(HEX(?), 'x') WHERE k = ?"), rows()).await?;
            }
            let nulls = || (0..ROWS).map(|row| vec![Value::Null, Value::Signed(row.into())]).collect();
            check(conn, "UPDATE t SET v = ? WHERE k = ?", nulls()).await?;
        }
        let decimals =
            || (0..ROWS).map(|row| vec![Value::Signed(row.into()), Value::Decimal(format!("{row}.1250"))]).collect();
        check(conn, "INSERT INTO t (k, d) VALUES (?, ?)", decimals()).await
    }

    /// Executes the statement on `one` for each row, and on `many` for all rows at once.
    async fn check(conn: &mut Connection, sql: &str, rows: Vec<Vec<Value>>) -> Result<()> {
        let statement = |table: &str| {
            let words = sql.split(' ').map(|word| match word {
                "t" => table.to_owned(),
                word => word.replace("t.", &format!("{table}.")),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        let mut results = Vec::new();
        let mut conn = conn.begin().await?;
        for table in ["one", "many"] {
            conn.execute(format!("DELETE FROM {table}"), ()).await?;
            conn.execute("UPDATE other SET m = k * 10", ()).await?;
            // Rows to change, or to collide with.
            if !sql.starts_with("INSERT INTO t") || sql.contains("DUPLICATE") {
                let rows = [100].into_iter().chain((0..40).step_by(3));
                conn.insert_many(table, &["k", "n", "v"], rows.map(|k| (k, k + 1000, "old"))).await?;
            }
            let sql = statement(table);
            let affected = if table == "many" {
                conn.execute_many(&sql, rows.clone()).await?.rows_affected()
            } else {
                let mut affected = 0;
                for row in &rows {
                    affected += conn.execute(&sql, row.clone()).await?.rows_affected();
                }
                affected
            };
            // The server may skip ids of rows that it did not insert.
            let rows = conn
                .query_all_as::<(Option<String>,)>(
                    format!(
                        "SELECT CONCAT_WS('|', COALESCE(k, 'NULL'), n, COALESCE(v, 'NULL'), COALESCE(d, 'NULL'), \
                         COALESCE(HEX(x), 'NULL')) FROM {table} ORDER BY id"
                    ),
                    (),
                )
                .await?;
            let other: i64 = conn.query_scalar("SELECT CAST(SUM(m) AS SIGNED) FROM other", ()).await?;
            results.push((affected, rows, other));
        }
        assert_eq!(results[0], results[1], "{sql}");
        conn.commit().await
    }
}
