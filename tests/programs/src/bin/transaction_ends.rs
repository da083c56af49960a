//! Inserts a row in a transaction and ends it as the argument says: `commit`, `rollback`, `drop`, or `drop connection`.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, TransactionState};

    pub(super) async fn main() -> Result<()> {
        let end = std::env::args().nth(1).expect("how it ends");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        assert_eq!(conn.transaction_state(), TransactionState::None);

        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO ended (how) VALUES (?)", (&end,)).await?;
        assert!(tx.is_active());
        assert_eq!(tx.transaction_state(), TransactionState::Open);
        let seen: u32 = tx.query_scalar("SELECT COUNT(*) FROM ended WHERE how = ?", (&end,)).await?;
        assert_eq!(seen, 1, "it sees its own row");
        match end.as_str() {
            "commit" => tx.commit().await?,
            "rollback" => tx.rollback().await?,
            "drop" => drop(tx),
            "drop connection" => {
                drop(tx);
                drop(conn);
                return Ok(());
            }
            _ => panic!("{end}?"),
        }

        let kept: u32 = conn.query_scalar("SELECT COUNT(*) FROM ended WHERE how = ?", (&end,)).await?;
        assert_eq!(kept, u32::from(end == "commit"));
        assert_eq!(conn.transaction_state(), TransactionState::None);
        conn.begin().await?.commit().await
    }
}
