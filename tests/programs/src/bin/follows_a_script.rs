//! Makes one call for each argument, and prints the outcome. It consists of the result, the state
//! of the transaction, and the transactions that are still active.
//!
//! The first argument is the table's name.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::bindings::options::{EngineOptions, ExecuteOptions, TransactionOptions};
    use wasmysql::bindings::types::{Error, ErrorKind};
    use wasmysql_batch::Batch;

    const EXECUTE: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: None };
    const BEGIN: TransactionOptions =
        TransactionOptions { isolation: None, read_only: false, consistent_snapshot: false };
    const ENGINE: EngineOptions = EngineOptions {
        max_connections: None,
        acquire_timeout_ms: None,
        statement_timeout_ms: None,
        isolation: None,
        read_only: false,
    };

    pub(super) async fn main() -> Result<(), String> {
        let table = std::env::args().nth(1).expect("a table");
        let engine = create_engine(give!("main"), ENGINE).await.map_err(|error| error.message)?;
        let conn = engine.acquire().await.map_err(|error| error.message)?;
        // `None` is a transaction that was dropped.
        let mut begun: Vec<Option<Transaction>> = Vec::new();
        for call in std::env::args().skip(2) {
            let result = follow(&conn, &mut begun, &table, &call).await.unwrap_or_else(|error| name(&error));
            let active = begun.iter().map(|begun| match begun {
                Some(transaction) if transaction.is_active() => '1',
                Some(_) => '0',
                None => '-',
            });
            let state = format!("{:?}", conn.transaction_state()).replace("TransactionState::", "");
            println!("{call}: {result} {state} {}", active.collect::<String>());
        }
        let closed = conn.close().await.map_or_else(|error| name(&error), |()| "ok".into());
        println!("close: {closed}");
        Ok(())
    }

    async fn follow(
        conn: &Connection,
        begun: &mut Vec<Option<Transaction>>,
        table: &str,
        call: &str,
    ) -> Result<String, Error> {
        let (verb, argument) = call.split_once(' ').unwrap_or((call, ""));
        let chosen = argument.parse::<usize>().ok().and_then(|index| begun.get(index)).and_then(Option::as_ref);
        match (verb, chosen) {
            ("insert", _) => run(conn, format!("INSERT INTO {table} VALUES ({argument})")).await?,
            ("look", _) => return look(conn, table).await,
            ("fail", _) => run(conn, format!("INSERT INTO {table} VALUES (99), (99)")).await?,
            ("ddl", _) => run(conn, format!("CREATE TABLE IF NOT EXISTS {table}_other (id INT)")).await?,
            ("failing-ddl", _) => run(conn, format!("CREATE TABLE {table} (id INT)")).await?,
            ("begin", _) => begun.push(Some(conn.begin(BEGIN).await?)),
            ("nested", _) => begun.push(Some(conn.begin_nested().await?)),
            ("twophase", _) => begun.push(Some(conn.begin_twophase(None).await?)),
            ("commit", Some(transaction)) => transaction.commit().await?,
            ("rollback", Some(transaction)) => transaction.rollback().await?,
            ("close", Some(transaction)) => transaction.close().await?,
            ("prepare", Some(transaction)) => transaction.prepare().await?,
            ("drop", Some(_)) => {
                let index = argument.parse::<usize>().expect("an index");
                begun[index] = None;
                // The ping waits until the host has cleaned up after the drop.
                conn.ping().await?;
            }
            ("recover", _) => {
                let prepared = conn.recover_twophase().await?;
                for xid in &prepared {
                    conn.rollback_prepared(give!(xid.clone())).await?;
                }
                return Ok(prepared.len().to_string());
            }
            _ => panic!("unknown call '{call}'"),
        }
        Ok("ok".to_owned())
    }

    async fn look(conn: &Connection, table: &str) -> Result<String, Error> {
        let sql = format!("SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM {table}");
        let rows = conn.execute(give!(sql), give!([]), EXECUTE).await?.rows.expect("a row");
        let rows = Batch::new(rows.rows, rows.data).expect("a well-formed batch");
        Ok(rows.column(0).and_then(|column| column.text(0)).expect("a text").to_owned())
    }

    async fn run(conn: &Connection, sql: String) -> Result<(), Error> {
        conn.execute(give!(sql), give!([]), EXECUTE).await.map(drop)
    }

    fn name(error: &Error) -> String {
        match &error.kind {
            ErrorKind::Server(server) => server.code.to_string(),
            kind => format!("{kind:?}").replace("ErrorKind::", "").replace("AbortReason::", ""),
        }
    }
}
