//! How long a guest has computed, and the host for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::future::{FutureExt, poll_fn};
use wasmtime::Trap;

use super::StoreSettings;
use super::exceeded::{LimitExceeded, Refusals, StoreLimit};

/// Runs what a guest does, and counts the time of it that is not waiting.
///
/// [`StoreSettings::apply`] makes one for a store. Everything that the guest does is to be run by it: making its instance, and each call
/// of its exports. Time counts while the future that it is given is polled: that is the guest's computing, and the host's for it. Between
/// polls the guest waits, for a server or a clock, and that does not count. What other tasks do for a guest, such as resetting the
/// session that it gave back, does not count either.
///
/// # Behaviour
///
/// - A guest that computes for longer than [`StoreSettings::cpu_time`] is trapped within a few hundredths of a second.
/// - One whose time is used up by the host's work for it, such as refusing its statements, ends with the same error.
/// - What a guest does outside of [`run`](CpuMeter::run) counts from the end of the last `run`, or from [`StoreSettings::apply`], whatever
///   it waits for: forgetting it makes guests end too early, and never too late.
#[derive(Debug, Clone)]
#[must_use = "outside of its `run` a guest's waiting counts as computing"]
pub struct CpuMeter {
    time: Arc<CpuTime>,
    refusals: Arc<Refusals>,
    settings: Arc<StoreSettings>,
}

impl CpuMeter {
    pub(super) fn new(time: Arc<CpuTime>, refusals: Arc<Refusals>, settings: StoreSettings) -> CpuMeter {
        CpuMeter { time, refusals, settings: Arc::new(settings) }
    }

    /// Runs something of the guest's to its end: the making of its instance, a call, or both.
    ///
    /// ```no_run
    /// # use wasmtime::{Store, component::{Component, Linker}};
    /// # use wasmysql_host::CpuMeter;
    /// # async fn run<T: Send>(meter: CpuMeter, mut store: Store<T>, linker: Linker<T>, component: Component) -> wasmtime::Result<()> {
    /// let total = meter
    ///     .run(async {
    ///         let instance = linker.instantiate_async(&mut store, &component).await?;
    ///         let total = instance.get_typed_func::<(u32,), (u64,)>(&mut store, "total")?;
    ///         Ok(total.call_async(&mut store, (2026,)).await?.0)
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the guest. One that comes of a limit of the store has a [`LimitExceeded`], which
    /// [`downcast_ref`](wasmtime::Error::downcast_ref) finds.
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops what it runs.
    pub fn run<T, F: Future<Output = wasmtime::Result<T>>>(
        &self,
        guest: F,
    ) -> impl Future<Output = wasmtime::Result<T>> + use<T, F> {
        // Boxed: it is moved into another future, which would have room for it twice.
        let (meter, mut guest) = (self.clone(), Box::pin(guest));
        poll_fn(move |context| {
            meter.time.resume();
            let polled = guest.poll_unpin(context);
            meter.time.count();
            match polled {
                Poll::Ready(done) => Poll::Ready(done.map_err(|error| meter.explained(error))),
                // Its time may have been used by the host alone, which nothing interrupts.
                Poll::Pending => match meter.time.check() {
                    Ok(()) => Poll::Pending,
                    Err(error) => Poll::Ready(Err(error)),
                },
            }
        })
    }

    /// How long the guest has computed so far.
    #[must_use]
    pub fn used(&self) -> Duration {
        self.time.used()
    }

    /// With the limit that the error comes of, where it comes of one.
    fn explained(&self, error: wasmtime::Error) -> wasmtime::Error {
        if error.downcast_ref::<LimitExceeded>().is_some() {
            return error;
        }
        match LimitExceeded::behind(&error, &self.settings, &self.refusals) {
            Some(exceeded) => error.context(exceeded),
            None => error,
        }
    }
}

/// Time that was used of a limit. A store is in one place at a time, so what is counted here is never counted twice.
pub(super) struct CpuTime {
    limit: Option<Duration>,
    start: Instant,
    /// Nanoseconds from `start` to where counting goes on.
    since: AtomicU64,
    /// Nanoseconds.
    used: AtomicU64,
}

impl CpuTime {
    pub(super) fn new(limit: Option<Duration>) -> CpuTime {
        CpuTime { limit, start: Instant::now(), since: AtomicU64::new(0), used: AtomicU64::new(0) }
    }

    /// Counts from now on: what was before is waiting.
    fn resume(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
    }

    /// Counts up to now.
    pub(super) fn count(&self) {
        let now = self.now();
        let since = self.since.swap(now, Ordering::Relaxed);
        self.used.fetch_add(now.saturating_sub(since), Ordering::Relaxed);
    }

    /// Fails where the limit is reached, as what the guest did is to fail.
    pub(super) fn check(&self) -> wasmtime::Result<()> {
        match self.limit {
            Some(limit) if self.used() >= limit => {
                let exceeded = LimitExceeded { limit: StoreLimit::CpuTime, allowed: milliseconds(limit) };
                Err(wasmtime::Error::from(Trap::Interrupt).context(exceeded))
            }
            _ => Ok(()),
        }
    }

    fn used(&self) -> Duration {
        Duration::from_nanos(self.used.load(Ordering::Relaxed))
    }

    /// Nanoseconds since `start`: enough for five hundred years.
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

    async fn turn() -> wasmtime::Result<()> {
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
    async fn work_of_the_host_counts_and_ends_what_is_run() {
        let meter = meter();
        let busy = async {
            loop {
                // Stands for computing.
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
    async fn what_has_ended_has_its_result_however_long_it_took() {
        let meter = meter();
        let done = meter.run(async {
            sleep(LIMIT * 2);
            Ok(7)
        });
        assert_eq!(done.await.unwrap(), 7);
        assert!(meter.run(turn()).await.is_err(), "the time is used up");
    }

    #[test]
    fn without_a_meter_all_time_counts() {
        let time = CpuTime::new(Some(LIMIT));
        sleep(LIMIT);
        time.count();
        assert!(time.check().is_err(), "{time:?}");
    }
}
