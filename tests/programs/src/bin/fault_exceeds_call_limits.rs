//! Makes calls that exceed a limit, within a transaction. Each argument names a call.
//!
//! The connection and the transaction stay usable after each refused call.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, Limit, Result, TransactionState, Value};

    const MIB: usize = 1 << 20;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO sent VALUES (1)", ()).await?;
        for call in std::env::args().skip(1) {
            let limit = match call.as_str() {
                "1 MiB of SQL and a byte" | "20 MiB of SQL" => Limit::SqlBytes,
                "65536 parameters" => Limit::Parameters,
                _ => Limit::ParameterBytes,
            };
            let error = send(&mut tx, &call).await.expect_err(&call);
            assert_eq!(error.kind(), &ErrorKind::LimitExceeded(limit), "{call}: {error}");
            assert_eq!(error.transaction_state(), TransactionState::Open, "{call}");
            println!("{call}: refused");
        }
        tx.execute("INSERT INTO sent VALUES (2)", ()).await?;
        tx.commit().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT SUM(id) FROM sent", ()).await?, 3);
        Ok(())
    }

    async fn send(conn: &mut Connection, call: &str) -> Result<()> {
        let sql_of = |bytes: usize| format!("SELECT 1 /*{}*/", "x".repeat(bytes - "SELECT 1 /**/".len()));
        let bytes_of = |bytes: usize| Value::Bytes(vec![b'x'; bytes]);
        let result = match call {
            "1 MiB of SQL and a byte" => conn.execute(sql_of(MIB + 1), ()).await,
            "20 MiB of SQL" => conn.execute(sql_of(20 * MIB), ()).await,
            "65536 parameters" => {
                let sql = format!("SELECT ?{}", "+?".repeat(65_535));
                conn.execute(sql, vec![Value::Signed(1); 65_536]).await
            }
            "a parameter of 4 MiB and 5 bytes" => conn.execute("SELECT LENGTH(?)", [bytes_of(4 * MIB + 5)]).await,
            "9 MiB in three parameters" => {
                conn.execute("SELECT LENGTH(?), LENGTH(?), LENGTH(?)", vec![bytes_of(3 * MIB); 3]).await
            }
            "a parameter of 20 MB" => conn.execute("SELECT LENGTH(?)", [bytes_of(20_000_000)]).await,
            call => panic!("unknown call '{call}'"),
        };
        result.map(drop)
    }
}
