//! Misuses a handle within a transaction; the argument selects the misuse. The component runtime
//! must trap before the program ends.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::Result;
    use wasmysql::bindings::connection::{Connection, Cursor, Statement, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN};

    /// A handle index that no table of the program reaches.
    const UNKNOWN: u32 = 777;

    pub(super) async fn main() -> Result<()> {
        let misuse = std::env::args().nth(1).expect("a misuse");
        let engine = create_engine(give!("main"), GRANTED).await?;
        let conn = engine.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        conn.execute(give!("UPDATE locked SET value = value + 1"), give!([]), EXECUTE).await?;
        let statement = conn.prepare(give!("SELECT 1")).await?;
        println!("begun");
        // SAFETY: none. The component runtime must reject the forged handles.
        unsafe {
            match misuse.as_str() {
                "drops a connection twice" => {
                    drop(Connection::from_handle(conn.handle()));
                    drop(conn);
                }
                "drops a transaction twice" => {
                    drop(Transaction::from_handle(tx.handle()));
                    drop(tx);
                }
                "checks a connection that it dropped" => {
                    let dropped = Connection::from_handle(conn.handle());
                    drop(conn);
                    println!("{}", dropped.is_closed());
                }
                "calls a connection that it dropped" => {
                    let dropped = Connection::from_handle(conn.handle());
                    drop(conn);
                    dropped.ping().await?;
                }
                "commits a transaction that it dropped" => {
                    let dropped = Transaction::from_handle(tx.handle());
                    drop(tx);
                    dropped.commit().await?;
                }
                "invents a connection" => Connection::from_handle(UNKNOWN).ping().await?,
                "invents the smallest handle" => Connection::from_handle(0).ping().await?,
                "invents the largest handle" => Connection::from_handle(u32::MAX - 1).ping().await?,
                "drops a cursor that it invented" => drop(Cursor::from_handle(UNKNOWN)),
                "passes a statement as a transaction" => {
                    Transaction::from_handle(statement.take_handle()).commit().await?;
                }
                "passes an engine as a connection" => Connection::from_handle(engine.take_handle()).ping().await?,
                "passes a connection as an engine" => drop(Engine::from_handle(conn.take_handle()).acquire().await?),
                "drops a connection as a statement" => drop(Statement::from_handle(conn.take_handle())),
                misuse => panic!("unknown misuse '{misuse}'"),
            }
        }
        println!("survived");
        Ok(())
    }
}
