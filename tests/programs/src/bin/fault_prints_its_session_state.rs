//! Prints the state of its session: the connection id, each session variable, and everything else
//! that a session can keep.
//!
//! Before that it runs its arguments as statements, which can change that state.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};
    use wasmysql_test_programs::Server;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        println!("{}", conn.query_scalar::<u64>("SELECT CONNECTION_ID()", ()).await?);
        for sql in std::env::args().skip(1) {
            conn.query_all(sql, ()).await?;
        }
        let variables = match Server::of(&engine.info()) {
            Server::MySql => "performance_schema.session_variables",
            Server::MariaDb { .. } => "information_schema.session_variables",
        };
        let variables =
            format!("SELECT CONCAT_WS(' = ', variable_name, variable_value) FROM {variables} ORDER BY variable_name");
        for variable in conn.query_all_as::<String>(variables, ()).await? {
            println!("{variable}");
        }
        for expression in [
            "@trace",
            "DATABASE()",
            "CURRENT_ROLE()",
            "CURRENT_USER()",
            "LAST_INSERT_ID()",
            "FOUND_ROWS()",
            "ROW_COUNT()",
            "@@in_transaction",
            "IS_USED_LOCK(CONCAT(DATABASE(), '_lock')) IS NOT NULL",
        ] {
            println!("{expression}: {}", value_of(&mut conn, expression).await);
        }
        let rows = conn.query_all("SELECT * FROM trace", ()).await.map(|rows| rows.len());
        println!("trace: {rows:?}");
        Ok(())
    }

    async fn value_of(conn: &mut Connection, expression: &str) -> String {
        let value = conn.query_scalar::<Option<String>>(format!("SELECT CAST({expression} AS CHAR)"), ()).await;
        format!("{value:?}")
    }
}
