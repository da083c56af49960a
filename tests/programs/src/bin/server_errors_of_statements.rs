//! Runs each argument but the first as a statement, in autocommit and in a transaction.
//!
//! Prints two lines for each statement: the server's error, and the state of the transaction and of
//! the connection. The first argument is a gate to wait at, or empty.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, Result};

    const MARK: &str = "INSERT INTO marks VALUES (1)";
    const UNMARK: &str = "DELETE FROM marks";
    const MARKS: &str = "SELECT COUNT(*) FROM marks";

    pub(super) async fn main() -> Result<()> {
        let mut arguments = std::env::args().skip(1);
        let gate = arguments.next().expect("a gate");
        let (engine, mut conn) = match opened().await {
            Ok(opened) => opened,
            Err(error) => {
                println!("connecting: {}", describe(&error));
                return Ok(());
            }
        };
        if !gate.is_empty() {
            conn.query_all("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        }
        for sql in arguments {
            println!("in autocommit: {}", in_autocommit(&mut conn, &sql).await);
            if conn.is_closed() {
                conn = prepared(&engine).await?;
            }
            println!("in a transaction: {}", in_a_transaction(&mut conn, &sql).await?);
            if conn.is_closed() {
                conn = prepared(&engine).await?;
            }
        }
        Ok(())
    }

    async fn opened() -> Result<(Engine, Connection)> {
        let engine = Engine::connect("main").await?;
        let conn = prepared(&engine).await?;
        Ok((engine, conn))
    }

    /// Acquires a connection with a temporary table, which stays writable on a read-only server.
    /// The connection has cached the program's own statements.
    async fn prepared(engine: &Engine) -> Result<Connection> {
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TEMPORARY TABLE marks (n INT) ENGINE = InnoDB", ()).await?;
        for sql in [MARK, UNMARK] {
            conn.execute(sql, ()).await?;
        }
        marks(&mut conn).await?;
        Ok(conn)
    }

    async fn in_autocommit(conn: &mut Connection, sql: &str) -> String {
        let error = outcome(conn.execute(sql, ()).await.map(drop));
        format!("{error}; {}", usable(conn).await)
    }

    async fn in_a_transaction(conn: &mut Connection, sql: &str) -> Result<String> {
        conn.execute(UNMARK, ()).await?;
        let mut tx = conn.begin().await?;
        tx.execute(MARK, ()).await?;
        let error = outcome(tx.execute(sql, ()).await.map(drop));
        let next = kind(tx.execute(MARK, ()).await.map(drop));
        let commit = kind(tx.commit().await);
        let usable = usable(conn).await;
        let kept = match conn.is_closed() {
            true => "?".to_owned(),
            false => marks(conn).await?.to_string(),
        };
        Ok(format!("{error}; next {next}; commit {commit}; {kept} kept; {usable}"))
    }

    async fn usable(conn: &mut Connection) -> &'static str {
        let result = conn.query_scalar::<u32>(MARKS, ()).await;
        match conn.is_closed() {
            true => "closed",
            false if result.is_ok() => "usable",
            false => "unusable",
        }
    }

    async fn marks(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar(MARKS, ()).await
    }

    fn outcome(result: Result<()>) -> String {
        result.map_or_else(|error| describe(&error), |()| "none".to_owned())
    }

    fn describe(error: &Error) -> String {
        let name = match (error.code(), error.sqlstate(), error.server_class()) {
            (Some(code), Some(sqlstate), Some(class)) => format!("{code} {sqlstate} {class:?}"),
            _ => format!("{:?}", error.kind()),
        };
        eprintln!("{error}");
        format!("{name} {:?} {:?}", error.retry(), error.transaction_state())
    }

    fn kind(result: Result<()>) -> String {
        result.map_or_else(|error| format!("{:?}", error.kind()), |()| "ok".to_owned())
    }
}
