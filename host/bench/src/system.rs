//! Operating system functions that the standard library lacks.

use std::fs;
use std::io::Error;
use std::mem::MaybeUninit;
use std::time::Duration;

use wasmtime::Result;
use wasmtime::error::Context;

/// Returns the user and system time of all threads of this process.
pub(crate) fn cpu_time() -> Result<Duration> {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is valid for writes, and getrusage fills the whole rusage if it returns
    // 0.
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

/// Returns the user and system time of another process. Its resolution is 10 ms.
pub(crate) fn cpu_time_of(process: u32) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    // The name of the program, in parentheses, can contain spaces. It is the second field; user and
    // system time are the fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').with_context(|| format!("{path} has no name"))?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?;
    // SAFETY: sysconf has no preconditions.
    let each_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    Ok(Duration::from_secs_f64(ticks as f64 / each_second as f64))
}

/// Pins the calling thread, and the threads and processes that it starts, to the first core that it
/// may use.
pub(crate) fn pin_to_one_core() -> Result<()> {
    // SAFETY: a zeroed cpu_set_t is a valid empty set, and both sets outlive the calls.
    let done = unsafe {
        let mut allowed: libc::cpu_set_t = std::mem::zeroed();
        if libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut allowed) != 0 {
            return Err(Error::last_os_error().into());
        }
        let cores = 0..usize::try_from(libc::CPU_SETSIZE)?;
        let first =
            cores.into_iter().find(|&core| libc::CPU_ISSET(core, &allowed)).context("this thread may use no core")?;
        let mut one: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(first, &mut one);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const one)
    };
    if done == 0 { Ok(()) } else { Err(Error::last_os_error().into()) }
}

/// Returns the resident memory of this process in MiB.
pub(crate) fn resident_mib() -> Result<f64> {
    status("VmRSS:")
}

/// Resets the peak of this process's memory, which [`peak_mib`] returns.
pub(crate) fn reset_peak() -> Result<()> {
    fs::write("/proc/self/clear_refs", "5").context("resetting the peak of the memory in /proc/self/clear_refs")
}

/// Returns the peak of the resident memory since [`reset_peak`], in MiB.
pub(crate) fn peak_mib() -> Result<f64> {
    status("VmHWM:")
}

fn status(name: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("/proc/self/status has no {name}"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}
