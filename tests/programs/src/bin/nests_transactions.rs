//! Nests transactions up to the limit, and one deeper.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::{ErrorKind, Limit, Result};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused};

    const TOO_DEEP: ErrorKind = ErrorKind::LimitExceeded(Limit::TransactionDepth);

    pub(super) async fn main() -> Result<()> {
        for (name, depth) in [("3 deep", 3), ("2000 deep", 2000), ("main", 64)] {
            let conn = create_engine(give!(name), GRANTED).await?.acquire().await?;
            let mut open = Vec::new();
            for level in 0..depth {
                open.push(match level % 2 {
                    0 => conn.begin(PLAIN).await?,
                    _ => conn.begin_nested().await?,
                });
            }
            let message = format!("{depth} transactions are nested in each other, {depth} are allowed");
            refused(conn.begin(PLAIN).await.map(drop), TOO_DEEP, &message);
            refused(conn.begin_nested().await.map(drop), TOO_DEEP, &message);
            conn.execute(give!("DO 1"), give!([]), EXECUTE).await?;
            open.pop().expect("the innermost").commit().await?;
            open.push(conn.begin_nested().await?);
            // Drops the outermost transaction first.
            for transaction in open {
                drop(transaction);
            }
            conn.begin(PLAIN).await?.commit().await?;
        }
        Ok(())
    }
}
