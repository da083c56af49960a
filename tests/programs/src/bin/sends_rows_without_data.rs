//! Rows of NULLs or without columns need no memory in the guest. The host must refuse too many of
//! them before it allocates memory for them.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::ExecuteOptions;
    use wasmysql::bindings::engine::{EngineOptions, create_engine};
    use wasmysql::bindings::types::{Error, ErrorKind, Limit};
    use wasmysql_test_programs::nulls;

    const OPTIONS: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: None };

    pub(super) async fn main() -> Result<(), String> {
        run().await.map_err(|error| error.message)
    }

    async fn run() -> Result<(), Error> {
        let options = EngineOptions {
            max_connections: None,
            acquire_timeout_ms: None,
            statement_timeout_ms: None,
            isolation: None,
            read_only: false,
        };
        let conn = create_engine(give!("main"), options).await?.acquire().await?;
        for columns in [0, 1] {
            let batch = nulls(u32::MAX, columns);
            let refused = conn.execute_many(give!("DO ?"), give!(batch), OPTIONS).await.map_err(|error| error.kind);
            assert!(matches!(refused, Err(ErrorKind::LimitExceeded(Limit::ParameterBytes))), "{columns} columns");
        }
        conn.execute(give!("DO 1"), give!([]), OPTIONS).await?;
        Ok(())
    }
}
