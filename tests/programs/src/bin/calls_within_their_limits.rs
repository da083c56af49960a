//! A call may be exactly as large as the grant allows, and not a byte larger.
//!
//! A refused call is not sent, so the transaction stays open. With an argument, the program expects
//! a grant with the default limits.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, TransactionState, Value};

    pub(super) async fn main() -> Result<()> {
        if std::env::args().nth(1).is_some() {
            sql("main", 1 << 20).await?;
            parameters("main", 8192).await?;
            one_parameter("main", 4 << 20).await?;
            return all_parameters("main", 8 << 20).await;
        }
        // Each database has a grant with a different limit.
        sql("1000 bytes of SQL", 1000).await?;
        parameters("3 parameters", 3).await?;
        one_parameter("100 bytes of a parameter", 100).await?;
        all_parameters("100 bytes of parameters", 100).await
    }

    async fn sql(database: &str, allowed: usize) -> Result<()> {
        let text = |length: usize| format!("DO 1 /*{}*/", "x".repeat(length - "DO 1 /**/".len()));
        let mut conn = Engine::connect(database).await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute(text(allowed), ()).await?;
        drop(tx.prepare(text(allowed)).await?);
        let many = text(allowed).replacen("1 /*xxx", "? /*xxx", 1);
        tx.execute_many(many, [(1,), (2,)]).await?;

        let refused = tx.execute(text(allowed + 1), ()).await.map(drop);
        goes_on(&mut tx, refused, Limit::SqlBytes, allowed).await?;
        let refused = tx.prepare(text(allowed + 1)).await.map(drop);
        goes_on(&mut tx, refused, Limit::SqlBytes, allowed).await?;
        let refused = tx.execute_many(text(allowed + 1), [(1,), (2,)]).await.map(drop);
        goes_on(&mut tx, refused, Limit::SqlBytes, allowed).await?;
        tx.commit().await
    }

    async fn parameters(database: &str, allowed: usize) -> Result<()> {
        let sum = |count: usize| format!("DO 0 IN (?{})", ", ?".repeat(count - 1));
        let ones = |count: usize| vec![Value::Signed(1); count];
        let mut conn = Engine::connect(database).await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute(sum(allowed), ones(allowed)).await?;
        tx.execute_many(sum(allowed), [ones(allowed)]).await?;

        let refused = tx.execute(sum(allowed + 1), ones(allowed + 1)).await.map(drop);
        goes_on(&mut tx, refused, Limit::Parameters, allowed).await?;
        let refused = tx.execute_many(sum(allowed + 1), [ones(allowed + 1)]).await.map(drop);
        goes_on(&mut tx, refused, Limit::Parameters, allowed).await?;
        tx.commit().await
    }

    async fn one_parameter(database: &str, allowed: usize) -> Result<()> {
        let text = |length: usize| Value::Text("x".repeat(length));
        let bytes = |length: usize| Value::Bytes(vec![0; length]);
        let mut conn = Engine::connect(database).await?.acquire().await?;
        let mut tx = conn.begin().await?;
        for value in [text(allowed), bytes(allowed)] {
            tx.execute("DO LENGTH(?)", [value.clone()]).await?;
            tx.execute_many("DO LENGTH(?)", [[value]]).await?;
        }
        for value in [text(allowed + 1), bytes(allowed + 1)] {
            let refused = tx.execute("DO LENGTH(?)", [value.clone()]).await.map(drop);
            goes_on(&mut tx, refused, Limit::ParameterBytes, allowed).await?;
            let refused = tx.execute_many("DO LENGTH(?)", [[value]]).await.map(drop);
            goes_on(&mut tx, refused, Limit::ParameterBytes, allowed).await?;
        }
        tx.commit().await
    }

    async fn all_parameters(database: &str, allowed: usize) -> Result<()> {
        // Each parameter counts four bytes more, for its length.
        let two = |sum: usize| vec![Value::Text("x".repeat(sum / 2 - 4)), Value::Text("y".repeat(sum.div_ceil(2) - 4))];
        let mut conn = Engine::connect(database).await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("DO LENGTH(?) + LENGTH(?)", two(allowed)).await?;
        tx.execute_many("DO LENGTH(?) + LENGTH(?)", [two(allowed)]).await?;

        let refused = tx.execute("DO LENGTH(?) + LENGTH(?)", two(allowed + 1)).await.map(drop);
        goes_on(&mut tx, refused, Limit::ParameterBytes, allowed).await?;
        let refused = tx.execute_many("DO LENGTH(?) + LENGTH(?)", [two(allowed + 1)]).await.map(drop);
        goes_on(&mut tx, refused, Limit::ParameterBytes, allowed).await?;
        tx.commit().await
    }

    async fn goes_on(tx: &mut Connection, refused: Result<()>, limit: Limit, allowed: usize) -> Result<()> {
        let error = refused.expect_err("more than the grant allows");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(limit), "{error}");
        assert_eq!(error.transaction_state(), TransactionState::Open, "{error}");
        assert!(error.message().contains(&allowed.to_string()), "{error}");
        assert_eq!(tx.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        Ok(())
    }
}
