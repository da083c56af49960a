//! Work that a signal ends.

use std::fs;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinSet, spawn_blocking};

use crate::exit::Failure;

/// How long tasks have to give back what they hold. What takes longer ends with the process.
pub(crate) const SHUTDOWN_PATIENCE: Duration = Duration::from_millis(200);

/// Works until it is done or a signal asks this process to end, of which the failure tells.
pub(crate) async fn until_interrupted<T: Send + 'static>(
    interrupts: &mut Interrupts,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    // On a thread of its own: a plugin that computes does not keep a signal waiting.
    let mut working = JoinSet::new();
    working.spawn(work);
    tokio::select! {
        code = interrupts.next() => Err(Failure::Interrupted(code)),
        Some(joined) = working.join_next() => joined.unwrap_or_else(|error| Err(Failure::host(error))),
    }
}

/// The same for work that blocks. It is left where it is when a signal comes, and ends with this process.
pub(crate) async fn until_interrupted_blocking<T: Send + 'static>(
    interrupts: &mut Interrupts,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let working = async { spawn_blocking(work).await.unwrap_or_else(|error| Err(Failure::host(error))) };
    until_interrupted(interrupts, working).await
}

/// The signals that ask this process to end. Those that come while nobody waits for them are not lost.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    /// Of a terminal that goes away; not where it is to be outlived, as by `nohup`.
    hangup: Option<Signal>,
}

impl Interrupts {
    /// Listens from now on, also to signals that whoever started this process had it ignore, as a shell does in the background.
    pub(crate) fn listen(runtime: &Runtime) -> Result<Self, Failure> {
        let _runtime = runtime.enter();
        let listen = |kind| signal(kind).map_err(|error| Failure::Host(format!("can't listen for signals: {error}")));
        let hangup = if hangups_are_ignored() { None } else { Some(listen(SignalKind::hangup())?) };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())?, hangup })
    }

    /// Waits for one, and gives the exit code that tells of it.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
            Some(_) = async { self.hangup.as_mut()?.recv().await } => 129,
        }
    }
}

/// Whether who started this process has it ignore hangups, which only Linux tells. Elsewhere one ends it also under `nohup`.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The first signal is the lowest bit.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
