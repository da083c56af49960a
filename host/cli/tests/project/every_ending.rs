//! A plugin whose tests end in all possible ways.

use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    println!("{} things", conn.query_scalar::<u64>("SELECT COUNT(*) FROM things", ()).await?);
    Ok(())
}

#[wasmysql::tests]
mod tests {
    use super::*;

    /// Inserts a row. Two tests with the same id would fail if they shared a schema.
    async fn add_thing(id: u32) -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("INSERT INTO things VALUES (?)", (id,)).await.map(drop)
    }

    #[test]
    async fn succeeds() -> Result<()> {
        println!("output of a passing test");
        add_thing(1).await?;
        main().await
    }

    #[test]
    async fn returns_an_error() -> Result<()> {
        add_thing(1).await?;
        add_thing(1).await
    }

    #[test]
    async fn panics() {
        println!("before the panic");
        add_thing(1).await.unwrap();
        panic!("expected panic");
    }

    #[test]
    async fn traps() {
        core::arch::wasm32::unreachable()
    }

    #[test]
    async fn does_not_end() {
        let mut rounds = 0_u64;
        loop {
            rounds = std::hint::black_box(rounds + 1);
        }
    }

    #[test]
    #[ignore = "only on demand"]
    async fn is_ignored() {
        panic!("this test must not run by default");
    }

    mod inner {
        use wasmysql::blocking::{Engine, Result};

        #[test]
        fn does_not_wait() -> Result<()> {
            let mut conn = Engine::connect("main")?.acquire()?;
            assert_eq!(conn.query_scalar::<u64>("SELECT COUNT(*) FROM things", ())?, 0);
            Ok(())
        }
    }
}

#[cfg(test)]
mod plain {
    use wasmysql::blocking::{Engine, Result};

    #[test]
    fn succeeds() -> Result<()> {
        let mut conn = Engine::connect("main")?.acquire()?;
        conn.execute("INSERT INTO things VALUES (1)", ())?;
        Ok(())
    }

    #[test]
    fn returns_an_error() -> Result<(), String> {
        println!("before the error");
        Err("expected error".to_owned())
    }

    #[test]
    fn panics() {
        assert_eq!(1 + 1, 3, "the sum is wrong");
    }

    #[test]
    #[should_panic]
    fn is_expected_to_panic() {
        panic!("as expected");
    }

    #[test]
    #[ignore]
    fn is_ignored() {
        panic!("this test must not run by default");
    }
}
