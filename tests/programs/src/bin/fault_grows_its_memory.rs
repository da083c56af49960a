//! Grows its memory by 64 KiB until the host refuses, prints its size in KiB, and runs a query.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        println!("{} KiB", super::pages_at_most() * 64);
        assert_eq!(conn.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        Ok(())
    }
}

/// Grows the memory until the host refuses, and returns its size in pages of 64 KiB.
#[cfg(target_arch = "wasm32")]
fn pages_at_most() -> usize {
    while core::arch::wasm32::memory_grow(0, 1) != usize::MAX {}
    core::arch::wasm32::memory_size(0)
}

#[cfg(not(target_arch = "wasm32"))]
fn pages_at_most() -> usize {
    panic!("this program runs only on wasm32")
}
