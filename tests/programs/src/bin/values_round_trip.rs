//! The extreme values of every type round-trip: as parameters, as SQL literals, and as rows of
//! `insert_many`. So does NULL in a column of each type.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Date, DateTime, Engine, Result, Time, Value};
    use wasmysql_test_programs::Server;

    /// A column type, a value for it, and the same value as an SQL literal.
    type Case = (String, Value, String);

    const LONGEST: Time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut cases = [numbers(), texts(), bytes(), bits(), dates_and_times()].concat();
        cases.extend(match Server::of(&engine.info()) {
            Server::MySql => of_mysql(),
            Server::MariaDb { version } => of_mariadb(version),
        });
        for (column, value, literal) in &cases {
            check(&mut conn, column, value, literal)
                .await
                .unwrap_or_else(|error| panic!("{column} {literal}: {error}"));
        }
        println!("{} cases", cases.len());
        Ok(())
    }

    async fn check(conn: &mut Connection, column: &str, value: &Value, literal: &str) -> Result<()> {
        conn.execute("DROP TEMPORARY TABLE IF EXISTS cases", ()).await?;
        conn.execute(format!("CREATE TEMPORARY TABLE cases (id INT PRIMARY KEY, v {column} NULL)"), ()).await?;
        conn.execute("INSERT INTO cases VALUES (1, ?)", (value.clone(),)).await?;
        conn.execute(format!("INSERT INTO cases VALUES (2, {literal}), (3, NULL)"), ()).await?;
        conn.execute("INSERT INTO cases VALUES (4, ?)", (Value::Null,)).await?;
        let many = [(5, value.clone()), (6, Value::Null), (7, value.clone())];
        conn.insert_many("cases", &["id", "v"], many).await?;
        // An UPDATE runs one statement a row.
        conn.execute_many("UPDATE cases SET v = ? WHERE id = ?", [(value.clone(), 3)]).await?;

        let rows = conn.query_all("SELECT id, v FROM cases ORDER BY id", ()).await?;
        let found = rows.iter().map(|row| row.get::<Value>("v")).collect::<Result<Vec<_>>>()?;
        let null = Value::Null;
        let expected = [value, value, value, &null, value, &null, value];
        assert!(found.iter().eq(expected), "{column} {literal}: {found:?}, expected {value:?}");

        let count: u32 = conn.query_scalar("SELECT COUNT(*) FROM cases WHERE v <=> ?", (value.clone(),)).await?;
        // In SQL an approximate number, or a value that is compared with its column as text, need
        // not equal itself.
        assert!(
            count == 5 || is_loosely_compared(column),
            "{column} {literal}: found {count} of 5 rows by their value"
        );
        Ok(())
    }

    fn is_loosely_compared(column: &str) -> bool {
        ["FLOAT", "BIT", "GEOMETRY", "POINT", "JSON", "VECTOR"].iter().any(|name| column.starts_with(name))
    }

    fn numbers() -> Vec<Case> {
        let signed = |column: &str, value: i64| (column.to_owned(), Value::Signed(value), value.to_string());
        let unsigned = |column: &str, value: u64| (column.to_owned(), Value::Unsigned(value), value.to_string());
        let float = |value: f32| ("FLOAT".to_owned(), Value::Float(value), format!("{:e}", f64::from(value)));
        let double = |value: f64| ("DOUBLE".to_owned(), Value::Double(value), format!("{value:e}"));
        let decimal =
            |column: &str, value: &str| (column.to_owned(), Value::Decimal(value.to_owned()), value.to_owned());
        vec![
            signed("TINYINT", i8::MIN.into()),
            signed("TINYINT", i8::MAX.into()),
            signed("SMALLINT", i16::MIN.into()),
            signed("SMALLINT", i16::MAX.into()),
            signed("MEDIUMINT", -(1 << 23)),
            signed("MEDIUMINT", (1 << 23) - 1),
            signed("INT", i32::MIN.into()),
            signed("INT", i32::MAX.into()),
            signed("BIGINT", i64::MIN),
            signed("BIGINT", i64::MAX),
            signed("BIGINT", 0),
            signed("BOOL", 0),
            signed("BOOL", 1),
            unsigned("TINYINT UNSIGNED", u8::MAX.into()),
            unsigned("SMALLINT UNSIGNED", u16::MAX.into()),
            unsigned("MEDIUMINT UNSIGNED", (1 << 24) - 1),
            unsigned("INT UNSIGNED", u32::MAX.into()),
            unsigned("BIGINT UNSIGNED", u64::MAX),
            unsigned("BIGINT UNSIGNED", 0),
            unsigned("BIGINT ZEROFILL", 7),
            unsigned("YEAR", 1901),
            unsigned("YEAR", 2155),
            unsigned("YEAR", 0),
            float(-1.5),
            float(f32::MAX),
            float(f32::MIN_POSITIVE),
            double(0.1),
            double(f64::MIN),
            double(f64::MAX),
            double(f64::MIN_POSITIVE),
            decimal("DECIMAL(65,30)", "99999999999999999999999999999999999.999999999999999999999999999999"),
            decimal("DECIMAL(65,30)", "-0.000000000000000000000000000001"),
            decimal("DECIMAL(9,4)", "-12345.6700"),
            decimal("DECIMAL(1)", "0"),
        ]
    }

    fn texts() -> Vec<Case> {
        let text = |column: &str, value: &str| {
            let literal = format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"));
            (column.to_owned(), Value::Text(value.to_owned()), literal)
        };
        let long = "длинный текст 🦀 ".repeat(4096);
        vec![
            text("CHAR(20)", "één 🦀"),
            text("VARCHAR(20)", ""),
            text("VARCHAR(20)", "it's a \\ \"test\"\n"),
            text("VARCHAR(20)", "  spaces  "),
            text("VARCHAR(20)", "nul \0 inside"),
            text("VARCHAR(20)", "?, :name"),
            text("TINYTEXT", "🦀"),
            text("TEXT", "NULL"),
            text("MEDIUMTEXT", &long),
            text("LONGTEXT", &long),
            text("VARCHAR(20) CHARACTER SET latin1", "één ß"),
            text("CHAR(20) CHARACTER SET utf16", "één 🦀"),
            // These columns have the flag BINARY, but contain text.
            text("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "één 🦀"),
            text("TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "één 🦀"),
            text("JSON", r#"{"één": [1, null, "🦀"]}"#),
            text("ENUM('', 'oui')", ""),
            text("ENUM('yes', 'non', 'één')", "één"),
            text("SET('a', 'b', 'é')", "a,é"),
            text("SET('a', 'b')", ""),
        ]
    }

    /// Returns the types that only MySQL has.
    fn of_mysql() -> Vec<Case> {
        let text = |column: &str, value: &str| (column.to_owned(), Value::Text(value.to_owned()), format!("'{value}'"));
        vec![
            text("VARCHAR(20) COLLATE utf8mb4_0900_ai_ci", "één 🦀"),
            text("VARCHAR(20) COLLATE utf8mb4_0900_as_cs", "één 🦀"),
            text("VARCHAR(20) COLLATE utf8mb4_0900_bin", "één 🦀"),
            text("VARCHAR(20) COLLATE utf8mb4_ja_0900_as_cs_ks", "日本 🦀"),
            // The server stores JSON in a form of its own, and returns it formatted.
            text("JSON", r#"{"a": 0.5, "bb": "x"}"#),
            // A vector of single-precision numbers, as bytes.
            ("VECTOR(3)".to_owned(), vector(), "STRING_TO_VECTOR('[1, -2.5, 0.1]')".to_owned()),
            // Longitude before latitude, although the text has them the other way round.
            ("POINT SRID 4326".to_owned(), point(4326, 2.0, 1.0), "ST_GeomFromText('POINT(1 2)', 4326)".to_owned()),
            ("GEOMETRY SRID 3857".to_owned(), point(3857, 1.0, 2.0), "ST_GeomFromText('POINT(1 2)', 3857)".to_owned()),
        ]
    }

    /// Returns the types that only MariaDB has, in this version.
    fn of_mariadb(version: (u32, u32)) -> Vec<Case> {
        let text = |column: &str, value: &str| (column.to_owned(), Value::Text(value.to_owned()), format!("'{value}'"));
        let mut cases = vec![
            // The server reports these types as binary strings with a text character set.
            text("UUID", "123e4567-e89b-12d3-a456-426655440000"),
            text("INET6", "2001:db8::ff00:42:8329"),
            text("INET6", "::"),
            text("INET4", "192.0.2.33"),
            // MariaDB stores JSON as the text that it was given.
            text("JSON", r#"{"bb": "x",  "a":0.5}"#),
            text("VARCHAR(20) COLLATE utf8mb4_uca1400_ai_ci", "één 🦀"),
            text("VARCHAR(20) COMPRESSED", "één 🦀"),
            // The longest TIME, which has no fraction on MySQL.
            ("TIME(6)".to_owned(), Value::Time(LONGEST), format!("'{LONGEST}'")),
            (
                "POINT REF_SYSTEM_ID=4326".to_owned(),
                point(4326, 1.0, 2.0),
                "ST_GeomFromText('POINT(1 2)', 4326)".to_owned(),
            ),
        ];
        if version >= (11, 7) {
            cases.push(("VECTOR(3)".to_owned(), vector(), "VEC_FromText('[1, -2.5, 0.1]')".to_owned()));
        }
        cases
    }

    fn vector() -> Value {
        Value::Bytes([1.0f32, -2.5, 0.1].into_iter().flat_map(f32::to_le_bytes).collect())
    }

    /// The spatial reference system, then the well-known binary of a point.
    fn point(system: u32, x: f64, y: f64) -> Value {
        Value::Bytes([&system.to_le_bytes()[..], &[1, 1, 0, 0, 0], &x.to_le_bytes(), &y.to_le_bytes()].concat())
    }

    fn bytes() -> Vec<Case> {
        let literal =
            |value: &[u8]| format!("X'{}'", value.iter().map(|byte| format!("{byte:02X}")).collect::<String>());
        let bytes = |column: &str, value: &[u8]| (column.to_owned(), Value::Bytes(value.to_owned()), literal(value));
        let all: Vec<u8> = (0..=255).collect();
        vec![
            bytes("BINARY(4)", &[0xff, 0, 0x80, 0]),
            bytes("VARBINARY(256)", &all),
            bytes("VARBINARY(256)", &[]),
            bytes("TINYBLOB", &[0xc3]),
            bytes("BLOB", &all.repeat(200)),
            bytes("MEDIUMBLOB", &all.repeat(2000)),
            bytes("LONGBLOB", b"text"),
            ("GEOMETRY".to_owned(), point(0, 1.0, -2.0), "ST_GeomFromText('POINT(1 -2)')".to_owned()),
            ("POINT".to_owned(), point(0, 1.0, -2.0), "ST_GeomFromText('POINT(1 -2)')".to_owned()),
        ]
    }

    /// BIT columns of every width with no bit, the highest bit and all bits set. Values use the
    /// minimum number of bytes, big-endian.
    fn bits() -> Vec<Case> {
        let case = |width: u32, bits: u64| {
            let bytes = bits.to_be_bytes()[8 - width.div_ceil(8) as usize..].to_vec();
            (format!("BIT({width})"), Value::Bytes(bytes), format!("b'{bits:b}'"))
        };
        (1..=64)
            .flat_map(|width| [0, 1 << (width - 1), u64::MAX >> (64 - width)].map(|bits| case(width, bits)))
            .collect()
    }

    fn dates_and_times() -> Vec<Case> {
        let date = |year, month, day| {
            let date = Date { year, month, day };
            ("DATE".to_owned(), Value::Date(date), format!("'{date}'"))
        };
        let time = |column: &str, negative, hours, minutes, seconds, microseconds| {
            let time = Time { negative, hours, minutes, seconds, microseconds };
            (column.to_owned(), Value::Time(time), format!("'{time}'"))
        };
        let datetime = |column: &str, (year, month, day), (hour, minute, second, microsecond)| {
            let datetime = DateTime { year, month, day, hour, minute, second, microsecond };
            (column.to_owned(), Value::Datetime(datetime), format!("'{datetime}'"))
        };
        vec![
            date(0, 0, 0),
            date(2024, 2, 0),
            date(2024, 0, 0),
            date(2024, 2, 29),
            date(1, 1, 1),
            date(9999, 12, 31),
            time("TIME(6)", true, 838, 59, 59, 0),
            time("TIME(6)", false, 837, 59, 59, 999_999),
            time("TIME(6)", true, 0, 0, 0, 1),
            time("TIME(6)", false, 24, 0, 0, 0),
            time("TIME", false, 0, 0, 0, 0),
            time("TIME", true, 25, 1, 2, 0),
            datetime("DATETIME(6)", (0, 0, 0), (0, 0, 0, 0)),
            datetime("DATETIME(6)", (2024, 2, 0), (23, 59, 59, 1)),
            datetime("DATETIME(6)", (9999, 12, 31), (23, 59, 59, 999_999)),
            datetime("DATETIME(3)", (2024, 2, 29), (0, 0, 0, 123_000)),
            datetime("DATETIME", (2024, 2, 29), (1, 2, 3, 0)),
            // Sessions use UTC, so a TIMESTAMP round-trips also in hours that daylight saving time
            // skips or repeats.
            datetime("TIMESTAMP(6)", (1970, 1, 1), (0, 0, 1, 0)),
            datetime("TIMESTAMP(6)", (2038, 1, 19), (3, 14, 7, 999_999)),
            datetime("TIMESTAMP", (2024, 3, 31), (2, 30, 0, 0)),
            datetime("TIMESTAMP", (0, 0, 0), (0, 0, 0, 0)),
        ]
    }
}
