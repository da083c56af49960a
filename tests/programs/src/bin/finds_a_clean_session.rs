//! A session contains no state of its previous user.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::Server;

    pub(super) async fn main() -> Result<()> {
        let [lock, schema] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("the lock and the schema");
        let engine = Engine::connect("main").await?;
        let server = Server::of(&engine.info());
        let mut conn = engine.acquire().await?;
        println!("session {}", conn.query_scalar::<u64>("SELECT CONNECTION_ID()", ()).await?);
        assert_eq!(conn.query_scalar::<Option<i64>>("SELECT @trace", ()).await?, None);
        assert_eq!(conn.query_scalar::<u64>("SELECT LAST_INSERT_ID()", ()).await?, 0);
        assert_eq!(conn.query_scalar::<String>("SELECT DATABASE()", ()).await?, schema);
        if let Some(in_transaction) = server.in_transaction() {
            assert_eq!(conn.query_scalar::<u32>(in_transaction, ()).await?, 0);
        }
        assert_eq!(conn.query_scalar::<i32>("SELECT @@autocommit", ()).await?, 1);
        assert_eq!(conn.query_scalar::<String>("SELECT @@time_zone", ()).await?, "+00:00");
        assert_eq!(conn.query_scalar::<String>(server.isolation(), ()).await?, "REPEATABLE-READ");
        let mode: String = conn.query_scalar("SELECT @@sql_mode", ()).await?;
        assert!(mode.starts_with("STRICT_TRANS_TABLES") && !mode.contains("ANSI"), "{mode}");
        let names = "SELECT CONCAT(@@character_set_client, @@character_set_connection, @@character_set_results)";
        assert_eq!(conn.query_scalar::<String>(names, ()).await?, "utf8mb4".repeat(3));
        let role: Option<String> = conn.query_scalar("SELECT CURRENT_ROLE()", ()).await?;
        assert!(matches!(role.as_deref(), None | Some("NONE")), "{role:?}");
        assert_eq!(conn.query_scalar::<i32>("SELECT IS_FREE_LOCK(?)", (lock,)).await?, 1);
        let error = conn.query("SELECT * FROM trace", ()).await.expect_err("the temporary table is dropped");
        assert_eq!(error.code(), Some(1146));
        Ok(())
    }
}
