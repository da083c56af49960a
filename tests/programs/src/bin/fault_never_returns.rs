//! Locks a row in a transaction and then, as the argument says, loops for ever or calls itself for ever.

#[wasmysql_macros::both_apis]
mod program {
    use std::hint::black_box;

    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let how = std::env::args().nth(1).expect("how");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("UPDATE locked SET value = value + 1", ()).await?;
        println!("locked");
        match how.as_str() {
            "loops" => loop {
                black_box(());
            },
            "recurses" => println!("{}", depth(0)),
            how => panic!("'{how}' is not known"),
        }
        tx.commit().await
    }

    #[expect(unconditional_recursion, reason = "that is its fault")]
    fn depth(level: u64) -> u64 {
        black_box(depth(black_box(level + 1))) + 1
    }
}
