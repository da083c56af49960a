//! Types of chrono, rust_decimal, serde and uuid as parameters and as fields.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasmysql::{Engine, FromRow, Json, Params, Result};

#[derive(Debug, FromRow, Params)]
struct Booking {
    id: Uuid,
    day: NaiveDate,
    /// A TIMESTAMP is in UTC.
    booked: DateTime<Utc>,
    /// A TIME is a duration, and can be negative.
    connection: TimeDelta,
    price: Decimal,
    seats: Json<Vec<Seat>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Seat {
    row: u8,
    letter: char,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    conn.execute(
        "CREATE TABLE bookings (id BINARY(16) PRIMARY KEY, day DATE, booked TIMESTAMP NULL, connection TIME(3),
            price DECIMAL(20, 2), seats JSON)",
        (),
    )
    .await?;

    let booking = Booking {
        id: Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef),
        day: NaiveDate::from_ymd_opt(2013, 1, 31).unwrap_or_default(),
        booked: DateTime::from_timestamp(1_356_998_400, 0).unwrap_or_default(),
        connection: TimeDelta::milliseconds(5_400_500),
        price: Decimal::new(123_456_789_012_345_678, 2),
        seats: Json(vec![Seat { row: 12, letter: 'A' }, Seat { row: 12, letter: 'B' }]),
    };
    conn.insert_many("bookings", &["id", "day", "booked", "connection", "price", "seats"], [booking]).await?;

    let Booking { id, day, booked, connection, price, seats } = conn.query_one_as("SELECT * FROM bookings", ()).await?;
    println!("{id} for {day}, booked {booked}");
    println!("{price}, {} ms to change", connection.num_milliseconds());
    for Seat { row, letter } in seats.0 {
        println!("seat {row}{letter}");
    }
    Ok(())
}
