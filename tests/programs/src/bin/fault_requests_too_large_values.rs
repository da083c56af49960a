//! Requests values that exceed limits of the server. The server returns NULL or a truncated
//! value, and the session stays usable.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let value: Option<Vec<u8>> = conn.query_scalar("SELECT REPEAT('x', 1000000000)", ()).await?;
        assert_eq!(value, None, "limited by max_allowed_packet");
        let warnings = conn.warnings().await?;
        assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [1301]);
        let joined = "SELECT LENGTH(GROUP_CONCAT(REPEAT('x', 1000) SEPARATOR ''))";
        let joined: u32 = conn.query_scalar(format!("{joined} FROM {} AS series", series(2000)), ()).await?;
        assert_eq!(joined, 1 << 20, "limited by group_concat_max_len");
        let deep =
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 50000) SELECT COUNT(*) FROM r";
        assert_eq!(conn.query_scalar::<u32>(deep, ()).await?, 50_000, "not limited by max_recursive_iterations");
        Ok(())
    }
}
