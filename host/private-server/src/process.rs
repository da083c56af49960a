//! Child processes that end together with this process.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, WaitId, WaitIdOptions, geteuid, kill_process_group, waitid};

/// The time that SIGKILL or SIGSTOP takes at most, except when a disk is broken.
const SIGNAL_DEADLINE: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The action for a child if this process ends without stopping it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Orphan<'a> {
    /// Send SIGTERM, so that the child shuts down cleanly.
    Stop,
    /// Send SIGKILL and remove these directories.
    Discard(&'a [&'a Path]),
}

/// A process, and the shell that stops it when this process has ended.
///
/// The shell reads from a pipe whose other end only this process holds. So it wakes up when this
/// process ends for any reason, also after `kill -9`. Linux's parent-death signal is not suitable,
/// because the kernel sends it when the thread that started the child ends. A thread of a test can
/// end at any time.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    watchdog: Child,
}

impl Process {
    /// The script of the shell. It repeats `rm`, because a process that is being killed can still
    /// write files into the directories.
    const WATCHDOG: &str = r#"
        read line
        kill -s "$1" -- "-$2"
        kill -s CONT -- "-$2"
        shift 2
        if [ "$#" -gt 0 ]; then
            for pause in 0 1 2; do sleep "$pause"; rm -rf -- "$@" && break; done
        fi"#;

    /// Starts `command` in a new process group.
    ///
    /// Ctrl-C at the terminal then reaches only this process, and a signal to the group also
    /// reaches the processes that the child starts.
    pub(crate) fn spawn(command: &mut Command, orphan: Orphan<'_>) -> io::Result<Self> {
        let mut child = command.process_group(0).spawn()?;
        let (signal, directories) = match orphan {
            Orphan::Stop => ("TERM", [].as_slice()),
            Orphan::Discard(directories) => ("KILL", directories),
        };
        let watchdog = Command::new("/bin/sh")
            .args(["-c", Self::WATCHDOG, "watchdog", signal, &child.id().to_string()])
            .args(directories)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match watchdog {
            Ok(watchdog) => Ok(Self { child, watchdog }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the process group.
    ///
    /// The system does not reuse the id of an ended child before this process has waited for it, so
    /// the signal can't reach another process.
    pub(crate) fn signal(&self, signal: Signal) {
        // The only possible error is that the process has ended.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }

    /// Sends SIGSTOP. When this returns, all threads of the process have stopped.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
        let id = WaitId::Pid(Pid::from_child(&self.child));
        let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let deadline = Instant::now() + SIGNAL_DEADLINE;
        while let Ok(None) = waitid(id.clone(), options)
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until the process ends, for at most `timeout`, and returns its exit status.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(POLL_INTERVAL),
                Ok(Some(status)) => {
                    self.dismiss_watchdog();
                    return Some(status);
                }
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Sends SIGTERM, and SIGKILL if the process has not ended after `timeout`.
    pub(crate) fn stop(mut self, timeout: Duration) {
        self.signal(Signal::TERM);
        // A paused process does not handle SIGTERM.
        self.signal(Signal::CONT);
        if self.wait(timeout).is_none() {
            self.kill();
        }
    }

    /// Sends SIGKILL and waits until the process has ended.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.wait(SIGNAL_DEADLINE);
    }

    /// Stops the watchdog of an ended process, whose id the system can now give to another process.
    fn dismiss_watchdog(&mut self) {
        // The watchdog still runs, unless something else killed it.
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
    }
}

/// Returns the option without which servers refuse to run as root, if this process runs as root.
pub(crate) fn as_root() -> Option<&'static str> {
    geteuid().is_root().then_some("--user=root")
}

/// Joins `--option=` and a path, which does not have to be UTF-8.
pub(crate) fn joined(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}
