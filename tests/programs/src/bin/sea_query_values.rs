//! Each sea-query value can be stored in a column of its type, found and read back, and so can its
//! NULL. A value without a MySQL type is refused before anything is sent.

#[wasmysql_macros::both_apis]
mod program {
    use chrono::{FixedOffset, Local, NaiveDate};
    use sea_query::{ArrayType, Enum, Expr, ExprTrait, OptionEnum, Query, Value};
    use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};
    use wasmysql::{Connection, Engine, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let cases = [plain(), chrono_types(), time_types(), other_crates()].concat();
        for (column, value, text) in &cases {
            round_trips(&mut conn, column, value, text)
                .await
                .unwrap_or_else(|error| panic!("{column} {value:?}: {error}"));
        }
        arrays_are_refused(&engine, &mut conn).await
    }

    /// A column type, a value for it, and the text that the server returns for the value.
    type Case = (&'static str, Value, &'static str);

    fn plain() -> Vec<Case> {
        let size = Enum { type_name: "size".into(), value: "XL".into() };
        vec![
            ("BOOLEAN", true.into(), "1"),
            ("TINYINT", i8::MIN.into(), "-128"),
            ("SMALLINT", i16::MIN.into(), "-32768"),
            ("INT", i32::MIN.into(), "-2147483648"),
            ("BIGINT", i64::MIN.into(), "-9223372036854775808"),
            ("TINYINT UNSIGNED", u8::MAX.into(), "255"),
            ("SMALLINT UNSIGNED", u16::MAX.into(), "65535"),
            ("INT UNSIGNED", u32::MAX.into(), "4294967295"),
            ("BIGINT UNSIGNED", u64::MAX.into(), "18446744073709551615"),
            ("FLOAT", 0.5f32.into(), "0.5"),
            ("DOUBLE", 0.1f64.into(), "0.1"),
            ("VARCHAR(20)", "it's één ?".into(), "it's één ?"),
            ("CHAR(1)", 'é'.into(), "é"),
            ("VARBINARY(3)", vec![0u8, 39, 92].into(), "\0'\\"),
            ("ENUM('M', 'XL')", Value::Enum(OptionEnum::Some(Box::new(size))), "XL"),
        ]
    }

    fn chrono_types() -> Vec<Case> {
        let date = NaiveDate::from_ymd_opt(2013, 1, 31).expect("a date");
        let at = date.and_hms_micro_opt(23, 59, 58, 7).expect("a time");
        let east = FixedOffset::east_opt(7200).expect("an offset");
        vec![
            ("DATE", date.into(), "2013-01-31"),
            ("TIME(6)", at.time().into(), "23:59:58.000007"),
            ("DATETIME(6)", at.into(), "2013-01-31 23:59:58.000007"),
            ("TIMESTAMP(6)", at.and_utc().into(), "2013-01-31 23:59:58.000007"),
            ("TIMESTAMP(6)", at.and_utc().with_timezone(&Local).into(), "2013-01-31 23:59:58.000007"),
            ("TIMESTAMP(6)", at.and_utc().with_timezone(&east).into(), "2013-01-31 23:59:58.000007"),
        ]
    }

    fn time_types() -> Vec<Case> {
        let date = Date::from_calendar_date(2013, Month::January, 31).expect("a date");
        let time = Time::from_hms_micro(23, 59, 58, 7).expect("a time");
        let at = PrimitiveDateTime::new(date, time);
        let east = UtcOffset::from_hms(2, 0, 0).expect("an offset");
        vec![
            ("DATE", date.into(), "2013-01-31"),
            ("TIME(6)", time.into(), "23:59:58.000007"),
            ("DATETIME(6)", at.into(), "2013-01-31 23:59:58.000007"),
            ("TIMESTAMP(6)", at.assume_utc().to_offset(east).into(), "2013-01-31 23:59:58.000007"),
        ]
    }

    fn other_crates() -> Vec<Case> {
        vec![
            ("DECIMAL(20, 4)", rust_decimal::Decimal::new(-123_456_700, 4).into(), "-12345.6700"),
            ("JSON", serde_json::json!({"seats": [12, null]}).into(), r#"{"seats": [12, null]}"#),
            ("BINARY(16)", uuid::Uuid::from_bytes(*b"sixteen ordinary").into(), "sixteen ordinary"),
        ]
    }

    async fn round_trips(conn: &mut Connection, column: &str, value: &Value, text: &str) -> Result<()> {
        conn.execute("DROP TEMPORARY TABLE IF EXISTS cases", ()).await?;
        conn.execute(format!("CREATE TEMPORARY TABLE cases (id INT PRIMARY KEY, v {column} NULL)"), ()).await?;
        let insert = Query::insert()
            .into_table("cases")
            .columns(["id", "v"])
            .values_panic([1.into(), value.clone().into()])
            .values_panic([2.into(), value.as_null().into()])
            .take();
        assert_eq!(conn.execute(&insert, ()).await?.rows_affected(), 2);

        let text_of =
            Query::select().expr(Expr::col("v").cast_as("CHAR")).from("cases").and_where(Expr::col("id").eq(1)).take();
        let found: String = conn.query_scalar(&text_of, ()).await?;
        // MariaDB returns the spaces of JSON as they were sent, MySQL its own.
        match column {
            "JSON" => assert_eq!(found.replace(' ', ""), text.replace(' ', "")),
            _ => assert_eq!(found, text, "{column}"),
        }
        let equal = Query::select().column("id").from("cases").and_where(Expr::col("v").eq(value.clone())).take();
        // On MySQL, a JSON value does not equal the text that represents it.
        if column != "JSON" {
            assert_eq!(conn.query_scalar::<i32>(&equal, ()).await?, 1, "{column} {value:?}");
        }
        let null = Query::select().column("id").from("cases").and_where(Expr::col("v").is_null()).take();
        assert_eq!(conn.query_scalar::<i32>(&null, ()).await?, 2, "{column} {value:?}");
        Ok(())
    }

    async fn arrays_are_refused(engine: &Engine, conn: &mut Connection) -> Result<()> {
        conn.execute("CREATE TEMPORARY TABLE refused (id INT)", ()).await?;
        let array = Value::Array(ArrayType::Int, Some(Box::new(vec![1.into()])));
        let insert = Query::insert()
            .into_table("refused")
            .columns(["id"])
            .values_panic([1.into()])
            .values_panic([array.into()])
            .take();
        let message = "parameter 2 is a sea_query::Value::Array, which can't be sent";
        for result in [
            conn.execute(&insert, ()).await,
            engine.execute(&insert, ()).await,
            conn.execute_many(&insert, [(1,)]).await,
        ] {
            let error = result.expect_err("MySQL has no arrays");
            assert_eq!(error.kind(), &ErrorKind::Argument);
            assert!(error.message().starts_with(message), "{error}");
        }
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM refused", ()).await?, 0);
        Ok(())
    }
}
