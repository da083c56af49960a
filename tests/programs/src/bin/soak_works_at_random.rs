//! Runs random steps on two databases. Prints the outcome of each writing transaction for the
//! ledger: `committed`, `unknown` or `failed`, with its number.
//!
//! The arguments are a seed, the number of the first transaction, the number of steps, and the step
//! at which the program traps.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, ErrorKind, Result, ServerClass};
    use wasmysql_test_programs::series;

    const INSERT: &str = "INSERT INTO ledger VALUES (?, ?, ?)";

    pub(super) async fn main() -> Result<()> {
        let arguments: Vec<u64> =
            std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
        let [seed, first, steps, trap] = arguments[..] else { panic!("expected four numbers") };
        let mut random = Random(seed);
        for number in first..first + steps {
            let done = step(&mut random, number, number == first + trap).await;
            println!("{}", done.map_or_else(|error| format!("error {}", name(&error)), |()| "done".to_owned()));
        }
        Ok(())
    }

    async fn step(random: &mut Random, number: u64, traps: bool) -> Result<()> {
        let engine = Engine::connect(if random.below(2) == 0 { "main" } else { "other" }).await?;
        let mut conn = engine.acquire().await?;
        if traps {
            let mut tx = conn.begin().await?;
            insert(&mut tx, number, 2).await?;
            println!("trapping");
            panic!("on purpose, as the arguments say");
        }
        match random.below(13) {
            0 => {
                let wanted = random.below(1000);
                let found: u64 = conn.query_scalar("SELECT id FROM points WHERE id = ?", (wanted,)).await?;
                assert_eq!(found, wanted, "the result of another query");
                Ok(())
            }
            1 => sum_with_a_prepared_statement(&mut conn).await,
            2 => {
                let sql = format!("SELECT seq, REPEAT('x', 500) FROM {} AS series ORDER BY seq", series(50_000));
                let mut rows = conn.query(sql, ()).await?;
                for wanted in 1..=random.below(2000) {
                    let row = rows.next().await?.expect("a row");
                    assert_eq!(row.get::<u64>(0)?, wanted, "a row of another query");
                }
                Ok(())
            }
            3 => {
                let both = conn.execute(format!("{INSERT}, (?, ?, ?)"), (number, 0, 2, number, 1, 2)).await;
                report(number, both.map(drop), is_unknown_without_a_transaction)
            }
            4 => {
                let mut tx = conn.begin().await?;
                let inserted = insert(&mut tx, number, 2).await;
                println!("failed {number}");
                inserted?;
                tx.rollback().await
            }
            5 => {
                let mut tx = conn.begin().await?;
                println!("failed {number}");
                // Dropping the transaction and the connection rolls it back.
                insert(&mut tx, number, 3).await
            }
            6 => roll_back_to_a_savepoint(&mut conn, number).await,
            7 => commit_in_two_phases(&mut conn, number).await,
            8 => {
                let mut tx = conn.begin().await?;
                let rows = (0..50).map(|row| (number, row, 50));
                if let Err(error) = tx.execute_many(INSERT, rows).await {
                    return report(number, Err(error), never);
                }
                report(number, tx.commit().await, is_unknown)
            }
            9 | 10 => {
                let mut tx = conn.begin().await?;
                for id in [random.below(8), random.below(8)] {
                    if let Err(error) = tx.execute("UPDATE contended SET n = n + 1 WHERE id = ?", (id,)).await {
                        return report(number, Err(error), never);
                    }
                }
                if let Err(error) = insert(&mut tx, number, 2).await {
                    return report(number, Err(error), never);
                }
                report(number, tx.commit().await, is_unknown)
            }
            _ => {
                let mut tx = conn.begin().await?;
                let rows = 2 + random.below(4);
                if let Err(error) = insert(&mut tx, number, rows).await {
                    return report(number, Err(error), never);
                }
                report(number, tx.commit().await, is_unknown)
            }
        }
    }

    /// Inserts rows. Each row contains the number of rows of its transaction.
    async fn insert(conn: &mut Connection, number: u64, rows: u64) -> Result<()> {
        for row in 0..rows {
            conn.execute(INSERT, (number, row, rows)).await?;
        }
        Ok(())
    }

    async fn sum_with_a_prepared_statement(conn: &mut Connection) -> Result<()> {
        let sum = conn.prepare("SELECT CAST(? AS UNSIGNED) + CAST(? AS UNSIGNED)").await?;
        for number in 0..5_u64 {
            let found: u64 = conn.query_scalar(&sum, (number, 1)).await?;
            assert_eq!(found, number + 1, "the sum of another query");
        }
        Ok(())
    }

    async fn roll_back_to_a_savepoint(conn: &mut Connection, number: u64) -> Result<()> {
        let mut tx = conn.begin().await?;
        if let Err(error) = insert_around_a_savepoint(&mut tx, number).await {
            return report(number, Err(error), never);
        }
        report(number, tx.commit().await, is_unknown)
    }

    async fn insert_around_a_savepoint(conn: &mut Connection, number: u64) -> Result<()> {
        conn.execute(INSERT, (number, 0, 2)).await?;
        let mut savepoint = conn.begin_nested().await?;
        savepoint.execute(INSERT, (number, 2, 2)).await?;
        savepoint.rollback().await?;
        conn.execute(INSERT, (number, 1, 2)).await.map(drop)
    }

    async fn commit_in_two_phases(conn: &mut Connection, number: u64) -> Result<()> {
        let mut tx = conn.begin_twophase(None).await?;
        if let Err(error) = insert(&mut tx, number, 2).await {
            return report(number, Err(error), never);
        }
        // An error after `prepare` leaves the transaction in doubt; an operator has to end it.
        let prepared = match tx.prepare().await {
            Ok(prepared) => prepared,
            Err(error) => return report(number, Err(error), always),
        };
        report(number, prepared.commit().await, always)
    }

    /// Prints the outcome of a transaction. `unknown` decides which errors leave it in doubt.
    fn report(number: u64, result: Result<()>, unknown: fn(&Error) -> bool) -> Result<()> {
        let outcome = match &result {
            Ok(()) => "committed",
            Err(error) if unknown(error) => "unknown",
            Err(_) => "failed",
        };
        println!("{outcome} {number}");
        result
    }

    fn never(_: &Error) -> bool {
        false
    }

    fn always(_: &Error) -> bool {
        true
    }

    fn is_unknown(error: &Error) -> bool {
        *error.kind() == ErrorKind::CommitUnknown
    }

    fn is_unknown_without_a_transaction(error: &Error) -> bool {
        matches!(error.kind(), ErrorKind::ConnectionLost | ErrorKind::Timeout(_))
            || error.server_class() == Some(ServerClass::Interrupted)
    }

    fn name(error: &Error) -> String {
        match error.code() {
            Some(code) => format!("Server({code})"),
            None => format!("{:?}", error.kind()),
        }
    }

    /// A linear congruential generator.
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % end
        }
    }
}
