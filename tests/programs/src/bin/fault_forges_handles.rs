//! Does with a handle what no guest may, in the middle of a transaction: what the argument says. It never comes to its end.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::Result;
    use wasmysql::bindings::connection::{Connection, Cursor, Statement, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN};

    /// Nothing has as many handles.
    const UNKNOWN: u32 = 777;

    pub(super) async fn main() -> Result<()> {
        let crime = std::env::args().nth(1).expect("a crime");
        let engine = create_engine(give!("main"), GRANTED).await?;
        let conn = engine.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        conn.execute(give!("UPDATE locked SET value = value + 1"), give!([]), EXECUTE).await?;
        let statement = conn.prepare(give!("SELECT 1")).await?;
        println!("begun");
        // SAFETY: there is none, and that is the point: the component runtime has to see to it.
        unsafe {
            match crime.as_str() {
                "drops a connection twice" => {
                    drop(Connection::from_handle(conn.handle()));
                    drop(conn);
                }
                "drops a transaction twice" => {
                    drop(Transaction::from_handle(tx.handle()));
                    drop(tx);
                }
                "asks a connection that it dropped" => {
                    let gone = Connection::from_handle(conn.handle());
                    drop(conn);
                    println!("{}", gone.is_closed());
                }
                "calls a connection that it dropped" => {
                    let gone = Connection::from_handle(conn.handle());
                    drop(conn);
                    gone.ping().await?;
                }
                "commits a transaction that it dropped" => {
                    let gone = Transaction::from_handle(tx.handle());
                    drop(tx);
                    gone.commit().await?;
                }
                "invents a connection" => Connection::from_handle(UNKNOWN).ping().await?,
                "invents the least of handles" => Connection::from_handle(0).ping().await?,
                "invents the largest of handles" => Connection::from_handle(u32::MAX - 1).ping().await?,
                "drops a cursor that it invented" => drop(Cursor::from_handle(UNKNOWN)),
                "passes a statement as a transaction" => {
                    Transaction::from_handle(statement.take_handle()).commit().await?;
                }
                "passes an engine as a connection" => Connection::from_handle(engine.take_handle()).ping().await?,
                "passes a connection as an engine" => drop(Engine::from_handle(conn.take_handle()).acquire().await?),
                "drops a connection as a statement" => drop(Statement::from_handle(conn.take_handle())),
                crime => panic!("'{crime}' is not known"),
            }
        }
        println!("survived");
        Ok(())
    }
}
