// A table of ids, for programs that check which changes of a transaction are kept. It is included
// into modules of `both_apis`, which convert it to the blocking API.

/// A table of ids, and a second connection that observes it.
struct Table {
    engine: Engine,
    other: wasmysql::Connection,
}

impl Table {
    async fn create() -> Result<Self> {
        let engine = create_engine(give!("main"), GRANTED).await?;
        let mut other = wasmysql::Engine::connect("main").await?.acquire().await?;
        other.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
        Ok(Self { engine, other })
    }

    async fn acquire(&self) -> Result<Connection> {
        Ok(self.engine.acquire().await?)
    }

    async fn visible_ids(&mut self) -> Result<String> {
        let sql = "SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM t";
        self.other.query_scalar(sql, ()).await
    }

    /// Returns the committed ids, and empties the table.
    async fn take_ids(&mut self) -> Result<String> {
        let ids = self.visible_ids().await?;
        self.other.execute("DELETE FROM t", ()).await?;
        Ok(ids)
    }

    /// Kills a session, and waits until it has ended.
    #[allow(dead_code, reason = "not every program kills sessions")]
    async fn kill(&mut self, id: u64) -> Result<()> {
        self.other.execute(format!("KILL {id}"), ()).await?;
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?";
        while self.other.query_scalar::<u32>(sql, (id,)).await? > 0 {}
        Ok(())
    }
}

async fn insert(conn: &Connection, id: i32) -> Result<()> {
    run(conn, &format!("INSERT INTO t VALUES ({id})")).await
}

async fn run(conn: &Connection, sql: &str) -> Result<()> {
    conn.execute(give!(sql), give!([]), EXECUTE).await?;
    Ok(())
}

/// Asserts that no transaction is open: only then can a two-phase transaction begin.
async fn assert_no_transaction(conn: &Connection) -> Result<()> {
    conn.begin_twophase(None).await?.rollback().await?;
    assert_eq!(conn.transaction_state(), TransactionState::None);
    Ok(())
}
