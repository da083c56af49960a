//! Runs each argument as a statement, and prints one line for each: its cells as text, or the
//! error.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result, Row};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        for sql in std::env::args().skip(1) {
            match run(&mut conn, &sql).await {
                Ok(printed) => println!("{printed}"),
                Err(error) => println!("{error}"),
            }
        }
        Ok(())
    }

    async fn run(conn: &mut Connection, sql: &str) -> Result<String> {
        if !["SELECT", "SHOW", "WITH", "EXPLAIN"].iter().any(|word| sql.starts_with(word)) {
            return Ok(format!("{} rows", conn.execute(sql, ()).await?.rows_affected()));
        }
        let rows: Vec<Row> = conn.query_all(sql, ()).await?;
        let mut cells = Vec::new();
        for row in &rows {
            // The first column of SHOW CREATE TABLE is the name.
            cells.push(row.get::<Option<String>>(row.len() - 1)?.unwrap_or_else(|| "NULL".to_owned()));
        }
        Ok(cells.join(" "))
    }
}
