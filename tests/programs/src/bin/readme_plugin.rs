use wasmysql::{Engine, Result, in_list};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    conn.execute("CREATE TABLE visits (id INT AUTO_INCREMENT PRIMARY KEY, who VARCHAR(40))", ()).await?;
    conn.insert_many("visits", &["who"], [("Ada",), ("Grace",)]).await?;
    let mut rows = conn.query("SELECT id, who FROM visits WHERE id IN (?)", (in_list(&[1, 2]),)).await?;
    while let Some(row) = rows.next().await? {
        println!("{}: {}", row.get::<i64>("id")?, row.get::<&str>("who")?);
    }
    Ok(())
}
