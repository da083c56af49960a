//! A comparison with a typed parameter uses an index, as one with a literal does.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Date, Engine, Result, Value};
    use wasmysql_test_programs::{Server, series};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        // By default, MySQL describes the plan in a text.
        let explain =
            if Server::of(&engine.info()) == Server::MySql { "EXPLAIN FORMAT = TRADITIONAL" } else { "EXPLAIN" };
        conn.execute(
            "CREATE TABLE indexed (id INT PRIMARY KEY, d DATE, n DECIMAL(20,2), b VARBINARY(20), KEY (d), KEY (n), KEY (b))",
            (),
        )
        .await?;
        let rows = "SELECT seq, '2000-01-01' + INTERVAL seq DAY, seq / 100, CAST(seq AS CHAR)";
        conn.execute(format!("INSERT INTO indexed {rows} FROM {} AS series", series(5000)), ()).await?;
        for (column, value) in [
            ("d", Value::Date(Date { year: 2001, month: 1, day: 1 })),
            ("n", Value::Decimal("12.5".to_owned())),
            ("b", Value::Bytes(b"77".to_vec())),
        ] {
            let explained = conn
                .query_one(format!("{explain} SELECT id FROM indexed WHERE {column} = ?"), (value.clone(),))
                .await?;
            assert_eq!(explained.get::<Option<&str>>("key")?, Some(column), "{value:?}");
            assert_eq!(explained.get::<Option<&str>>("type")?, Some("ref"), "{value:?}");
        }
        Ok(())
    }
}
