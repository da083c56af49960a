//! Reads one row of a result, drops the rest, and prints whether the connection is usable.
//!
//! The arguments are the number of rows, the bytes of a row, and a gate.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let [rows, bytes, gate] = std::env::args()
            .skip(1)
            .collect::<Vec<_>>()
            .try_into()
            .expect("the number of rows, their size, and the gate");
        let rows: u64 = rows.parse().expect("a number of rows");
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut other = engine.acquire().await?;
        let mut result =
            conn.query(format!("SELECT seq, REPEAT('x', {bytes}) FROM {} AS series", series(rows)), ()).await?;
        assert!((1..=rows).contains(&result.next().await?.expect("a row").get::<u64>("seq")?));
        drop(result);
        println!("dropped");
        // The test inspects the pool before it opens the gate.
        assert_eq!(other.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?, 2);

        match conn.query_scalar::<i32>("SELECT 42", ()).await {
            Ok(42) => println!("usable"),
            Err(error) if *error.kind() == ErrorKind::ResourceClosed => {
                assert!(conn.is_closed());
                println!("closed");
                assert_eq!(engine.acquire().await?.query_scalar::<i32>("SELECT 43", ()).await?, 43);
            }
            other => panic!("{other:?}"),
        }
        Ok(())
    }
}
