//! No statement computes with a parameter type of an earlier call: each answer is that of a new
//! session, in whatever order the types follow each other.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, DateTime, Engine, Prepared, Result, Row, Time, Value};

    const QUERIES: [&str; 21] = [
        "SELECT ?",
        "SELECT CONCAT(?)",
        "SELECT JSON_OBJECT('k', ?)",
        "SELECT ? + 1",
        "SELECT ABS(?)",
        "SELECT ROUND(?, 1)",
        "SELECT NOT ?",
        "SELECT HEX(?)",
        "SELECT IFNULL(?, 1.5)",
        "SELECT IF(1, ?, 2)",
        "SELECT CASE WHEN 1 THEN ? ELSE 'x' END",
        "SELECT GREATEST(?, 3)",
        "SELECT ? IN (5, 'té')",
        "SELECT ? LIKE '5%'",
        "SELECT MAX(?) FROM kept",
        "SELECT COUNT(*) FROM kept WHERE v = ?",
        "SELECT COUNT(*) FROM kept WHERE i = ?",
        "SELECT COUNT(*) FROM kept WHERE d = ?",
        "SELECT COUNT(*) FROM kept WHERE n = ?",
        "SELECT COUNT(*) FROM kept WHERE dt = ?",
        "SELECT COUNT(*) FROM kept WHERE t = ?",
    ];

    const PAIRS: [&str; 5] = [
        "SELECT ?, ?",
        "SELECT ABS(?), ?",
        "SELECT ? + ?",
        "SELECT IFNULL(?, ?)",
        "SELECT COUNT(*) FROM kept WHERE i = ? OR v = ?",
    ];

    const COLUMNS: [&str; 6] = ["v", "i", "d", "n", "dt", "t"];

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        engine
            .execute(
                "CREATE TABLE kept (v VARCHAR(40), i INT, d DOUBLE, n DECIMAL(20,4), dt DATETIME(6), t TIME(6))",
                (),
            )
            .await?;
        let row = "INSERT INTO kept VALUES ('té', 0, 0, 0, '2024-02-29', '00:00:05'), \
                   ('5', 5, 5, 5, '2000-01-01 12:00:00', '12:00:00')";
        engine.execute(row, ()).await?;
        let all = values();
        for sql in QUERIES {
            check(&engine, sql, &all.iter().map(|value| vec![value.clone()]).collect::<Vec<_>>()).await?;
        }
        let some = [Value::Null, Value::Signed(9_007_199_254_740_993), text("té"), moment(0)];
        let pairs: Vec<_> =
            some.iter().flat_map(|first| some.iter().map(|second| vec![first.clone(), second.clone()])).collect();
        for sql in PAIRS {
            check(&engine, sql, &pairs).await?;
        }
        for column in COLUMNS {
            check_rows(&engine, column, &all.iter().step_by(2).cloned().collect::<Vec<_>>()).await?;
        }
        user_variables(&mut engine.acquire().await?).await?;
        bits(&mut engine.acquire().await?).await
    }

    /// A statement with a user variable, whose type the host does not know.
    async fn user_variables(conn: &mut Connection) -> Result<()> {
        conn.execute("CREATE TABLE assigned (v VARCHAR(20))", ()).await?;
        conn.execute("INSERT INTO assigned VALUES ('')", ()).await?;
        let held = conn.prepare("SELECT CONCAT(@v)").await?;
        for value in ["5", "'té'", "1.25", "'x'"] {
            conn.query_all(format!("SELECT @v := {value}"), ()).await?;
            let text = value.trim_matches('\'');
            conn.execute("UPDATE assigned SET v = @v", ()).await?;
            assert_eq!(conn.query_scalar::<String>("SELECT v FROM assigned", ()).await?, text);
            let count = "SELECT COUNT(*) FROM assigned WHERE v = @v AND 1 = ?";
            assert_eq!(conn.query_scalar::<u32>(count, (1,)).await?, 1, "{value}");
            // MariaDB writes every value of a variable as a text into a document.
            let member = "SELECT JSON_VALUE(JSON_OBJECT('k', @v), '$.k')";
            assert_eq!(conn.query_scalar::<String>(member, ()).await?, text);
            assert_eq!(conn.query_scalar::<String>(&held, ()).await?, text);
        }
        Ok(())
    }

    /// A text for a BIT column after a text that is a number.
    async fn bits(conn: &mut Connection) -> Result<()> {
        conn.execute("CREATE TABLE bits (id INT AUTO_INCREMENT PRIMARY KEY, b BIT(64))", ()).await?;
        let insert = "INSERT INTO bits (b) VALUES (?)";
        // MySQL refuses the first text.
        let _ = conn.execute(insert, ("-7",)).await;
        let id = conn.execute(insert, ("5",)).await?.last_insert_id();
        assert_eq!(conn.query_scalar::<u64>("SELECT b FROM bits WHERE id = ?", (id,)).await?, u64::from(b'5'));
        Ok(())
    }

    fn values() -> Vec<Value> {
        vec![
            Value::Null,
            Value::Signed(5),
            Value::Signed(-9_007_199_254_740_993),
            Value::Unsigned(u64::MAX),
            Value::Float(1.5),
            Value::Double(2.25),
            Value::Decimal("3.50".to_owned()),
            text("té"),
            text("5"),
            text("1.5"),
            text(&u64::MAX.to_string()),
            Value::Bytes(vec![116, 255]),
            Value::Date(Date { year: 2024, month: 2, day: 29 }),
            moment(0),
            moment(500_000),
            Value::Time(Time { negative: false, hours: 12, minutes: 0, seconds: 0, microseconds: 0 }),
        ]
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn moment(microsecond: u32) -> Value {
        let (year, month, day, hour, minute, second) = (2024, 2, 29, 12, 0, 0);
        Value::Datetime(DateTime { year, month, day, hour, minute, second, microsecond })
    }

    /// Executes the query with every ordered pair of the parameters, with its text and prepared.
    async fn check(engine: &Engine, sql: &str, all: &[Vec<Value>]) -> Result<()> {
        let mut expected = Vec::new();
        for params in all {
            let mut conn = engine.acquire().await?;
            expected.push(answer(&mut conn, sql, params).await);
        }
        let mut conn = engine.acquire().await?;
        let prepared = conn.prepare(sql).await?;
        for first in all {
            for (second, expected) in all.iter().zip(&expected) {
                answer(&mut conn, sql, first).await;
                assert_eq!(&answer(&mut conn, sql, second).await, expected, "{sql}: {first:?}, then {second:?}");
                held(&mut conn, &prepared, first).await;
                assert_eq!(&held(&mut conn, &prepared, second).await, expected, "{sql}: {first:?}, then {second:?}");
            }
        }
        Ok(())
    }

    async fn answer(conn: &mut Connection, sql: &str, params: &[Value]) -> String {
        describe(conn.query_all(sql, params.to_vec()).await)
    }

    async fn held(conn: &mut Connection, prepared: &Prepared, params: &[Value]) -> String {
        describe(conn.query_all(prepared, params.to_vec()).await)
    }

    /// Stores rows of every ordered pair of types, each with a NULL, as multi-row statements and
    /// row by row.
    async fn check_rows(engine: &Engine, column: &str, all: &[Value]) -> Result<()> {
        let insert = format!("INSERT INTO kept ({column}) VALUES (?)");
        let update = format!("UPDATE kept SET {column} = ?");
        for sql in [&insert, &update] {
            let mut expected = Vec::new();
            for value in all {
                let mut conn = engine.acquire().await?;
                expected.push(stored(&mut conn, sql, column, value).await?);
            }
            let mut conn = engine.acquire().await?;
            for first in all {
                for (second, expected) in all.iter().zip(&expected) {
                    stored(&mut conn, sql, column, first).await?;
                    let found = stored(&mut conn, sql, column, second).await?;
                    assert_eq!(&found, expected, "{sql}: {first:?}, then {second:?}");
                }
            }
        }
        Ok(())
    }

    /// Returns the values that the statement stores, in a transaction that is rolled back.
    async fn stored(conn: &mut Connection, sql: &str, column: &str, value: &Value) -> Result<String> {
        let mut tx = conn.begin().await?;
        let rows = [(Value::Null,), (value.clone(),), (value.clone(),)];
        let outcome = tx.execute_many(sql, rows).await.map(drop);
        let found = match outcome {
            Ok(()) => describe(tx.query_all(format!("SELECT {column} FROM kept"), ()).await),
            Err(error) => format!("{:?}", error.code()),
        };
        tx.rollback().await?;
        Ok(found)
    }

    fn describe(answer: Result<Vec<Row>>) -> String {
        let cells =
            |row: &Row| format!("{:?}", row.iter().map(|cell| cell.map(|(_, value)| value)).collect::<Vec<_>>());
        match answer {
            Ok(rows) => rows.iter().map(cells).collect(),
            Err(error) => format!("{:?} {:?}", error.kind(), error.code()),
        }
    }
}
