//! Calls `execute-many` with 8,000 rows of NULL and a statement of 128 KiB. Repeated for each row,
//! its text would be a gigabyte.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::Result;
    use wasmysql::bindings::engine::create_engine;
    use wasmysql_test_programs::{EXECUTE, GRANTED, nulls};

    pub(super) async fn main() -> Result<()> {
        let conn = create_engine(give!("main"), GRANTED).await?.acquire().await?;
        let rows = nulls(8000, 1);
        let sql = format!("INSERT INTO long_rows VALUES (?/*{}*/)", "x".repeat(128 * 1024));
        let done = conn.execute_many(give!(sql), give!(rows), EXECUTE).await?;
        assert_eq!(done.affected_rows, 8000);
        Ok(())
    }
}
