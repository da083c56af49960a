//! A plugin whose tests end in every way there is.

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

    /// Two tests in one schema could not both do so.
    async fn add_thing(id: u32) -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("INSERT INTO things VALUES (?)", (id,)).await.map(drop)
    }

    #[test]
    async fn succeeds() -> Result<()> {
        println!("what a test that succeeds prints");
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
        panic!("this test has had enough");
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
        panic!("this test was not to be run");
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
        Err("this one fails".to_owned())
    }

    #[test]
    fn panics() {
        assert_eq!(1 + 1, 3, "sums are right");
    }

    #[test]
    #[should_panic]
    fn is_expected_to_panic() {
        panic!("as expected");
    }

    #[test]
    #[ignore]
    fn is_ignored() {
        panic!("this test was not to be run");
    }
}
