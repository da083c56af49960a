//! Running private servers.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::builder::Builder;
use crate::error::{LogTail, StartError};
use crate::process::{Orphan, Process, Signal, as_root, joined};
use crate::{Flavor, Installation, account, data_directory};

/// The timeout of a start. MariaDB starts in about 0.25 s and MySQL in about 3 s; recovery after a
/// crash takes much longer on a busy machine.
const READY_DEADLINE: Duration = Duration::from_secs(60);
const READY_POLL: Duration = Duration::from_millis(10);
/// The time between SIGTERM and SIGKILL. A clean shutdown takes about 0.5 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// How many ports are tried. Another process can take a free port before the server binds it.
pub(crate) const PORT_ATTEMPTS: u32 = 5;

/// A running private server. It stops when this value is dropped.
#[derive(Debug)]
pub struct PrivateServer {
    /// `None` while the server is stopped.
    pub(crate) process: Option<Process>,
    /// The time in seconds since 1970 at which the server was last ready.
    pub(crate) ready_second: u64,
    pub(crate) installation: Installation,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) port: u16,
    pub(crate) password: String,
    /// Whether the data directory persists.
    pub(crate) keep: bool,
    pub(crate) home: PathBuf,
    /// Contains the socket, the init file and the temporary files of the server. Without a data
    /// directory it also contains the data.
    pub(crate) temporary: TempDir,
    pub(crate) _lock: File,
}

impl PrivateServer {
    /// Starts a server whose files are all in a temporary directory.
    ///
    /// # Errors
    ///
    /// Fails like [`Builder::start`].
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// Returns a builder, which sets the data directory, arguments and environment of a server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the installed server that this process runs.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Returns the port on `127.0.0.1`. It does not change in a [`restart`](Self::restart).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the path of the unix socket, where the [administrator](Self::root_user) can log in.
    pub fn socket(&self) -> PathBuf {
        self.temporary.path().join("server.sock")
    }

    /// Returns the directory of the server's files: the configured data directory or a temporary
    /// one.
    pub fn data_dir(&self) -> &Path {
        &self.home
    }

    /// Returns the path of the error log. Each start replaces it.
    pub fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    /// Returns the id of the server process, or `None` after [`stop`](Self::stop) or
    /// [`kill`](Self::kill).
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// Returns the name of the schema: `main`.
    pub fn schema(&self) -> &str {
        account::SCHEMA
    }

    /// Returns the user name of the account that has all privileges in the schema and none
    /// elsewhere.
    pub fn user(&self) -> &str {
        account::USER
    }

    /// Returns the password of the account. It is random and different for each `PrivateServer`.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Returns the URL of the account: `mysql://user:password@127.0.0.1:port/schema`.
    pub fn url(&self) -> String {
        format!("mysql://{}:{}@127.0.0.1:{}/{}", self.user(), self.password, self.port, self.schema())
    }

    /// Returns the user name of the administrator.
    ///
    /// The administrator has no password and can log in only on the [unix socket](Self::socket).
    pub fn root_user(&self) -> &str {
        account::ROOT
    }

    /// Stops the server with SIGTERM, and with SIGKILL after ten seconds.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop(STOP_TIMEOUT);
        }
    }

    /// Kills the server with SIGKILL, which has the effect of a crash.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// Freezes the server with SIGSTOP. Its connections stay open.
    ///
    /// After this returns, the server does not reply until [`resume`](Self::resume).
    pub fn pause(&self) {
        if let Some(process) = &self.process {
            process.pause();
        }
    }

    /// Continues the server after [`pause`](Self::pause), with SIGCONT.
    pub fn resume(&self) {
        if let Some(process) = &self.process {
            process.signal(Signal::CONT);
        }
    }

    /// Stops the server if it runs, and starts it with the same data, port and password.
    ///
    /// It does not start in the second of the previous start, because the second is all that a
    /// client learns of a start: two processes of one second would look like one to it.
    ///
    /// # Errors
    ///
    /// Returns a [`StartError`] if the server does not start.
    pub fn restart(&mut self) -> Result<(), StartError> {
        self.stop();
        while unix_second() == self.ready_second {
            thread::sleep(READY_POLL);
        }
        for _ in 1..PORT_ATTEMPTS {
            match self.boot() {
                Err(error) if error.is_port_clash() => thread::sleep(Duration::from_millis(200)),
                done => return done,
            }
        }
        self.boot()
    }

    pub(crate) fn boot(&mut self) -> Result<(), StartError> {
        let log = self.log();
        let output = File::create(&log).map_err(StartError::directory(&log))?;
        let flavor = self.installation.flavor();
        let mut command = self.installation.command();
        command
            .args(match flavor {
                Flavor::MariaDb => ["--performance-schema=OFF", "--character-set-server=utf8mb4"],
                // Without the second argument, the server needs a directory of the system.
                Flavor::MySql => ["--mysqlx=OFF", "--secure-file-priv=NULL"],
            })
            .args(["--skip-log-bin", "--skip-name-resolve", "--innodb-buffer-pool-size=16M"])
            .arg(data_directory::redo_log_size(flavor))
            .args(["--bind-address=127.0.0.1", &format!("--port={}", self.port)])
            .arg(joined("--socket=", &self.socket()))
            .arg(joined("--pid-file=", &self.temporary.path().join("server.pid")))
            .arg(joined("--init-file=", &self.temporary.path().join("init.sql")))
            .arg(joined("--tmpdir=", self.temporary.path()))
            .arg(joined("--datadir=", &self.home.join(flavor.name())))
            .args(as_root())
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output);
        let orphan = if self.keep { Orphan::Stop } else { Orphan::Discard(&[self.temporary.path()]) };
        let mut process = Process::spawn(&mut command, orphan)
            .map_err(|source| StartError::Spawn { program: self.installation.program().to_owned(), source })?;

        let deadline = Instant::now() + READY_DEADLINE;
        while !accepts_connections(&self.socket()) {
            if let Some(status) = process.wait(Duration::ZERO) {
                return Err(StartError::Exited { status, log: LogTail::read(&log) });
            }
            if Instant::now() > deadline {
                process.kill();
                return Err(StartError::NotReady { waited: READY_DEADLINE, log: LogTail::read(&log) });
            }
            thread::sleep(READY_POLL);
        }
        self.process = Some(process);
        self.ready_second = unix_second();
        Ok(())
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if self.keep { self.stop() } else { self.kill() }
    }
}

/// Returns the time in seconds since 1970.
fn unix_second() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs())
}

/// Returns whether the server accepts connections.
///
/// The server sends its greeting only after it has bound the port and created the accounts. This
/// uses the socket, because the port can belong to another process.
fn accepts_connections(socket: &Path) -> bool {
    const PROTOCOL_VERSION: u8 = 10;
    let greeting = || -> io::Result<u8> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        // Three bytes of length, one of sequence, and the first byte of the packet.
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(start[4])
    };
    greeting().is_ok_and(|version| version == PROTOCOL_VERSION)
}
