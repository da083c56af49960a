//! Bulk inserts from an iterator, and named parameters.

use wasmysql::{Engine, Params, Result, named};

/// Each field is a parameter of its name.
#[derive(Params)]
struct Measurement {
    station: &'static str,
    hour: u32,
    celsius: Option<f64>,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    conn.execute(
        "CREATE TABLE measurements (station CHAR(3), hour INT UNSIGNED, celsius DOUBLE, PRIMARY KEY (station, hour))",
        (),
    )
    .await?;

    // The rows are sent as few large statements, and are never all in memory. The transaction
    // makes the insert atomic.
    let measurements = (0..50_000).map(|hour| Measurement {
        station: if hour % 2 == 0 { "JFK" } else { "LGA" },
        hour,
        celsius: (hour % 10 != 0).then(|| f64::from(hour % 40) - 10.0),
    });
    let mut tx = conn.begin().await?;
    let done = tx.insert_many("measurements", &["station", "hour", "celsius"], measurements).await?;
    tx.commit().await?;
    println!("{} rows inserted", done.rows_affected());

    // Any statement can be executed for many rows, also one that updates existing rows.
    let sql = "INSERT INTO measurements VALUES (:station, :hour, :celsius)
        ON DUPLICATE KEY UPDATE celsius = VALUES(celsius)";
    let corrections = [(0, -3.5), (10, 1.5)].map(|(hour, celsius)| named! { station: "JFK", hour, celsius });
    conn.execute_many(sql, corrections).await?;

    let by_station = "SELECT station, COUNT(*), COUNT(*) - COUNT(celsius) FROM measurements GROUP BY station";
    for (station, count, missing) in conn.query_all_as::<(String, u32, u32)>(by_station, ()).await? {
        println!("{station}: {count}, {missing} missing");
    }

    // A named parameter can be used several times.
    let sql = "SELECT COUNT(*) FROM measurements WHERE celsius BETWEEN -:limit AND :limit AND station = :station";
    let mild: u32 = conn.query_scalar(sql, named! { limit: 5, station: "LGA" }).await?;
    println!("{mild} of LGA are mild");
    Ok(())
}
