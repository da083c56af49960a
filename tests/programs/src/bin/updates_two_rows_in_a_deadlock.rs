//! Updates a row, waits at a gate, and updates a second row. Two of these guests with opposite row
//! order deadlock.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{AbortReason, Engine, ErrorKind, Result, RetryAdvice, ServerClass, TransactionState};

    const ABORTED: ErrorKind = ErrorKind::TransactionAborted(AbortReason::Deadlock);

    pub(super) async fn main() -> Result<()> {
        let [gate, first, second] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("three arguments");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let update = "UPDATE two SET n = n + 1 WHERE id = ?";
        let mut tx = conn.begin().await?;
        tx.execute(update, (first,)).await?;
        assert_eq!(tx.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?, 2);

        match tx.execute(update, (&second,)).await {
            Ok(_) => {
                tx.commit().await?;
                println!("committed");
            }
            Err(error) => {
                assert_eq!(error.server_class(), Some(ServerClass::Deadlock), "{error}");
                assert_eq!((error.code(), error.sqlstate()), (Some(1213), Some("40001")));
                assert!(error.is_retryable());
                assert_eq!(error.retry(), RetryAdvice::NewTransaction);
                assert_eq!(error.transaction_state(), TransactionState::RolledBack);
                assert!(!tx.is_active());
                let error = tx.execute(update, (&second,)).await.expect_err("the transaction was rolled back");
                assert_eq!(error.kind(), &ABORTED);
                let error = tx.commit().await.expect_err("the transaction was rolled back");
                assert_eq!(error.kind(), &ABORTED);
                println!("victim");

                // Repeats the transaction, as the retry advice says.
                let mut tx = conn.begin().await?;
                tx.execute(update, (&second,)).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
