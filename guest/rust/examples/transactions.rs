//! Transactions: by hand, as a function that is repeated after a deadlock, and with savepoints.

use wasmysql::{Connection, Engine, Error, IsolationLevel, Result, RetryOptions, TransactionOptions};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    engine.execute("CREATE TABLE accounts (name VARCHAR(20) PRIMARY KEY, balance INT UNSIGNED NOT NULL)", ()).await?;
    let mut conn = engine.acquire().await?;
    conn.insert_many("accounts", &["name", "balance"], [("ada", 100), ("grace", 0)]).await?;

    // By hand. A function that takes a connection runs within it.
    let mut tx = conn.begin().await?;
    transfer(&mut tx, "ada", "grace", 30).await?;
    tx.commit().await?;
    show(&mut conn, "committed").await?;

    // What is not committed is rolled back when it goes out of scope.
    {
        let mut tx = conn.begin().await?;
        transfer(&mut tx, "ada", "grace", 30).await?;
    }
    show(&mut conn, "dropped").await?;

    // As a function: committed if it succeeds, rolled back if it fails, repeated if it loses to a deadlock.
    engine.transaction(async |tx| transfer(tx, "grace", "ada", 5).await).await?;
    let failed = engine.transaction(async |tx| transfer(tx, "grace", "ada", 500).await).await;
    println!("500: {}", failed.is_err_and(|error| error.code() == Some(1690)));
    show(&mut conn, "as a function").await?;

    // An error of your own rolls back too.
    let refused = engine
        .transaction(async |tx| {
            transfer(tx, "ada", "grace", 70).await?;
            match tx.query_scalar("SELECT balance FROM accounts WHERE name = 'ada'", ()).await? {
                balance @ 0..10 => Err(Refused::TooPoor { balance }),
                _ => Ok(()),
            }
        })
        .await;
    println!("refused: {refused:?}");

    // A savepoint is rolled back by itself.
    let mut tx = conn.begin().await?;
    transfer(&mut tx, "ada", "grace", 10).await?;
    let mut attempt = tx.begin_nested().await?;
    match transfer(&mut attempt, "ada", "grace", 1_000).await {
        Ok(()) => attempt.commit().await?,
        Err(_) => attempt.rollback().await?,
    }
    tx.commit().await?;
    show(&mut conn, "with a savepoint").await?;

    // With options, for this transaction only.
    let strict = TransactionOptions::new().isolation(IsolationLevel::Serializable).read_only(true);
    let options = RetryOptions::new().attempts(3).transaction(strict);
    let sum: u64 = engine
        .transaction_with(options, async |tx| tx.query_scalar("SELECT SUM(balance) FROM accounts", ()).await)
        .await?;
    println!("{sum} in all");
    Ok(())
}

async fn transfer(conn: &mut Connection, from: &str, to: &str, amount: u32) -> Result<()> {
    conn.execute("UPDATE accounts SET balance = balance + ? WHERE name = ?", (amount, to)).await?;
    conn.execute("UPDATE accounts SET balance = balance - ? WHERE name = ?", (amount, from)).await?;
    Ok(())
}

async fn show(conn: &mut Connection, when: &str) -> Result<()> {
    let balances: Vec<(String, u32)> = conn.query_all_as("SELECT * FROM accounts ORDER BY name", ()).await?;
    println!("{when}: {balances:?}");
    Ok(())
}

#[derive(Debug)]
#[expect(dead_code, reason = "it is only shown")]
enum Refused {
    TooPoor { balance: u32 },
    Database(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}
