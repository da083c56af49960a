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

/// Runs both sides in turn, checks that their results are equal, and returns the costs of each
/// round.
pub(crate) async fn alternating(
    rounds: usize,
    mut native: impl AsyncFnMut() -> Result<Measured>,
    mut guest: impl AsyncFnMut() -> Result<Measured>,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let (native, guest) = in_turn(round, &mut native, &mut guest).await?;
        ensure!(native.result == guest.result, "the results differ: native {}, guest {}", native.result, guest.result);
        count(&mut pairs, round, native.cost, guest.cost);
    }
    Ok(pairs)
}

/// Like `alternating`, for sides whose results differ and are checked by themselves. Both get the
/// number of the round.
pub(crate) async fn alternating_costs(
    rounds: usize,
    mut native: impl AsyncFnMut(usize) -> Result<Cost>,
    mut guest: impl AsyncFnMut(usize) -> Result<Cost>,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let (native, guest) = in_turn(round, async || native(round).await, async || guest(round).await).await?;
        count(&mut pairs, round, native, guest);
    }
    Ok(pairs)
}

/// Runs one round. The order of the sides alternates, so that neither side always runs after the
/// other.
async fn in_turn<T>(
    round: usize,
    native: impl AsyncFnOnce() -> Result<T>,
    guest: impl AsyncFnOnce() -> Result<T>,
) -> Result<(T, T)> {
    Ok(if round.is_multiple_of(2) {
        let native = native().await?;
        (native, guest().await?)
    } else {
        let guest = guest().await?;
        (native().await?, guest)
    })
}

/// Adds the costs of a round, except the first, which opens connections, fills caches and compiles
/// the component.
fn count(pairs: &mut Vec<Pair>, round: usize, native: Cost, guest: Cost) {
    if round > 0 {
        pairs.push(Pair { native, guest });
    }
}
