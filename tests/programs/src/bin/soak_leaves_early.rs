//! Changes data by statements that return rows, and drops the rows; adds decimals up; begins thousands of transactions within each other.
//! Tells for a ledger what came of each number: `committed` where its rows must be there, `failed` where they must not, `unknown`
//! otherwise. The arguments are a seed, the first number, and how many steps it goes.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::{Connection, Decimal, Engine, Error, ErrorKind, Result};
    use wasmysql_test_programs::{GRANTED, PLAIN};

    pub(super) async fn main() -> Result<()> {
        let arguments: Vec<u64> =
            std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
        let [seed, first, steps, ..] = arguments[..] else { panic!("three numbers") };
        for number in first..first + steps {
            let done = step(seed.wrapping_add(number), number).await;
            println!("{}", done.map_or_else(|error| format!("error {}", name(&error)), |()| "done".to_owned()));
        }
        Ok(())
    }

    async fn step(choice: u64, number: u64) -> Result<()> {
        if choice.is_multiple_of(5) {
            return begins_without_end().await;
        }
        let mut conn = Engine::connect("main").await?.acquire().await?;
        match choice % 5 {
            1 => {
                let insert = "INSERT INTO ledger SELECT ?, seq, 500 FROM seq_0_to_499 RETURNING n, REPEAT('x', 4000)";
                tell(number, "committed", first_row_of(&mut conn, insert, number).await)
            }
            2 => {
                let insert = "INSERT INTO ledger SELECT ?, seq, 500 FROM seq_0_to_499";
                if let Err(error) = conn.execute(insert, (number,)).await {
                    return tell(number, "committed", Err(error));
                }
                let delete = "DELETE FROM ledger WHERE tx = ? RETURNING n, REPEAT('x', 4000)";
                tell(number, "failed", first_row_of(&mut conn, delete, number).await)
            }
            3 => tell(number, "committed", first_row_of(&mut conn, "CALL inserts_last(?)", number).await),
            _ => adds_a_cent(&mut conn, number).await,
        }
    }

    /// Reads one row, and drops the others. The statement has taken effect where the connection goes on.
    async fn first_row_of(conn: &mut Connection, sql: &str, number: u64) -> Result<()> {
        let mut rows = conn.query(sql, (number,)).await?;
        rows.next().await?;
        drop(rows);
        conn.execute("DO 1", ()).await.map(drop)
    }

    async fn adds_a_cent(conn: &mut Connection, number: u64) -> Result<()> {
        let mut tx = conn.begin().await?;
        let added = cent(&mut tx, number).await;
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

    async fn cent(conn: &mut Connection, number: u64) -> Result<()> {
        let add = "UPDATE balances SET balance = balance + ? WHERE id = ?";
        conn.execute(add, (Decimal::new("0.01"), number % 4)).await?;
        conn.execute("INSERT INTO cents VALUES (?)", (number,)).await?;
        conn.execute("INSERT INTO ledger VALUES (?, 0, 1)", (number,)).await.map(drop)
    }

    /// However many are allowed, the outermost is dropped first.
    async fn begins_without_end() -> Result<()> {
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

    /// Of a statement that commits by itself an error does not say whether it has.
    fn tell(number: u64, done: &str, ended: Result<()>) -> Result<()> {
        println!("{} {number}", if ended.is_ok() { done } else { "unknown" });
        ended
    }

    fn name(error: &Error) -> String {
        error.code().map_or(format!("{:?}", error.kind()), |code| format!("Server({code})"))
    }
}
