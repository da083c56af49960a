use wasmysql::{Engine, FromRow, Result, named};

#[derive(FromRow)]
struct Seat {
    id: u32,
    #[row(rename = "who")]
    taken_by: Option<String>,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    engine.execute("CREATE TABLE seats (id INT UNSIGNED PRIMARY KEY, who VARCHAR(40))", ()).await?;
    let booked = engine
        .transaction(async |tx| {
            tx.insert_many("seats", &["id"], (1..=3u32).map(|id| (id,))).await?;
            tx.execute("UPDATE seats SET who = :who WHERE id = :id", named! { id: 2, who: "Ada" }).await
        })
        .await?;
    println!("{} booked", booked.rows_affected());
    for Seat { id, taken_by } in engine.query_all_as("SELECT * FROM seats ORDER BY id", ()).await? {
        println!("{id}: {}", taken_by.as_deref().unwrap_or("free"));
    }
    Ok(())
}
