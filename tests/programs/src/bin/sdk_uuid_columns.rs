//! A column of type UUID takes the bytes and the text of a UUID, and returns its text.

#[wasmysql_macros::both_apis]
mod program {
    use uuid::Uuid;
    use uuid::fmt::Hyphenated;
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE v (id INT PRIMARY KEY, u UUID)", ()).await?;
        let uuid = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);
        conn.execute("INSERT INTO v VALUES (1, ?)", (uuid,)).await?;
        conn.execute("INSERT INTO v VALUES (2, ?)", (uuid.hyphenated(),)).await?;
        conn.execute("INSERT INTO v VALUES (3, NULL)", ()).await?;
        let stored: Vec<Option<Hyphenated>> = conn.query_all_as("SELECT u FROM v ORDER BY id", ()).await?;
        assert_eq!(stored, [Some(uuid.hyphenated()), Some(uuid.hyphenated()), None]);
        Ok(())
    }
}
