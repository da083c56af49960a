//! An expression of the server has the value and the type of the equal parameter: the cases that
//! drivers of other projects test, among them sqlx.

#[wasmysql_macros::both_apis]
mod program {
    use std::fmt::Debug;

    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};
    use serde_json::json;
    use time::macros::{date, datetime};
    use uuid::Uuid;
    use uuid::fmt::{Hyphenated, Simple};
    use wasmysql::{Connection, Decode, Engine, Json, Result, Time, Value};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let conn = &mut conn;
        numbers(conn).await?;
        texts_and_bytes(conn).await?;
        dates_and_times(conn).await?;
        documents(conn).await?;
        bits_and_years(conn).await?;
        repeated_statements(conn).await
    }

    /// Compares at the server, and reads the expression and the parameter as `T`.
    async fn check<T>(conn: &mut Connection, expression: &str, value: T) -> Result<()>
    where
        T: Into<Value> + for<'r> Decode<'r> + Clone + PartialEq + Debug,
    {
        let sql = format!("SELECT {expression} <=> ?, {expression}, ?");
        let row = conn.query_one(sql, (value.clone(), value.clone())).await?;
        assert!(row.get::<bool>(0)?, "{expression} <=> {value:?}");
        assert_eq!(row.get::<T>(1).as_ref(), Ok(&value), "{expression}");
        assert_eq!(row.get::<T>(2).as_ref(), Ok(&value), "the parameter for {expression}");
        assert_eq!(conn.query_one(format!("SELECT {expression}"), ()).await?.get::<T>(0)?, value);
        Ok(())
    }

    async fn numbers(conn: &mut Connection) -> Result<()> {
        check(conn, "FALSE", false).await?;
        check(conn, "TRUE", true).await?;
        check(conn, "CAST(253 AS UNSIGNED)", 253u8).await?;
        check(conn, "CAST(21415 AS UNSIGNED)", 21_415u16).await?;
        check(conn, "CAST(2141512 AS UNSIGNED)", 2_141_512u32).await?;
        check(conn, "CAST(2141512 AS UNSIGNED)", 2_141_512u64).await?;
        check(conn, "18446744073709551615", u64::MAX).await?;
        check(conn, "5", 5i8).await?;
        check(conn, "-128", i8::MIN).await?;
        check(conn, "21415", 21_415i16).await?;
        check(conn, "2141512", 2_141_512i32).await?;
        check(conn, "-9223372036854775808", i64::MIN).await?;
        check(conn, "-234.5678e0", -234.5678f64).await?;
        check(conn, "4.140999794006348e0", f64::from(4.141f32)).await?;
        for (expression, number) in [
            ("CAST(0 AS DECIMAL(0, 0))", "0"),
            ("CAST(1 AS DECIMAL(1, 0))", "1"),
            ("CAST(10000 AS DECIMAL(5, 0))", "10000"),
            ("CAST(0.1 AS DECIMAL(2, 1))", "0.1"),
            ("CAST(0.01234 AS DECIMAL(6, 5))", "0.01234"),
            ("CAST(12.34 AS DECIMAL(4, 2))", "12.34"),
            ("CAST(12345.6789 AS DECIMAL(9, 4))", "12345.6789"),
        ] {
            check(conn, expression, number.parse::<Decimal>().expect("a number")).await?;
        }
        Ok(())
    }

    async fn texts_and_bytes(conn: &mut Connection) -> Result<()> {
        check(conn, "'helloworld'", "helloworld".to_owned()).await?;
        check(conn, "''", String::new()).await?;
        check(conn, "'🙋‍♀️'", "🙋‍♀️".to_owned()).await?;
        check(conn, "X'DEADBEEF'", vec![0xde_u8, 0xad, 0xbe, 0xef]).await?;
        check(conn, "X''", Vec::<u8>::new()).await?;
        check(conn, "X'0000000052'", vec![0_u8, 0, 0, 0, 0x52]).await?;
        let id = Uuid::from_u128(0xb731_678f_636f_4135_bc6f_1944_0c13_bd19);
        check(conn, "X'b731678f636f4135bc6f19440c13bd19'", id).await?;
        check(conn, "X'00000000000000000000000000000000'", Uuid::nil()).await?;
        check::<Hyphenated>(conn, "'b731678f-636f-4135-bc6f-19440c13bd19'", id.into()).await?;
        check::<Simple>(conn, "'b731678f636f4135bc6f19440c13bd19'", id.into()).await
    }

    async fn dates_and_times(conn: &mut Connection) -> Result<()> {
        let time =
            |negative, hours, minutes, seconds, microseconds| Time { negative, hours, minutes, seconds, microseconds };
        check(conn, "TIME '00:00:00'", time(false, 0, 0, 0, 0)).await?;
        check(conn, "TIME '-00:00:00.000000'", time(false, 0, 0, 0, 0)).await?;
        check(conn, "TIME '838:59:59'", time(false, 838, 59, 59, 0)).await?;
        check(conn, "TIME '-838:59:59'", time(true, 838, 59, 59, 0)).await?;
        check(conn, "TIME '123:45:56.890'", time(false, 123, 45, 56, 890_000)).await?;
        check(conn, "TIME '-123:45:56.890011'", time(true, 123, 45, 56, 890_011)).await?;
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        check(conn, "DATE '2001-01-05'", day(2001, 1, 5)).await?;
        check(conn, "DATE '2050-11-23'", day(2050, 11, 23)).await?;
        let hour = NaiveTime::from_hms_micro_opt(5, 10, 20, 115_100).expect("a time");
        check(conn, "TIME '05:10:20.115100'", hour).await?;
        let instant: NaiveDateTime = day(2019, 1, 2).and_time(hour);
        check(conn, "TIMESTAMP '2019-01-02 05:10:20.115100'", instant).await?;
        check::<DateTime<Utc>>(conn, "TIMESTAMP '2019-01-02 05:10:20.115100'", instant.and_utc()).await?;
        check(conn, "DATE '2001-01-05'", date!(2001 - 1 - 5)).await?;
        check(conn, "TIME '05:10:20.115100'", time::macros::time!(5:10:20.115100)).await?;
        check(conn, "TIMESTAMP '2019-01-02 05:10:20'", datetime!(2019-1-2 5:10:20)).await?;
        check(conn, "TIMESTAMP '2019-01-02 05:10:20.115100'", datetime!(2019-1-2 5:10:20.115100 UTC)).await?;
        for zero in ["DATE '0000-00-00'", "TIMESTAMP '0000-00-00 00:00:00'"] {
            let row = conn.query_one(format!("SELECT {zero}"), ()).await?;
            row.get::<Option<NaiveDateTime>>(0).expect_err("no date of chrono");
            assert!(row.get::<String>(0).is_err() && row.get::<Value>(0).is_ok());
        }
        Ok(())
    }

    async fn documents(conn: &mut Connection) -> Result<()> {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        struct Friend {
            name: String,
            age: u32,
            scores: Vec<i64>,
        }

        let friend = Json(Friend { name: "Joe 😎".to_owned(), age: 33, scores: vec![1, 2] });
        check(conn, r#"'{"name":"Joe 😎","age":33,"scores":[1,2]}'"#, friend.clone()).await?;
        for (expression, value) in [
            (r#"'"Hello, World"'"#, json!("Hello, World")),
            (r#"'"😎"'"#, json!("😎")),
            (r#"'["Hello","World!"]'"#, json!(["Hello", "World!"])),
        ] {
            check(conn, expression, Json(value)).await?;
        }
        conn.execute("CREATE TEMPORARY TABLE friends (id INT AUTO_INCREMENT PRIMARY KEY, friend JSON)", ()).await?;
        conn.execute("INSERT INTO friends (friend) VALUES (?)", (friend.clone(),)).await?;
        assert_eq!(conn.query_scalar::<Json<Friend>>("SELECT friend FROM friends", ()).await?, friend);
        let sql = "SELECT id FROM friends WHERE JSON_EXTRACT(friend, '$.age') = ? AND JSON_VALUE(friend, '$.name') = ?";
        assert_eq!(conn.query_scalar::<u32>(sql, (33, "Joe 😎")).await?, 1);
        let sql = "SELECT JSON_OBJECT('number', ?, 'text', ?, 'none', ?)";
        let object: Json<serde_json::Value> = conn.query_scalar(sql, (5, "5", None::<i32>)).await?;
        assert_eq!(object.0, json!({"number": 5, "text": "5", "none": null}));
        Ok(())
    }

    async fn bits_and_years(conn: &mut Connection) -> Result<()> {
        conn.execute("CREATE TEMPORARY TABLE flags (one BIT(1) NOT NULL, many BIT(64) NOT NULL, since YEAR)", ())
            .await?;
        conn.execute("INSERT INTO flags VALUES (?, ?, ?)", (1u8, 510_202u32, 2142)).await?;
        let row = conn.query_one("SELECT one, many, since FROM flags", ()).await?;
        assert_eq!((row.get::<u8>(0)?, row.get::<u64>(1)?, row.get::<u16>(2)?), (1, 510_202, 2142));
        let count = "SELECT COUNT(*) FROM flags WHERE one = ? AND many = ? AND since = ?";
        assert_eq!(conn.query_scalar::<u32>(count, (true, 510_202, 2142u16)).await?, 1);
        Ok(())
    }

    /// One text with parameters of other types and with NULL, as an application binds them.
    async fn repeated_statements(conn: &mut Connection) -> Result<()> {
        assert_eq!(conn.query_scalar::<i32>("SELECT 1 + CAST(? AS SIGNED)", (5,)).await?, 6);
        for number in 0..3u32 {
            assert_eq!(conn.query_scalar::<u32>("SELECT ? AS val", (number,)).await?, number);
        }
        assert_eq!(conn.query_scalar::<Option<i32>>("SELECT ? AS val", (None::<i32>,)).await?, None);
        assert_eq!(conn.query_scalar::<String>("SELECT ? AS val", ("text",)).await?, "text");
        assert_eq!(conn.query_scalar::<Option<i32>>("SELECT NULL", ()).await?, None);
        let row = conn.query_one("SELECT ?, ?", (50, None::<i32>)).await?;
        assert_eq!((row.get::<Option<i32>>(0)?, row.get::<Option<i32>>(1)?), (Some(50), None));
        let large = vec![0x41u8; 4_000_000];
        conn.execute("CREATE TEMPORARY TABLE packets (data LONGBLOB)", ()).await?;
        conn.execute("INSERT INTO packets VALUES (?)", (large.clone(),)).await?;
        assert!(conn.query_scalar::<Vec<u8>>("SELECT data FROM packets", ()).await? == large);
        assert!(conn.query_scalar::<Vec<u8>>("SELECT ?", (large.clone(),)).await? == large);
        Ok(())
    }
}
