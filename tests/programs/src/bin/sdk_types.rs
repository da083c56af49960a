//! Types of other crates round-trip through the server.

#[wasmysql_macros::both_apis]
mod program {
    use std::borrow::Cow;
    use std::fmt::Debug;
    use std::time::Duration;

    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};
    use time::macros::{date, datetime, time};
    use time::{OffsetDateTime, PrimitiveDateTime, UtcDateTime};
    use uuid::Uuid;
    use uuid::fmt::Hyphenated;
    use wasmysql::{Connection, Decode, Engine, ErrorKind, FromRow, Json, Result, Value};
    use wasmysql_test_programs::Server;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        // MySQL refuses fractions of the last second.
        let shortest = match Server::of(&engine.info()) {
            Server::MySql => -3_020_399_000_000,
            Server::MariaDb { .. } => -3_020_399_999_999,
        };
        let mut conn = engine.acquire().await?;
        conn.execute(
            "CREATE TABLE v (id INT AUTO_INCREMENT PRIMARY KEY, d DATE, t TIME(6), dt DATETIME(6), ts TIMESTAMP(6) NULL,
                n DECIMAL(40, 10), j JSON, b BINARY(16), c CHAR(36), s VARCHAR(80), x VARBINARY(80))",
            (),
        )
        .await?;
        let conn = &mut conn;
        dates_and_times(conn, shortest).await?;
        decimals(conn).await?;
        bits(conn).await?;
        json(conn).await?;
        uuids(conn).await?;
        text_and_bytes(conn).await?;
        unsupported_values_are_not_sent(conn).await?;
        unsupported_values_are_not_read(conn).await
    }

    /// Stores a value in a column and reads it back.
    async fn check<T>(conn: &mut Connection, column: &str, value: T) -> Result<()>
    where
        T: Into<Value> + for<'r> Decode<'r> + Clone + PartialEq + Debug,
    {
        let insert = format!("INSERT INTO v ({column}) VALUES (?)");
        let id = conn.execute(insert, (value.clone(),)).await?.last_insert_id();
        let select = format!("SELECT {column} FROM v WHERE id = ?");
        assert_eq!(conn.query_scalar::<T>(&select, (id,)).await?, value, "{column}");
        conn.execute(format!("UPDATE v SET {column} = NULL WHERE id = ?"), (id,)).await?;
        assert_eq!(conn.query_scalar::<Option<T>>(&select, (id,)).await?, None);
        assert_eq!(conn.query_scalar::<T>(&select, (id,)).await.expect_err("NULL").kind(), &ErrorKind::Decode);
        Ok(())
    }

    /// BIT columns of one and of many bits, read by row and into structs.
    async fn bits(conn: &mut Connection) -> Result<()> {
        #[derive(Debug, PartialEq, FromRow)]
        struct Bits {
            one: bool,
            few: u8,
            many: u64,
            none: Option<bool>,
        }

        conn.execute("CREATE TABLE bits (one BIT, few BIT(5), many BIT(64), none BIT)", ()).await?;
        conn.execute("INSERT INTO bits VALUES (b'1', b'10101', ~0, NULL)", ()).await?;
        conn.execute("INSERT INTO bits VALUES (?, ?, ?, ?)", (false, 3, u64::MAX, None::<bool>)).await?;
        let rows: Vec<Bits> = conn.query_all_as("SELECT * FROM bits ORDER BY one DESC", ()).await?;
        let bits = |one, few| Bits { one, few, many: u64::MAX, none: None };
        assert_eq!(rows, [bits(true, 21), bits(false, 3)]);
        let row = conn.query_one("SELECT * FROM bits WHERE one", ()).await?;
        assert_eq!((row.get::<bool>("one")?, row.get::<i64>("few")?, row.get::<Option<u8>>("none")?), (true, 21, None));
        assert_eq!(row.get::<&[u8]>("few")?, [21]);
        let error = row.get::<i64>("many").expect_err("too large for i64");
        assert!(error.message().contains("18446744073709551615"), "{error}");
        Ok(())
    }

    async fn dates_and_times(conn: &mut Connection, shortest: i64) -> Result<()> {
        let day = NaiveDate::from_ymd_opt(2013, 1, 31).expect("a date");
        let noon = NaiveTime::from_hms_micro_opt(12, 0, 0, 7).expect("a time");
        check(conn, "d", day).await?;
        check(conn, "t", noon).await?;
        check(conn, "t", TimeDelta::microseconds(shortest)).await?;
        check(conn, "t", Duration::from_millis(1_500)).await?;
        check(conn, "dt", day.and_time(noon)).await?;
        check(conn, "ts", day.and_time(noon).and_utc()).await?;

        check(conn, "d", date!(9999 - 12 - 31)).await?;
        check(conn, "t", time!(23:59:59.999_999)).await?;
        check(conn, "t", time::Duration::hours(838)).await?;
        check::<PrimitiveDateTime>(conn, "dt", datetime!(1000-01-01 00:00:00.000_001)).await?;
        check::<UtcDateTime>(conn, "ts", datetime!(2038-01-19 03:14:07).as_utc()).await?;
        check::<OffsetDateTime>(conn, "ts", datetime!(1970-01-02 02:00:00 +2)).await?;

        // Both crates and the server agree on the instant.
        conn.execute("INSERT INTO v (ts) VALUES (?)", (datetime!(2013-01-01 02:00:00 +2),)).await?;
        let sql = "SELECT ts, CAST(ts AS CHAR) FROM v ORDER BY id DESC LIMIT 1";
        let (at, text): (DateTime<Utc>, String) = conn.query_one_as(sql, ()).await?;
        assert_eq!((at.timestamp(), text.as_str()), (1_356_998_400, "2013-01-01 00:00:00.000000"));
        Ok(())
    }

    async fn decimals(conn: &mut Connection) -> Result<()> {
        for digits in ["0", "-12345.6700000000", "7922816251426433759.3543950335"] {
            check(conn, "n", digits.parse::<Decimal>().expect("digits")).await?;
        }
        assert_eq!(conn.query_scalar::<Decimal>("SELECT SUM(1)", ()).await?, Decimal::ONE);
        let wide: Decimal = conn.query_scalar("SELECT CAST(1.5 AS DECIMAL(38, 30))", ()).await?;
        assert_eq!(wide.to_string(), "1.5");
        assert_eq!(conn.query_scalar::<Decimal>("SELECT 18446744073709551615", ()).await?, Decimal::from(u64::MAX));
        Ok(())
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Seat {
        row: u8,
        letter: char,
    }

    async fn json(conn: &mut Connection) -> Result<()> {
        check(conn, "j", serde_json::json!({"rows": [1, null, "één"]})).await?;
        check(conn, "j", Json(vec![Seat { row: 12, letter: 'A' }])).await?;
        let insert = "INSERT INTO v (j) VALUES (?)";
        let id = conn.execute(insert, (Json(&Seat { row: 1, letter: 'B' }),)).await?.last_insert_id();
        let letter: String = conn.query_scalar("SELECT JSON_VALUE(j, '$.letter') FROM v WHERE id = ?", (id,)).await?;
        assert_eq!(letter, "B");
        Ok(())
    }

    async fn uuids(conn: &mut Connection) -> Result<()> {
        let uuid = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);
        check(conn, "b", uuid).await?;
        check::<Hyphenated>(conn, "c", uuid.hyphenated()).await
    }

    async fn text_and_bytes(conn: &mut Connection) -> Result<()> {
        check::<Box<str>>(conn, "s", "één".into()).await?;
        check::<Box<[u8]>>(conn, "x", [0, 255].into()).await?;
        check(conn, "x", vec![0u8]).await?;
        conn.execute("INSERT INTO v (s, x) VALUES (?, ?)", (Cow::Borrowed("borrowed"), b"\x00bytes")).await?;
        let row = conn.query_one("SELECT s, x FROM v ORDER BY id DESC LIMIT 1", ()).await?;
        assert!(matches!(row.get::<Cow<'_, str>>("s")?, Cow::Borrowed("borrowed")));
        assert!(matches!(row.get::<Cow<'_, [u8]>>("x")?, Cow::Borrowed(b"\x00bytes")));
        Ok(())
    }

    async fn unsupported_values_are_not_sent(conn: &mut Connection) -> Result<()> {
        let before_christ = NaiveDate::from_ymd_opt(-43, 3, 15).expect("a date");
        let too_long = TimeDelta::hours(839);
        for value in [Value::from(before_christ), too_long.into(), time::Duration::days(1_000_000).into()] {
            let error = conn.execute("SELECT ?", (value,)).await.expect_err("the value is outside of MySQL's range");
            assert_eq!(error.kind(), &ErrorKind::Argument, "{error}");
        }
        let no_key = std::collections::HashMap::from([(vec![1], 1)]);
        let error = conn.execute("SELECT ?", (Json(no_key),)).await.expect_err("JSON has no such keys");
        assert_eq!(error.kind(), &ErrorKind::ValueUnsupported, "{error}");
        Ok(())
    }

    async fn unsupported_values_are_not_read(conn: &mut Connection) -> Result<()> {
        let row = conn
            .query_one(
                "SELECT CAST('0000-00-00' AS DATE) AS zero, CAST('-01:00:00' AS TIME) AS back, '[1' AS json,
                    'no-uuid' AS uuid, CAST(REPEAT('9', 40) AS DECIMAL(65)) AS digits, 1.5 AS half",
                (),
            )
            .await?;
        let message = |error: wasmysql::Error| error.message().to_owned();
        let other = message(row.get::<DateTime<Utc>>("back").expect_err("a TIME"));
        assert!(
            other.contains("can't be read as DateTime<Utc>; it can be read as Time, Duration, chrono::"),
            "{other}"
        );
        let back = message(row.get::<NaiveTime>("back").expect_err("not a time of day"));
        assert_eq!(back, "column `back` (TIME) holds -01:00:00, which NaiveTime can't hold");
        assert_eq!(row.get::<Duration>("back").expect_err("negative").kind(), &ErrorKind::Decode);
        assert!(message(row.get::<Json<Vec<u8>>>("json").expect_err("truncated JSON")).contains("EOF while parsing"));
        assert!(
            message(row.get::<Uuid>("uuid").expect_err("not a UUID"))
                .starts_with("column `uuid` (VARCHAR) can't be read")
        );
        assert!(message(row.get::<Decimal>("digits").expect_err("40 digits")).contains("holds 9999999999"));
        assert!(message(row.get::<u8>("half").expect_err("a fraction")).ends_with("holds 1.5, which u8 can't hold"));
        if let Ok(Some(zero)) = row.get::<Option<wasmysql::Date>>("zero") {
            assert_eq!(zero.to_string(), "0000-00-00");
            let zero = message(row.get::<NaiveDate>("zero").expect_err("a zero date"));
            assert_eq!(zero, "column `zero` (DATE) holds 0000-00-00, which NaiveDate can't hold");
        }
        let _: NaiveDateTime = conn.query_scalar("SELECT NOW()", ()).await?;
        Ok(())
    }
}
