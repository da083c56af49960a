//! Wall time and the process's CPU time. The server is another process, so its time is not in it.

use std::time::Instant;

use wasmtime::{Result, ensure};

use crate::system::cpu_time;

/// What some work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Microseconds.
    pub(crate) wall: f64,
    /// Microseconds of user and system time.
    pub(crate) cpu: f64,
}

/// What a side did in a round.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Of each piece of its work.
    pub(crate) cost: Cost,
    /// What came of it, which is the same on both sides.
    pub(crate) result: String,
}

/// One round of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) native: Cost,
    pub(crate) guest: Cost,
}

/// Runs so many pieces of work, and tells what each took. On a task: the main thread's `block_on` wakes up more slowly.
pub(crate) async fn measured(
    pieces: u32,
    work: impl Future<Output = Result<String>> + Send + 'static,
) -> Result<Measured> {
    let work = tokio::spawn(async move {
        let (cpu, wall) = (cpu_time()?, Instant::now());
        let result = work.await?;
        let wall = wall.elapsed();
        let cpu = cpu_time()? - cpu;
        let each = |seconds: f64| seconds * 1e6 / f64::from(pieces);
        Ok(Measured { cost: Cost { wall: each(wall.as_secs_f64()), cpu: each(cpu.as_secs_f64()) }, result })
    });
    work.await?
}

/// Runs both sides in turn, and returns what each round took.
pub(crate) async fn alternating(
    rounds: usize,
    mut native: impl AsyncFnMut() -> Result<Measured>,
    mut guest: impl AsyncFnMut() -> Result<Measured>,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(rounds);
    // The first round does not count: it opens connections, fills caches and compiles the component.
    for round in 0..=rounds {
        // Who goes first changes, so that neither always finds the machine as the other left it.
        let (native, guest) = if round.is_multiple_of(2) {
            let native = native().await?;
            (native, guest().await?)
        } else {
            let guest = guest().await?;
            (native().await?, guest)
        };
        ensure!(native.result == guest.result, "the results differ: {} and {}", native.result, guest.result);
        if round > 0 {
            pairs.push(Pair { native: native.cost, guest: guest.cost });
        }
    }
    Ok(pairs)
}
