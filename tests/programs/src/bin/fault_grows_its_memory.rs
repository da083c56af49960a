//! Takes as much memory as it gets, 64 KiB at a time, prints how many KiB it has, and goes on with what it has.

#[wasmysql::both_faces]
mod program {
    use core::arch::wasm32::{memory_grow, memory_size};

    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        while memory_grow(0, 1) != usize::MAX {}
        println!("{} KiB", memory_size(0) * 64);
        assert_eq!(conn.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        Ok(())
    }
}
