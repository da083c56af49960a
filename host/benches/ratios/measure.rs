//! Wall time and the process's CPU time. The server is another process, so its time is not in it.

use std::time::Instant;

use wasmtime::Result;

use crate::system::cpu_time;

/// What some work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Microseconds.
    pub(crate) wall: f64,
    /// Microseconds of user and system time.
    pub(crate) cpu: f64,
}

impl Cost {
    pub(crate) fn per(self, times: u32) -> Cost {
        Cost { wall: self.wall / f64::from(times), cpu: self.cpu / f64::from(times) }
    }
}

/// Runs something, and tells what it took.
pub(crate) async fn measured<T>(work: impl Future<Output = Result<T>>) -> Result<(T, Cost)> {
    let (cpu, wall) = (cpu_time()?, Instant::now());
    let value = work.await?;
    let wall = wall.elapsed();
    let cpu = cpu_time()? - cpu;
    Ok((value, Cost { wall: wall.as_secs_f64() * 1e6, cpu: cpu.as_secs_f64() * 1e6 }))
}

/// Runs both sides in turn, and returns what each round took.
pub(crate) async fn alternating<A, B>(
    rounds: usize,
    mut native: impl AsyncFnMut() -> Result<A>,
    mut guest: impl AsyncFnMut() -> Result<B>,
) -> Result<Vec<Pair>> {
    // One round unmeasured: connections, caches, the compiled component.
    native().await?;
    guest().await?;
    let mut pairs = Vec::with_capacity(rounds);
    for round in 0..rounds {
        // Who goes first changes, so that neither always finds the machine as the other left it.
        let (native, guest) = if round.is_multiple_of(2) {
            let native = measured(native()).await?.1;
            (native, measured(guest()).await?.1)
        } else {
            let guest = measured(guest()).await?.1;
            (measured(native()).await?.1, guest)
        };
        pairs.push(Pair { native, guest });
    }
    Ok(pairs)
}

/// One round of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) native: Cost,
    pub(crate) guest: Cost,
}
