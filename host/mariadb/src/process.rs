//! A child process that does not outlive this one.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, WaitId, WaitIdOptions, geteuid, kill_process_group, waitid};

/// No process resists SIGKILL or SIGSTOP for longer, short of a broken disk.
const SIGNAL_DEADLINE: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// What is to be done to a child if this process ends without stopping it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Orphan<'a> {
    /// SIGTERM: it ends in order.
    Stop,
    /// SIGKILL, and this directory is removed.
    Discard(&'a Path),
}

/// A process, and the shell that ends it when this process is gone.
///
/// The shell waits at the end of a pipe that only this process holds, so it wakes however this process ends, `kill -9` included.
/// (The parent-death signal of Linux follows the thread that started the child, which in a test may end any time.)
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    watchdog: Child,
}

impl Process {
    /// What is written while it is being killed can keep a directory from being removed at first.
    const WATCHDOG: &str = r#"
        read line
        kill -s "$1" -- "-$2"
        kill -s CONT -- "-$2"
        if [ -n "$3" ]; then
            for pause in 0 1 2; do sleep "$pause"; rm -rf -- "$3" && break; done
        fi"#;

    /// Starts `command` in a process group of its own: a Ctrl-C at the terminal is for this process to act on, and signals
    /// sent here reach also what it starts.
    pub(crate) fn spawn(command: &mut Command, orphan: Orphan<'_>) -> io::Result<Self> {
        let mut child = command.process_group(0).spawn()?;
        let (signal, directory) = match orphan {
            Orphan::Stop => ("TERM", Path::new("")),
            Orphan::Discard(directory) => ("KILL", directory),
        };
        let watchdog = Command::new("/bin/sh")
            .args(["-c", Self::WATCHDOG, "watchdog", signal, &child.id().to_string()])
            .arg(directory)
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

    /// Sends a signal. A process that has ended by itself is still ours to wait for, so the id can't be another's.
    pub(crate) fn signal(&self, signal: Signal) {
        // The only failure possible is that it has ended.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }

    /// SIGSTOP. When this returns, no thread of it runs any more.
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

    /// Waits for it to end, at most `patience`, and tells how it did.
    pub(crate) fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
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

    /// SIGTERM, and SIGKILL if that takes longer than `patience`.
    pub(crate) fn stop(mut self, patience: Duration) {
        self.signal(Signal::TERM);
        // A paused process takes no SIGTERM.
        self.signal(Signal::CONT);
        if self.wait(patience).is_none() {
            self.kill();
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.wait(SIGNAL_DEADLINE);
    }

    /// The process is gone: its id may become another's, so nobody is to signal it any more.
    fn dismiss_watchdog(&mut self) {
        // It can't have ended, unless somebody killed it.
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
    }
}

/// MariaDB refuses to run as root unless told to.
pub(crate) fn as_root() -> Option<&'static str> {
    geteuid().is_root().then_some("--user=root")
}

/// `--option=` and a path that need not be UTF-8.
pub(crate) fn joined(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}
