//! Measures the time that a guest computes, and the host for the guest.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::future::{FutureExt, poll_fn};
use wasmtime::Trap;

use super::StoreSettings;
use super::exceeded::{LimitExceeded, Refusals, StoreLimit};

/// Runs a guest and measures its time of computation.
///
/// [`StoreSettings::apply`] returns the meter of a store. Run the instantiation and each call of an
/// export with [`run`](CpuMeter::run).
///
/// - The meter counts the time in which the future of `run` is polled. This is computation by the
///   guest, and by the host for the guest.
/// - Between polls the guest waits for a server or a timer. This time does not count. Work of other
///   tasks does not count either, such as the reset of a released session.
/// - A guest that computes for longer than [`StoreSettings::cpu_time`] traps within a few
///   hundredths of a second. The same error ends a guest whose time was used by work of the host,
///   such as rejecting statements.
/// - Outside of `run`, all time counts, from the end of the last `run` or from
///   [`StoreSettings::apply`]. So a guest that runs without its meter stops too early, never too
///   late.
#[derive(Debug, Clone)]
#[must_use = "outside of `run`, waiting counts as computation"]
pub struct CpuMeter {
    time: Arc<CpuTime>,
    refusals: Arc<Refusals>,
    settings: Arc<StoreSettings>,
}

impl CpuMeter {
    pub(super) fn new(time: Arc<CpuTime>, refusals: Arc<Refusals>, settings: StoreSettings) -> Self {
        Self { time, refusals, settings: Arc::new(settings) }
    }

    /// Runs a future of the guest to completion: its instantiation, a call, or both.
    ///
    /// # Errors
    ///
    /// Returns the error of the guest. If a limit of the store caused the error, it contains a
    /// [`LimitExceeded`], which [`downcast_ref`](wasmtime::Error::downcast_ref) finds.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the future of the guest. Drop the store afterwards: the call of
    /// the guest can't continue.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use wasmtime::{Store, component::{Component, Linker}};
    /// # use wasmysql_host::CpuMeter;
    /// # async fn run<T: Send>(meter: CpuMeter, mut store: Store<T>, linker: Linker<T>,
    /// # component: Component) -> wasmtime::Result<()> {
    /// let total = meter
    ///     .run(async {
    ///         let instance = linker.instantiate_async(&mut store, &component).await?;
    ///         let total = instance.get_typed_func::<(u32,), (u64,)>(&mut store, "total")?;
    ///         Ok(total.call_async(&mut store, (2026,)).await?.0)
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn run<T, F: Future<Output = wasmtime::Result<T>>>(
        &self,
        guest: F,
    ) -> impl Future<Output = wasmtime::Result<T>> + use<T, F> {
        // Boxed, because the returned future would otherwise reserve space for the guest's future
        // twice.
        let (meter, mut guest) = (self.clone(), Box::pin(guest));
        poll_fn(move |context| {
            meter.time.resume();
            let polled = guest.poll_unpin(context);
            meter.time.count();
            match polled {
                Poll::Ready(done) => Poll::Ready(done.map_err(|error| meter.with_limit(error))),
                // Work of the host may have used the time. Epochs don't interrupt the host.
                Poll::Pending => match meter.time.check() {
                    Ok(()) => Poll::Pending,
                    Err(error) => Poll::Ready(Err(error)),
                },
            }
        })
    }

    /// Stops counting until the guest is interrupted or [`run`](Self::run) is called. For hosts
    /// whose guest is polled by a library, such as `wasmtime_wasi_http::handler`.
    ///
    /// Call it after each poll of the guest's future that returned `Pending`, for example in
    /// `WorkerExpiration::poll`. Computation is then counted when the guest is interrupted, every
    /// 10 ms. A guest that waits before that is not counted, so put a timeout around the call.
    pub fn suspend(&self) {
        self.time.suspend();
    }

    /// Sets the time of computation to zero, for a store whose guest handles a further request.
    pub fn restart(&self) {
        self.time.used.store(0, Ordering::Relaxed);
    }

    /// Returns the time of computation so far.
    #[must_use]
    pub fn used(&self) -> Duration {
        self.time.used()
    }

    /// Adds the limit that caused the error, if a limit caused the error.
    fn with_limit(&self, error: wasmtime::Error) -> wasmtime::Error {
        if error.downcast_ref::<LimitExceeded>().is_some() {
            return error;
        }
        match LimitExceeded::cause_of(&error, &self.settings, &self.refusals) {
            Some(exceeded) => error.context(exceeded),
            None => error,
        }
    }
}

/// The used time of a limit. Only one task polls a store at a time, so no time is counted twice.
pub(super) struct CpuTime {
    limit: Option<Duration>,
    start: Instant,
    /// Nanoseconds from `start` to the point up to which time is counted.
    since: AtomicU64,
    /// The counted nanoseconds.
    used: AtomicU64,
    /// The guest waits: `since` is not the begin of computation.
    is_waiting: AtomicBool,
    /// The guest was interrupted and yields. It is polled again at once.
    is_yielding: AtomicBool,
}

impl CpuTime {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            start: Instant::now(),
            since: AtomicU64::new(0),
            used: AtomicU64::new(0),
            is_waiting: AtomicBool::new(false),
            is_yielding: AtomicBool::new(false),
        }
    }

    /// Starts counting now. The time before is waiting.
    fn resume(&self) {
        self.is_waiting.store(false, Ordering::Relaxed);
        self.since.store(self.now(), Ordering::Relaxed);
    }

    /// Counts the time up to now.
    pub(super) fn count(&self) -> Duration {
        let now = self.now();
        let counted = now.saturating_sub(self.since.swap(now, Ordering::Relaxed));
        self.used.fetch_add(counted, Ordering::Relaxed);
        Duration::from_nanos(counted)
    }

    /// Counts the time up to an interruption of the guest, and returns it.
    pub(super) fn interrupted(&self) -> Duration {
        let counted = if self.is_waiting.load(Ordering::Relaxed) {
            self.resume();
            Duration::ZERO
        } else {
            self.count()
        };
        self.is_yielding.store(true, Ordering::Relaxed);
        counted
    }

    /// Stops counting, unless the guest only yields.
    fn suspend(&self) {
        if self.is_yielding.swap(false, Ordering::Relaxed) {
            self.resume();
        } else if !self.is_waiting.swap(true, Ordering::Relaxed) {
            self.count();
        }
    }

    /// Fails with the error of the guest if the limit is reached.
    pub(super) fn check(&self) -> wasmtime::Result<()> {
        self.check_used(self.used())
    }

    /// Fails with the error of the guest if this time reaches the limit.
    pub(super) fn check_used(&self, used: Duration) -> wasmtime::Result<()> {
        match self.limit {
            Some(limit) if used >= limit => {
                let exceeded = LimitExceeded { limit: StoreLimit::CpuTime, allowed: milliseconds(limit) };
                Err(wasmtime::Error::from(Trap::Interrupt).context(exceeded))
            }
            _ => Ok(()),
        }
    }

    fn used(&self) -> Duration {
        Duration::from_nanos(self.used.load(Ordering::Relaxed))
    }

    /// Nanoseconds since `start`. 64 bits are enough for five hundred years.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for CpuTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CpuTime").field("limit", &self.limit).field("used", &self.used()).finish_non_exhaustive()
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    async fn short_call() -> wasmtime::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }

    const LIMIT: Duration = Duration::from_millis(100);

    fn meter() -> CpuMeter {
        CpuMeter::new(Arc::new(CpuTime::new(Some(LIMIT))), Arc::default(), StoreSettings::default())
    }

    #[tokio::test]
    async fn waiting_does_not_count() {
        let meter = meter();
        let waiting = async {
            for _ in 0..10 {
                tokio::time::sleep(LIMIT / 4).await;
            }
            Ok(())
        };
        meter.run(waiting).await.unwrap();
        assert!(meter.used() < LIMIT / 4, "{meter:?}");
    }

    #[tokio::test]
    async fn work_of_the_host_counts_and_ends_the_guest() {
        let meter = meter();
        let busy = async {
            loop {
                // Simulates computation.
                sleep(LIMIT / 10);
                tokio::task::yield_now().await;
            }
        };
        let error = meter.run::<(), _>(busy).await.unwrap_err();
        let exceeded = LimitExceeded { limit: StoreLimit::CpuTime, allowed: 100 };
        assert_eq!(error.downcast_ref::<LimitExceeded>(), Some(&exceeded));
        assert!((LIMIT..LIMIT * 3).contains(&meter.used()), "{meter:?}");
    }

    #[tokio::test]
    async fn completed_call_returns_its_result_despite_the_limit() {
        let meter = meter();
        let done = meter.run(async {
            sleep(LIMIT * 2);
            Ok(7)
        });
        assert_eq!(done.await.unwrap(), 7);
        assert!(meter.run(short_call()).await.is_err(), "the time is used up");
    }

    #[test]
    fn suspended_meter_counts_interrupted_computation_only() {
        let meter = meter();
        // The guest waits.
        meter.suspend();
        sleep(LIMIT);
        meter.suspend();
        assert!(meter.used() < LIMIT / 4, "{meter:?}");
        // The guest computes, and yields at each interruption.
        for _ in 0..4 {
            meter.time.interrupted();
            meter.suspend();
            sleep(LIMIT / 2);
        }
        assert!(meter.used() > LIMIT && meter.time.check().is_err(), "{meter:?}");
        meter.restart();
        assert!(meter.used().is_zero() && meter.time.check().is_ok(), "{meter:?}");
    }

    #[test]
    fn without_a_meter_all_time_counts() {
        let time = CpuTime::new(Some(LIMIT));
        sleep(LIMIT);
        time.count();
        assert!(time.check().is_err(), "{time:?}");
    }
}
