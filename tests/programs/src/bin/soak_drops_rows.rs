//! Runs changing statements that return rows, and drops the rows; adds decimals; nests thousands of
//! transactions.
//!
//! Prints the outcome of each number for the ledger: `committed` if its rows must exist, `failed`
//! if they must not, `unknown` otherwise. The arguments are a seed, the first number, and the
//! number of steps.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::{Connection, Decimal, Engine, Error, ErrorKind, Result};
    use wasmysql_test_programs::{GRANTED, PLAIN, Server, series};

    pub(super) async fn main() -> Result<()> {
        let arguments: Vec<u64> =
            std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
        let [seed, first, steps, ..] = arguments[..] else { panic!("expected three numbers") };
        for number in first..first + steps {
            let done = step(seed.wrapping_add(number), number).await;
            println!("{}", done.map_or_else(|error| format!("error {}", name(&error)), |()| "done".to_owned()));
        }
        Ok(())
    }

    async fn step(choice: u64, number: u64) -> Result<()> {
        if choice.is_multiple_of(5) {
            return nest_transactions().await;
        }
        let engine = Engine::connect("main").await?;
        let has_returning = Server::of(&engine.info()) != Server::MySql;
        let mut conn = engine.acquire().await?;
        let insert = format!("INSERT INTO ledger SELECT ?, seq - 1, 500 FROM {} AS series", series(500));
        match choice % 5 {
            1 if has_returning => {
                let insert = format!("{insert} RETURNING n, REPEAT('x', 4000)");
                report(number, "committed", first_row_of(&mut conn, &insert, number).await)
            }
            2 if has_returning => {
                if let Err(error) = conn.execute(insert, (number,)).await {
                    return report(number, "committed", Err(error));
                }
                let delete = "DELETE FROM ledger WHERE tx = ? RETURNING n, REPEAT('x', 4000)";
                report(number, "failed", first_row_of(&mut conn, delete, number).await)
            }
            4 => add_a_cent(&mut conn, number).await,
            _ => report(number, "committed", first_row_of(&mut conn, "CALL inserts_last(?)", number).await),
        }
    }

    /// Reads one row and drops the rest. If the next call succeeds, the statement has taken effect.
    async fn first_row_of(conn: &mut Connection, sql: &str, number: u64) -> Result<()> {
        let mut rows = conn.query(sql, (number,)).await?;
        rows.next().await?;
        drop(rows);
        conn.execute("DO 1", ()).await.map(drop)
    }

    async fn add_a_cent(conn: &mut Connection, number: u64) -> Result<()> {
        let mut tx = conn.begin().await?;
        let added = insert_a_cent(&mut tx, number).await;
        let ended = match added {
            Ok(()) => tx.commit().await,
            Err(error) => Err(error),
        };
        match &ended {
            Ok(()) => println!("committed {number}"),
            Err(error) if *error.kind() == ErrorKind::CommitUnknown => println!("unknown {number}"),
            Err(_) => println!("failed {number}"),
        }
        ended
    }

    async fn insert_a_cent(conn: &mut Connection, number: u64) -> Result<()> {
        let add = "UPDATE balances SET balance = balance + ? WHERE id = ?";
        conn.execute(add, (Decimal::new("0.01"), number % 4)).await?;
        conn.execute("INSERT INTO cents VALUES (?)", (number,)).await?;
        conn.execute("INSERT INTO ledger VALUES (?, 0, 1)", (number,)).await.map(drop)
    }

    /// Nests up to 3,000 transactions, as far as the limit allows, and drops the outermost first.
    async fn nest_transactions() -> Result<()> {
        let conn = create_engine(give!("main"), GRANTED).await?.acquire().await?;
        let mut begun = Vec::new();
        for _ in 0..3000 {
            match conn.begin(PLAIN).await.map_err(Error::from) {
                Ok(transaction) => begun.push(transaction),
                Err(error) if matches!(error.kind(), ErrorKind::LimitExceeded(_)) => break,
                Err(error) => return Err(error),
            }
        }
        drop(begun);
        Ok(())
    }

    /// Prints the outcome of a statement in autocommit. An error leaves open whether it was
    /// committed.
    fn report(number: u64, success: &str, result: Result<()>) -> Result<()> {
        println!("{} {number}", if result.is_ok() { success } else { "unknown" });
        result
    }

    fn name(error: &Error) -> String {
        error.code().map_or(format!("{:?}", error.kind()), |code| format!("Server({code})"))
    }
}
