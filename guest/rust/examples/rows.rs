//! Rows as structs, as tuples, as single values, borrowed, and column by column.

use wasmysql::{Engine, FromRow, Result};

/// Its fields are columns of these names. Text is copied out of the batch that it came in.
#[derive(FromRow)]
struct Airport {
    faa: String,
    #[row(rename = "name")]
    called: String,
    /// NULL where nobody wrote it down.
    feet: Option<i32>,
}

/// The same without copying: the text stays in the batch.
#[derive(FromRow)]
struct Name<'r> {
    faa: &'r str,
    name: &'r str,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    conn.execute("CREATE TABLE airports (faa CHAR(3) PRIMARY KEY, name VARCHAR(60) NOT NULL, feet INT)", ()).await?;
    let airports = [("JFK", "John F. Kennedy", Some(13)), ("LGA", "La Guardia", Some(22)), ("EWR", "Newark", None)];
    conn.insert_many("airports", &["faa", "name", "feet"], airports).await?;

    // All of them at once.
    for Airport { faa, called, feet } in conn.query_all_as("SELECT * FROM airports ORDER BY faa", ()).await? {
        println!("{faa} {called}: {}", feet.map_or("?".to_owned(), |feet| format!("{feet} feet")));
    }

    // Exactly one, and as a tuple.
    let (lowest, feet): (String, i32) =
        conn.query_one_as("SELECT faa, feet FROM airports WHERE feet IS NOT NULL ORDER BY feet LIMIT 1", ()).await?;
    println!("the lowest is {lowest}, at {feet} feet");

    // One or none: a key that is not there is no error.
    let none: Option<Airport> = conn.query_optional_as("SELECT * FROM airports WHERE faa = ?", ("SFO",)).await?;
    println!("SFO is {}", if none.is_some() { "known" } else { "not known" });

    // A single value, and a column of them.
    let count: u64 = conn.query_scalar("SELECT COUNT(*) FROM airports", ()).await?;
    let codes: Vec<String> = conn.query_all_as("SELECT faa FROM airports ORDER BY faa", ()).await?;
    println!("{count} airports: {}", codes.join(", "));

    // As they are read. The result may be of any size: one batch is held.
    let mut rows = conn.query("SELECT faa, name, feet FROM airports ORDER BY faa", ()).await?;
    while let Some(row) = rows.next().await? {
        println!("{} has {} letters", row.get::<&str>("faa")?, row.get::<&str>("name")?.len());
    }

    // Batch by batch: structs that borrow, and columns as slices.
    let mut rows = conn.query("SELECT faa, name, feet FROM airports WHERE feet IS NOT NULL ORDER BY faa", ()).await?;
    while let Some(batch) = rows.next_batch().await? {
        let names: Result<Vec<_>> = batch.read::<Name<'_>>()?.collect();
        let longest = names?.into_iter().max_by_key(|name| name.name.len());
        println!("the longest name: {}", longest.map_or("none", |Name { faa, .. }| faa));
        let feet = batch.column(2).and_then(|column| column.as_i64()).unwrap_or_default();
        println!("{} feet in all", feet.iter().sum::<i64>());
    }
    Ok(())
}
