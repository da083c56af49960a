//! Rows as structs, tuples, single values, borrowed values and columns.

use wasmysql::{Engine, FromRow, Result};

/// Each field is read from the column of its name. Text is copied out of the batch.
#[derive(FromRow)]
struct Airport {
    faa: String,
    #[row(rename = "name")]
    full_name: String,
    /// NULL if the elevation is unknown.
    feet: Option<i32>,
}

/// The text is borrowed from the batch, without a copy.
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

    // All rows.
    for Airport { faa, full_name, feet } in conn.query_all_as("SELECT * FROM airports ORDER BY faa", ()).await? {
        println!("{faa} {full_name}: {}", feet.map_or("?".to_owned(), |feet| format!("{feet} feet")));
    }

    // Exactly one row, as a tuple.
    let (lowest, feet): (String, i32) =
        conn.query_one_as("SELECT faa, feet FROM airports WHERE feet IS NOT NULL ORDER BY feet LIMIT 1", ()).await?;
    println!("the lowest is {lowest}, at {feet} feet");

    // At most one row: a missing key is not an error.
    let none: Option<Airport> = conn.query_optional_as("SELECT * FROM airports WHERE faa = ?", ("SFO",)).await?;
    println!("SFO is {}", if none.is_some() { "known" } else { "not known" });

    // A single value, and all values of a column.
    let count: u64 = conn.query_scalar("SELECT COUNT(*) FROM airports", ()).await?;
    let codes: Vec<String> = conn.query_all_as("SELECT faa FROM airports ORDER BY faa", ()).await?;
    println!("{count} airports: {}", codes.join(", "));

    // Rows on demand. The result can have any size: only one batch is in memory.
    let mut rows = conn.query("SELECT faa, name, feet FROM airports ORDER BY faa", ()).await?;
    while let Some(row) = rows.next().await? {
        println!("{} has {} letters", row.get::<&str>("faa")?, row.get::<&str>("name")?.len());
    }

    // Batches: structs that borrow, and columns as slices.
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
