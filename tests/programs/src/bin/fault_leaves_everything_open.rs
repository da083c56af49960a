//! Opens a handle of every kind, and ends without closing any.
//!
//! The first argument selects the end: a return, an exit or a trap, with or without forgetting the
//! handles. The second argument is the name of a lock to take.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::Result;
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::bindings::options::ExecuteOptions;
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, series};

    const NO_FIRST_ROWS: ExecuteOptions = ExecuteOptions { timeout_ms: None, first_rows: Some(0) };

    pub(super) async fn main() -> Result<()> {
        let [end, lock] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("the end, and a lock's name");
        let engine = create_engine(give!("main"), GRANTED).await?;
        let conn = engine.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        conn.execute(give!("UPDATE locked SET value = value + 1"), give!([]), EXECUTE).await?;
        conn.execute(give!("SELECT @trace := 1"), give!([]), EXECUTE).await?;
        conn.execute(give!("CREATE TEMPORARY TABLE trace (id INT)"), give!([]), EXECUTE).await?;
        conn.execute(give!(format!("DO GET_LOCK('{lock}', 0)")), give!([]), EXECUTE).await?;
        let savepoint = conn.begin_nested().await?;
        let statement = conn.prepare(give!("SELECT ?")).await?;
        let all = format!("SELECT seq, REPEAT('x', 1000) FROM {} AS series", series(2_000_000));
        let open = conn.execute(give!(all), give!([]), NO_FIRST_ROWS).await?;
        let other = engine.acquire().await?;
        let few = format!("SELECT seq FROM {} AS series", series(100));
        let few = other.execute(give!(few), give!([]), NO_FIRST_ROWS).await?;
        println!("open");
        let everything = (engine, conn, tx, savepoint, statement, open, other, few);
        match end.as_str() {
            "returns" => drop(everything),
            "forgets and returns" => std::mem::forget(everything),
            "exits" => std::process::exit(1),
            "panics" => panic!("on purpose"),
            "aborts" => std::process::abort(),
            end => panic!("unknown end '{end}'"),
        }
        Ok(())
    }
}
