//! Inserts a row in a transaction, and ends the transaction. The argument selects the end:
//! `commit`, `rollback`, `drop`, or `drop connection`.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, TransactionState};

    pub(super) async fn main() -> Result<()> {
        let end = std::env::args().nth(1).expect("the end of the transaction");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        assert_eq!(conn.transaction_state(), TransactionState::None);

        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO ended (how) VALUES (?)", (&end,)).await?;
        assert!(tx.is_active());
        assert_eq!(tx.transaction_state(), TransactionState::Open);
        let seen: u32 = tx.query_scalar("SELECT COUNT(*) FROM ended WHERE how = ?", (&end,)).await?;
        assert_eq!(seen, 1, "the transaction sees its own row");
        match end.as_str() {
            "commit" => tx.commit().await?,
            "rollback" => tx.rollback().await?,
            "drop" => drop(tx),
            "drop connection" => {
                drop(tx);
                drop(conn);
                return Ok(());
            }
            _ => panic!("unknown end '{end}'"),
        }

        let committed: u32 = conn.query_scalar("SELECT COUNT(*) FROM ended WHERE how = ?", (&end,)).await?;
        assert_eq!(committed, u32::from(end == "commit"));
        assert_eq!(conn.transaction_state(), TransactionState::None);
        conn.begin().await?.commit().await
    }
}
