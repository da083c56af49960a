//! Updates two rows in a two-phase transaction. Two of these guests with opposite row order
//! deadlock.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{AbortReason, Engine, ErrorKind, Result, ServerClass, TransactionState};
    use wasmysql_test_programs::refused;

    pub(super) async fn main() -> Result<()> {
        let [gate, first, second] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("three arguments");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let update = "UPDATE two SET n = n + 1 WHERE id = ?";
        let mut tx = conn.begin_twophase(&*first).await?;
        tx.execute(update, (&first,)).await?;
        assert_eq!(tx.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?, 2);

        let Err(error) = tx.execute(update, (&second,)).await else {
            tx.prepare().await?.commit().await?;
            println!("committed");
            return Ok(());
        };
        assert_eq!(error.server_class(), Some(ServerClass::Deadlock), "{error}");
        assert_eq!(error.transaction_state(), TransactionState::RolledBack);
        let deadlock = ErrorKind::TransactionAborted(AbortReason::Deadlock);
        let message = "the transaction was rolled back to resolve a deadlock";
        refused(tx.execute(update, (&second,)).await, deadlock.clone(), message);
        refused(tx.begin_nested().await, deadlock.clone(), message);
        refused(tx.prepare().await, deadlock, message);

        // The deadlock ends the XA branch. Its xid and the connection can be used again.
        let mut tx = conn.begin_twophase(&*first).await?;
        tx.execute(update, (&second,)).await?;
        tx.commit().await?;
        assert!(conn.recover_twophase().await?.is_empty());
        println!("victim");
        Ok(())
    }
}
