use wasmysql::blocking::{Engine, Result};

#[wasmysql::main]
fn main() -> Result<()> {
    let mut conn = Engine::connect("main")?.acquire()?;
    conn.execute("CREATE TABLE accounts (id INT PRIMARY KEY, balance INT UNSIGNED)", ())?;
    let insert = conn.prepare("INSERT INTO accounts VALUES (?, ?)")?;
    conn.execute_many(&insert, [(1, 100), (2, 0)])?;

    let mut tx = conn.begin()?;
    tx.execute("UPDATE accounts SET balance = balance + 30 WHERE id = ?", (2,))?;
    let mut attempt = tx.begin_nested()?; // a savepoint
    if let Err(error) = attempt.execute("UPDATE accounts SET balance = balance - 130 WHERE id = ?", (1,)) {
        println!("not that much: {error}");
        attempt.rollback()?;
    }
    tx.execute("UPDATE accounts SET balance = balance - 30 WHERE id = ?", (1,))?;
    tx.commit()?;

    for row in conn.query_all("SELECT id, balance FROM accounts ORDER BY id", ())? {
        println!("{}: {}", row.get::<i32>("id")?, row.get::<u32>("balance")?);
    }
    Ok(())
}
