//! Asks the server for values that are larger than it gives. It says so in its own way, and the session goes on.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let nothing: Option<Vec<u8>> = conn.query_scalar("SELECT REPEAT('x', 1000000000)", ()).await?;
        assert_eq!(nothing, None, "as max_allowed_packet has it");
        let warnings = conn.warnings().await?;
        assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [1301]);
        let joined: u32 = conn
            .query_scalar("SELECT LENGTH(GROUP_CONCAT(REPEAT('x', 1000) SEPARATOR '')) FROM seq_1_to_2000", ())
            .await?;
        assert_eq!(joined, 1 << 20, "as group_concat_max_len has it");
        let deep =
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 50000) SELECT COUNT(*) FROM r";
        assert_eq!(conn.query_scalar::<u32>(deep, ()).await?, 50_000, "not cut at max_recursive_iterations");
        Ok(())
    }
}
