//! An error of the server has its code, SQLSTATE and class, and the transaction stays open.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result, ServerClass, TransactionState};
    use wasmysql_test_programs::Server;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let server = Server::of(&engine.info());
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE parents (id INT PRIMARY KEY, n TINYINT NOT NULL, CHECK (n < 100))", ()).await?;
        conn.execute("CREATE TABLE children (parent INT, FOREIGN KEY (parent) REFERENCES parents (id))", ()).await?;
        conn.execute("INSERT INTO parents VALUES (1, 1)", ()).await?;

        check(server, &mut conn, TransactionState::None).await;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO parents VALUES (2, 2)", ()).await?;
        check(server, &mut tx, TransactionState::Open).await;
        tx.commit().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM parents", ()).await?, 2);
        Ok(())
    }

    async fn check(server: Server, conn: &mut Connection, state: TransactionState) {
        let (check_failed, wrong_value) = match server {
            Server::MySql => ((3819, "HY000"), "HY000"),
            Server::MariaDb { .. } => ((4025, "23000"), "22007"),
        };
        for (sql, class, code, sqlstate) in [
            ("INSERT INTO parents VALUES (1, 1)", ServerClass::Constraint, 1062, "23000"),
            ("INSERT INTO parents VALUES (3, NULL)", ServerClass::Constraint, 1048, "23000"),
            ("INSERT INTO parents (id) VALUES (3)", ServerClass::Constraint, 1364, "HY000"),
            ("INSERT INTO parents VALUES (3, 100)", ServerClass::Constraint, check_failed.0, check_failed.1),
            ("INSERT INTO children VALUES (9)", ServerClass::Constraint, 1452, "23000"),
            ("INSERT INTO parents VALUES (3, 1000)", ServerClass::Data, 1264, "22003"),
            ("INSERT INTO parents VALUES (3, 'x')", ServerClass::Data, 1366, wrong_value),
            ("SELECT * FROM parents WHERE", ServerClass::Syntax, 1064, "42000"),
            ("SELECT * FROM nowhere", ServerClass::Syntax, 1146, "42S02"),
            ("SELECT nothing FROM parents", ServerClass::Syntax, 1054, "42S22"),
            ("INSERT INTO parents VALUES (3)", ServerClass::Syntax, 1136, "21S01"),
            ("SELECT * FROM mysql.user", ServerClass::Access, 1142, "42000"),
        ] {
            let error = conn.execute(sql, ()).await.expect_err(sql);
            let found = (error.server_class(), error.code(), error.sqlstate());
            assert_eq!(found, (Some(class), Some(code), Some(sqlstate)), "{sql}: {error}");
            assert_eq!(error.transaction_state(), state, "{sql}: {error}");
            assert!(error.to_string().ends_with(&format!("({code}, {sqlstate})")), "{error}");
            assert!(!error.is_retryable(), "{sql}: {error}");
        }
    }
}
