//! A program for Spin's MySQL interface, written with the SDK.

use wasmysql::{Engine, FromRow, Result, ServerClass};

#[derive(FromRow)]
struct Pet {
    id: u32,
    name: String,
    is_finicky: bool,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    // let db = Connection::open("mysql://app:secret@db.example/shop").await?;
    let mut conn = Engine::connect("main").await?.acquire().await?;

    // db.execute("CREATE TABLE ...", &[]).await?;
    conn.execute(
        "CREATE TABLE pets (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE,
            is_finicky BOOLEAN NOT NULL, price DECIMAL(10, 2))",
        (),
    )
    .await?;

    // let params = [ParameterValue::Str("Splodge".to_owned()), ParameterValue::Boolean(true)];
    // db.execute("INSERT INTO pets (name, is_finicky) VALUES (?, ?)", &params).await?;
    let insert = "INSERT INTO pets (name, is_finicky) VALUES (?, ?)";
    let inserted = conn.execute(insert, ("Splodge", true)).await?;
    println!("{} row, id {}", inserted.rows_affected(), inserted.last_insert_id());

    // let params = [ParameterValue::Int32(0)];
    // let mut result = db.query("SELECT * FROM pets WHERE id > ?", &params).await?;
    // while let Some(row) = result.next().await { let name = row.get::<String>("name").unwrap(); }
    // result.result().await?;
    let mut rows = conn.query("SELECT * FROM pets WHERE id > ?", (0,)).await?;
    while let Some(row) = rows.next().await? {
        println!("{} costs {:?}", row.get::<&str>("name")?, row.get::<Option<&str>>("price")?);
    }

    // The same rows as structs.
    for Pet { id, name, is_finicky } in conn.query_all_as("SELECT id, name, is_finicky FROM pets", ()).await? {
        println!("{id}: {name}, finicky: {is_finicky}");
    }

    // Err(query-failed(text)), where the text contains the code.
    match conn.execute(insert, ("Splodge", false)).await {
        Err(error) if error.server_class() == Some(ServerClass::Constraint) => {
            println!("a second Splodge: {:?}", error.code());
        }
        other => println!("unexpected: {other:?}"),
    }

    // The interface of Spin has no transactions.
    let mut tx = conn.begin().await?;
    tx.execute("UPDATE pets SET price = ? WHERE name = ?", ("19.90", "Splodge")).await?;
    tx.commit().await?;
    let price: String = conn.query_scalar("SELECT price FROM pets", ()).await?;
    println!("now {price}");
    Ok(())
}
