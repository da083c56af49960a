//! What the standard library does not ask of the operating system.

use std::io::Error;
use std::mem::MaybeUninit;
use std::time::Duration;

use wasmtime::Result;

/// User and system time of this process, all threads, until now.
pub(crate) fn cpu_time() -> Result<Duration> {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: getrusage writes a whole rusage where it is pointed to, and says so by returning 0.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) != 0 {
            return Err(Error::last_os_error().into());
        }
        usage.assume_init()
    };
    let time = |value: libc::timeval| {
        Duration::from_secs(value.tv_sec.unsigned_abs()) + Duration::from_micros(value.tv_usec.unsigned_abs())
    };
    Ok(time(usage.ru_utime) + time(usage.ru_stime))
}

/// Keeps the calling thread, and what it starts from now on, on the first core.
pub(crate) fn pin_to_one_core() -> Result<()> {
    // SAFETY: a cpu_set_t is plain bits, for which zero is the empty set, and it outlives both calls.
    let done = unsafe {
        let mut cores: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(0, &mut cores);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const cores)
    };
    if done == 0 { Ok(()) } else { Err(Error::last_os_error().into()) }
}
