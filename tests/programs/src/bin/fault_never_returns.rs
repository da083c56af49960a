//! Locks a row in a transaction, and then loops or recurses for ever. The argument selects the
//! mode.

#[wasmysql_macros::both_apis]
mod program {
    use std::hint::black_box;

    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mode = std::env::args().nth(1).expect("the mode");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("UPDATE locked SET value = value + 1", ()).await?;
        println!("locked");
        match mode.as_str() {
            "loops" => loop {
                black_box(());
            },
            "recurses" => println!("{}", depth(0)),
            mode => panic!("unknown mode '{mode}'"),
        }
        tx.commit().await
    }

    #[expect(unconditional_recursion, reason = "the program overflows its stack on purpose")]
    fn depth(level: u64) -> u64 {
        black_box(depth(black_box(level + 1))) + 1
    }
}
