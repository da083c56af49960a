//! Statements that MySQL can't prepare have the results, the errors and the limits of other
//! statements. No second statement runs with them.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{AbortReason, Connection, Engine, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE kept (id INT PRIMARY KEY)", ()).await?;
        conn.insert_many("kept", &["id"], [(1,), (2,), (3,)]).await?;
        conn.execute("CREATE VIEW seen AS SELECT 1 AS a", ()).await?;
        changes_take_effect(&mut conn).await?;
        rows_are_read(&mut conn).await?;
        errors_are_reported(&mut conn).await?;
        transactions_are_committed(&mut conn).await?;
        nothing_else_runs(&mut conn).await?;
        parameters_are_rejected(&mut conn).await
    }

    async fn changes_take_effect(conn: &mut Connection) -> Result<()> {
        conn.execute("ALTER VIEW seen AS SELECT 2 AS a", ()).await?;
        assert_eq!(conn.query_scalar::<i32>("SELECT a FROM seen", ()).await?, 2);
        let body = "BEGIN SELECT 'a;b' AS a; SELECT COUNT(*) FROM kept; END";
        conn.execute(format!("CREATE PROCEDURE counts() {body}; -- twice"), ()).await?;
        let mut results = conn.query("CALL counts()", ()).await?;
        assert_eq!(results.next().await?.expect("a row").get::<&str>("a")?, "a;b");
        assert!(results.next_result().await?);
        assert_eq!(results.scalar::<i32>().await?, 3);

        let dropped = conn.execute("DROP PROCEDURE IF EXISTS nowhere; /* no such procedure */", ()).await?;
        assert_eq!((dropped.rows_affected(), dropped.warnings()), (0, 1));
        assert_eq!(conn.warnings().await?[0].code, 1305);
        Ok(())
    }

    async fn rows_are_read(conn: &mut Connection) -> Result<()> {
        let mut rows = conn.query("CHECK TABLE kept, nowhere", ()).await?;
        assert_eq!(rows.keys().collect::<Vec<_>>(), ["Table", "Op", "Msg_type", "Msg_text"]);
        let first = rows.next().await?.expect("the first table");
        assert!(first.get::<&str>("Table")?.ends_with(".kept"));
        assert_eq!(first.get::<&str>("Msg_text")?, "OK");
        let others = rows.all().await?;
        assert!(others.iter().any(|row| row.get::<&str>("Msg_type").is_ok_and(|ty| ty == "Error")), "{others:?}");
        let dropped = conn.query("CHECK TABLE kept, nowhere", ()).await?;
        dropped.close().await?;
        assert_eq!(conn.query_all("CHECK TABLE kept", ()).await?.len(), 1);
        Ok(())
    }

    async fn errors_are_reported(conn: &mut Connection) -> Result<()> {
        let signal = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a; b'";
        let error = conn.execute(signal, ()).await.expect_err("a signal");
        assert_eq!(error.code(), Some(1644));
        assert!(error.message().contains("a; b"), "{error}");
        let error = conn.execute("ALTER VIEW seen AS SELECT * FROM nowhere", ()).await.expect_err("no such table");
        assert_eq!(error.code(), Some(1146));

        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO kept VALUES (4)", ()).await?;
        tx.execute(signal, ()).await.expect_err("a signal");
        assert!(tx.is_active());
        tx.rollback().await
    }

    async fn transactions_are_committed(conn: &mut Connection) -> Result<()> {
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO kept VALUES (4)", ()).await?;
        tx.execute("DROP PROCEDURE counts", ()).await?;
        let error = tx.commit().await.expect_err("another statement committed it");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::ImplicitCommit));
        assert_eq!(count(conn).await?, 4);
        Ok(())
    }

    async fn nothing_else_runs(conn: &mut Connection) -> Result<()> {
        for sql in [
            "CHECK TABLE kept; DELETE FROM kept",
            "CHECK TABLE kept;\0DELETE FROM kept",
            "CHECK TABLE kept # ;\n; DELETE FROM kept",
            "ALTER VIEW seen AS SELECT 3 AS a; DELETE FROM kept",
            "ALTER VIEW seen AS SELECT 3 AS event;; DELETE FROM kept",
            "SIGNAL SQLSTATE '01000'; DELETE FROM kept",
            "DROP PROCEDURE IF EXISTS one; /**/ DELETE FROM kept",
            "DROP PROCEDURE IF EXISTS one \0; DELETE FROM kept",
            "CREATE PROCEDURE one() SELECT 1; DELETE FROM kept",
            "CREATE PROCEDURE one() SELECT 1; DELETE FROM kept; END",
            "CREATE PROCEDURE one() BEGIN SELECT 1; END; DELETE FROM kept",
            "CREATE PROCEDURE one() BEGIN SELECT 1; END; DELETE FROM kept; BEGIN SELECT 1; END",
            "CREATE PROCEDURE one() BEGIN SELECT ';'; END -- ;\n; DELETE FROM kept",
            "CREATE PROCEDURE one() BEGIN SELECT '\\\\'; END; DELETE FROM kept; -- '; END",
            "CREATE PROCEDURE one() BEGIN SELECT \"\"; END; DELETE FROM kept; -- \"; END",
            "CREATE PROCEDURE one() SELECT 1 AS `begin`; DELETE FROM kept; SELECT 1 AS `end`",
            "DELIMITER //\nCREATE PROCEDURE one() SELECT 1 //\nDELETE FROM kept //",
            "CREATE PROCEDURE one() SELECT 1;\0DELETE FROM kept",
            "CREATE PROCEDURE one() SELECT $$'$$; DELETE FROM kept; -- '",
        ] {
            // MariaDB takes the NUL for the end of the text.
            let done = conn.execute(sql, ()).await;
            assert!(done.is_err() || sql.contains('\0'), "{sql:?}: {done:?}");
            assert_eq!(count(conn).await?, 4, "{sql:?}");
        }
        conn.execute("DROP PROCEDURE IF EXISTS one", ()).await?;
        // These texts have only one statement.
        let text = "CREATE PROCEDURE one() BEGIN SELECT '\\'; END; DELETE FROM kept; -- '; END";
        conn.execute(text, ()).await?;
        assert_eq!(conn.query_scalar::<String>("CALL one()", ()).await?, "'; END; DELETE FROM kept; -- ");
        conn.execute("DROP PROCEDURE one; -- ; DELETE FROM kept", ()).await?;
        assert_eq!(count(conn).await?, 4);
        Ok(())
    }

    /// A server that can't prepare the statement has no parameters for it.
    async fn parameters_are_rejected(conn: &mut Connection) -> Result<()> {
        let is_refusal = |code: Option<u16>, message: &str| code == Some(1295) && message.contains("`execute`");
        let error = conn.execute("CHECK TABLE kept", (1,)).await.expect_err("a superfluous parameter");
        let is_rejected = error.kind() == &ErrorKind::Argument || is_refusal(error.code(), error.message());
        assert!(is_rejected, "{error}");
        if let Err(error) = conn.prepare("CHECK TABLE kept").await {
            assert!(is_refusal(error.code(), error.message()), "{error}");
        }
        assert_eq!(count(conn).await?, 4);
        Ok(())
    }

    async fn count(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar("SELECT COUNT(*) FROM kept", ()).await
    }
}
