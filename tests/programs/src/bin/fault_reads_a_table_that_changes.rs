//! Reads a table with a prepared statement and with a statement that the host caches, before and
//! after the table changes. Prints each row with its column names.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, Row, Value};

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let prepared = conn.prepare("SELECT * FROM t").await?;
        print(&conn.query_one(&prepared, ()).await?)?;
        conn.query_one("SELECT * FROM t", ()).await?;
        engine.query_one("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        print(&conn.query_one(&prepared, ()).await?)?;
        print(&conn.query_one("SELECT * FROM t", ()).await?)
    }

    fn print(row: &Row) -> Result<()> {
        let mut cells = Vec::new();
        for (at, column) in row.columns().iter().enumerate() {
            let cell = match row.get::<Value>(at)? {
                Value::Signed(number) => number.to_string(),
                Value::Text(text) => text,
                other => panic!("{other:?}"),
            };
            cells.push(format!("{}={cell}", column.name));
        }
        println!("{}", cells.join(" "));
        Ok(())
    }
}
