//! A result describes its columns, with and without rows.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Column, ColumnFlags, Engine, ErrorKind, Result};

    const BYTES: u16 = 63;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute(
            "CREATE TABLE described (
            id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
            code BIGINT ZEROFILL UNIQUE,
            name VARCHAR(10) NOT NULL,
            price DECIMAL(10,3),
            kind ENUM('a', 'b'),
            tags SET('a', 'b'),
            data VARBINARY(7),
            at TIME(4),
            KEY (name)
        )",
            (),
        )
        .await?;
        let sql = "SELECT id, code, d.name AS label, price, kind, tags, data, at, id + 1, id FROM described AS d";
        check(conn.query(sql, ()).await?.columns());
        conn.execute("INSERT INTO described (code, name) VALUES (1, 'x')", ()).await?;
        check(conn.query(sql, ()).await?.columns());

        let row = conn.query_one(sql, ()).await?;
        assert_eq!(row.get::<u64>("code")?, 1);
        let error = row.get::<u64>("id").expect_err("two columns have this name");
        assert_eq!(error.kind(), &ErrorKind::InvalidRequest, "{error}");
        assert_eq!((row.get::<u64>(0)?, row.get::<u64>(9)?), (1, 1));
        Ok(())
    }

    fn check(columns: &[Column]) {
        let has = |at: usize, flags| columns[at].column_flags.contains(flags);
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "code", "label", "price", "kind", "tags", "data", "at", "id + 1", "id"]);
        let tables: Vec<_> = columns.iter().map(|column| column.table.as_str()).collect();
        assert_eq!(tables, ["d", "d", "d", "d", "d", "d", "d", "d", "", "d"]);
        let types: Vec<_> = columns.iter().map(Column::type_name).collect();
        let (int, bigint) = ("INT UNSIGNED", "BIGINT UNSIGNED");
        assert_eq!(types, [int, bigint, "VARCHAR", "DECIMAL", "ENUM", "SET", "VARBINARY", "TIME", bigint, int]);
        let codes: Vec<_> = columns.iter().map(|column| column.type_code).collect();
        assert_eq!(codes, [3, 8, 253, 246, 254, 254, 253, 11, 8, 3]);

        use ColumnFlags as Flag;
        assert!(has(0, Flag::NOT_NULL | Flag::PRIMARY_KEY | Flag::UNSIGNED | Flag::AUTO_INCREMENT));
        assert!(has(1, Flag::ZEROFILL | Flag::UNIQUE_KEY) && !has(1, Flag::NOT_NULL));
        assert!(has(2, Flag::NOT_NULL | Flag::MULTIPLE_KEY) && !has(2, Flag::PRIMARY_KEY));
        assert!(has(4, Flag::ENUMERATION) && has(5, Flag::SET));
        assert_eq!((columns[2].charset == BYTES, columns[6].charset), (false, BYTES));
        assert_eq!((columns[2].length, columns[6].length), (4 * 10, 7), "in bytes");
        assert_eq!((columns[3].decimals, columns[7].decimals), (3, 4));
    }
}
