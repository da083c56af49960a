//! Errors: a kind for programs, a message for people, and retry advice.

use wasmysql::{Engine, ErrorKind, Result, ServerClass};

#[wasmysql::main]
async fn main() -> Result<()> {
    // A database that this plugin is not granted.
    if let Err(error) = Engine::connect("other").await {
        println!("{:?}: {}", error.kind(), error.message());
    }

    let mut conn = Engine::connect("main").await?.acquire().await?;
    conn.execute("CREATE TABLE people (name VARCHAR(10) PRIMARY KEY, age TINYINT UNSIGNED)", ()).await?;
    let insert = "INSERT INTO people VALUES (?, ?)";
    conn.execute(insert, ("Ada", 36)).await?;

    for (name, age) in [("Grace", 85), ("Ada", 36), ("Hypatia of Alexandria", 60), ("Methuselah", 969)] {
        let Err(error) = conn.execute(insert, (name, age)).await else {
            println!("{name} is new");
            continue;
        };
        match error.server_class() {
            Some(ServerClass::Constraint) => println!("{name} is known already ({})", error.code().unwrap_or_default()),
            Some(ServerClass::Data) => println!("{name} does not fit: {}", error.message()),
            _ => return Err(error),
        }
    }

    // A wrong number of parameters is an error before the statement is executed.
    let error = conn.execute(insert, ("Ada",)).await.err();
    println!("{}", error.map_or_else(String::new, |error| error.to_string()));

    let row = conn.query_one("SELECT 300 AS many, NULL AS nothing", ()).await?;
    for error in [row.get::<u8>("many").err(), row.get::<u8>("nothing").err(), row.get::<u8>("much").err()] {
        println!("{}", error.map_or_else(String::new, |error| error.to_string()));
    }
    let missing = conn.query_one("SELECT * FROM people WHERE name = 'Nobody'", ()).await;
    println!("{}", missing.is_err_and(|error| error.kind() == &ErrorKind::NoResultFound));
    Ok(())
}
