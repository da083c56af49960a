//! Wall time and CPU time of this process. The CPU time excludes the server, which is another
//! process.

use std::time::Instant;

use wasmtime::{Result, ensure};

use crate::system::cpu_time;

/// The time that some work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Microseconds.
    pub(crate) wall: f64,
    /// Microseconds of user and system time.
    pub(crate) cpu: f64,
}

/// The work of one side in one round.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The cost of one piece of work.
    pub(crate) cost: Cost,
    /// The result of the work, which has to be the same on both sides.
    pub(crate) result: String,
}

/// The costs of both sides in one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) native: Cost,
    pub(crate) guest: Cost,
}

/// Runs work of this number of pieces and returns the cost of one piece.
///
/// The work runs on a spawned task, because the main thread's `block_on` wakes up more slowly.
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

/// Runs both sides in turn and returns the costs of each round.
pub(crate) async fn alternating(
    rounds: usize,
    mut native: impl AsyncFnMut() -> Result<Measured>,
    mut guest: impl AsyncFnMut() -> Result<Measured>,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(rounds);
    // The first round is not counted, because it opens connections, fills caches and compiles the
    // component.
    for round in 0..=rounds {
        // The order of the sides alternates, so that neither side always runs after the other.
        let (native, guest) = if round.is_multiple_of(2) {
            let native = native().await?;
            (native, guest().await?)
        } else {
            let guest = guest().await?;
            (native().await?, guest)
        };
        ensure!(native.result == guest.result, "the results differ: native {}, guest {}", native.result, guest.result);
        if round > 0 {
            pairs.push(Pair { native: native.cost, guest: guest.cost });
        }
    }
    Ok(pairs)
}
