//! `first_rows` limits the rows of the first batch. The result always contains all rows.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, Statement};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let sql = &format!("SELECT seq FROM {} AS series", series(10));
        for (first, expected) in [(Some(0), 10), (Some(1), 1), (Some(10), 10), (Some(11), 10), (None, 10)] {
            let statement = || match first {
                Some(rows) => Statement::new(sql).first_rows(rows),
                None => Statement::new(sql),
            };
            let mut rows = conn.query(statement(), ()).await?;
            let batch = rows.next_batch().await?.expect("a batch");
            assert_eq!(batch.len(), expected, "in the first batch after {first:?}");
            drop(rows);
            let all = conn.query_all(statement(), ()).await?;
            let all = all.iter().map(|row| row.get(0)).collect::<Result<Vec<u32>>>()?;
            assert_eq!(all, (1..=10).collect::<Vec<_>>(), "{first:?}");
        }
        Ok(())
    }
}
