//! Work that stops when this process receives a signal.

use std::fs;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinSet, spawn_blocking};

use crate::exit::Failure;

/// The time in which tasks can release their resources. Tasks that take longer end with the
/// process.
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(200);

/// Runs `work` until it is complete or a signal requests the end of this process.
///
/// # Errors
///
/// Returns [`Failure::Interrupted`] with the exit code of the signal, or the failure of `work`.
pub(crate) async fn until_interrupted<T: Send + 'static>(
    interrupts: &mut Interrupts,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    // A separate task, so that a plugin that computes does not delay the signal.
    let mut working = JoinSet::new();
    working.spawn(work);
    tokio::select! {
        code = interrupts.next() => Err(Failure::Interrupted(code)),
        Some(joined) = working.join_next() => joined.unwrap_or_else(|error| Err(Failure::host(error))),
    }
}

/// Runs blocking work like [`until_interrupted`].
///
/// After a signal the work continues in its thread and ends with this process.
pub(crate) async fn until_interrupted_blocking<T: Send + 'static>(
    interrupts: &mut Interrupts,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let working = async { spawn_blocking(work).await.unwrap_or_else(|error| Err(Failure::host(error))) };
    until_interrupted(interrupts, working).await
}

/// The signals that request the end of this process. A signal that arrives before
/// [`Interrupts::next`] is kept.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    /// SIGHUP of a terminal that closes. `None` if this process ignores it, for example under
    /// `nohup`.
    hangup: Option<Signal>,
}

impl Interrupts {
    /// Starts to listen. This includes SIGINT and SIGTERM if the parent process set them to be
    /// ignored, as a shell does for background processes.
    pub(crate) fn listen(runtime: &Runtime) -> Result<Self, Failure> {
        let hangup = if hangups_are_ignored() { None } else { Some(listen(runtime, SignalKind::hangup())?) };
        Ok(Self { hangup, ..Self::listen_without_hangups(runtime)? })
    }

    /// Starts to listen like [`listen`](Self::listen), but not for SIGHUP.
    pub(crate) fn listen_without_hangups(runtime: &Runtime) -> Result<Self, Failure> {
        let interrupt = listen(runtime, SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: listen(runtime, SignalKind::terminate())?, hangup: None })
    }

    /// Waits for a signal and returns its exit code.
    pub(crate) async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
            Some(_) = async { self.hangup.as_mut()?.recv().await } => 129,
        }
    }
}

/// SIGHUP as a request to reload, as daemons use it.
pub(crate) struct Hangups(Signal);

impl Hangups {
    /// Starts to listen. From then on, SIGHUP does not end this process.
    pub(crate) fn listen(runtime: &Runtime) -> Result<Self, Failure> {
        Ok(Self(listen(runtime, SignalKind::hangup())?))
    }

    /// Waits for a signal.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            // No further signal can arrive.
            std::future::pending().await
        }
    }
}

fn listen(runtime: &Runtime, kind: SignalKind) -> Result<Signal, Failure> {
    let _runtime = runtime.enter();
    signal(kind).map_err(|error| Failure::Host(format!("can't listen for signals: {error}")))
}

/// Returns whether this process inherited an ignored SIGHUP.
///
/// Only Linux provides this information. On other systems SIGHUP ends this process even under
/// `nohup`.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The first signal is the lowest bit.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
