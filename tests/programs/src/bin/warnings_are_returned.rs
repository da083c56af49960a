//! The warnings of the last statement can be read until the next statement runs.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        assert_eq!(conn.warnings().await?, []);
        let done = conn.execute("DROP TABLE IF EXISTS nowhere", ()).await?;
        assert_eq!(done.warnings(), 1);
        let warnings = conn.warnings().await?;
        assert_eq!((warnings[0].level.as_str(), warnings[0].code), ("Note", 1051));
        assert!(warnings[0].message.contains("nowhere"), "{warnings:?}");
        assert_eq!(conn.warnings().await?, warnings, "reading warnings does not clear them");

        conn.execute("DO 1", ()).await?;
        assert_eq!(conn.warnings().await?, []);
        conn.execute("SELECT * FROM nowhere", ()).await.expect_err("no such table");
        assert_eq!(conn.warnings().await?[0].code, 1146);
        Ok(())
    }
}
