//! Transactions: explicit, as a closure that is repeated after a deadlock, and with savepoints.

use wasmysql::{Connection, Engine, Error, IsolationLevel, Result, RetryOptions, TransactionOptions};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    engine.execute("CREATE TABLE accounts (name VARCHAR(20) PRIMARY KEY, balance INT UNSIGNED NOT NULL)", ()).await?;
    let mut conn = engine.acquire().await?;
    conn.insert_many("accounts", &["name", "balance"], [("ada", 100), ("grace", 0)]).await?;

    // An explicit transaction. Functions that take a connection also accept a transaction.
    let mut tx = conn.begin().await?;
    transfer(&mut tx, "ada", "grace", 30).await?;
    tx.commit().await?;
    show(&mut conn, "committed").await?;

    // A transaction that goes out of scope without a commit is rolled back.
    {
        let mut tx = conn.begin().await?;
        transfer(&mut tx, "ada", "grace", 30).await?;
    }
    show(&mut conn, "dropped").await?;

    // A closure: the transaction is committed on success, rolled back on an error, and repeated
    // after a deadlock.
    engine.transaction(async |tx| transfer(tx, "grace", "ada", 5).await).await?;
    let failed = engine.transaction(async |tx| transfer(tx, "grace", "ada", 500).await).await;
    println!("500: {}", failed.is_err_and(|error| error.code() == Some(1690)));
    show(&mut conn, "as a function").await?;

    // A custom error rolls back too.
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

    // A savepoint can be rolled back separately.
    let mut tx = conn.begin().await?;
    transfer(&mut tx, "ada", "grace", 10).await?;
    let mut savepoint = tx.begin_nested().await?;
    match transfer(&mut savepoint, "ada", "grace", 1_000).await {
        Ok(()) => savepoint.commit().await?,
        Err(_) => savepoint.rollback().await?,
    }
    tx.commit().await?;
    show(&mut conn, "with a savepoint").await?;

    // Options apply to this transaction only.
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
#[expect(dead_code, reason = "the value is only printed")]
enum Refused {
    TooPoor { balance: u32 },
    Database(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}
