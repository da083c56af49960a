use std::ffi::OsString;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::error::{LogTail, StartError};
use crate::process::{Orphan, Process, Signal, as_root, joined};
use crate::{account, install};

/// The timeout of a start. A start takes about 0.25 s; recovery after a crash takes much longer on
/// a busy machine.
const READY_DEADLINE: Duration = Duration::from_secs(30);
const READY_POLL: Duration = Duration::from_millis(10);
/// The time between SIGTERM and SIGKILL. A clean shutdown takes about 0.5 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// How many ports are tried. Another process can take a free port before the server binds it.
const PORT_ATTEMPTS: u32 = 5;
/// The longest directory of a socket, in bytes. The path of a unix socket can have about 104 bytes,
/// 13 of which are the slash and the file name.
const MAX_SOCKET_DIRECTORY: usize = 80;

/// The settings of a private server.
#[derive(Debug, Default)]
pub struct Builder {
    data_dir: Option<PathBuf>,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Builder {
    /// Sets the data directory.
    ///
    /// The directory is created if it does not exist. The data of an earlier server in it are
    /// available again. With `None`, the default, the server uses a temporary directory, which is
    /// removed when the server stops.
    #[must_use]
    pub fn data_dir(mut self, directory: Option<PathBuf>) -> Self {
        self.data_dir = directory;
        self
    }

    /// Adds an argument for `mariadbd`, for example `--max-connections=20`.
    ///
    /// It takes precedence over the arguments that this crate sets.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds an environment variable for `mariadbd` and for the programs that it starts.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts the server and returns when it accepts connections.
    ///
    /// # Errors
    ///
    /// Returns a [`StartError`] if MariaDB is not installed, the data directory can't be used or is
    /// in use, or the server does not start.
    pub fn start(self) -> Result<PrivateServer, StartError> {
        let mariadbd = install::find_mariadbd()?;
        let temporary = short_temporary_directory()?;
        let home = match &self.data_dir {
            Some(directory) => std::path::absolute(directory).map_err(StartError::directory(directory))?,
            None => temporary.path().to_owned(),
        };
        let lock = lock(&home)?;

        let data = home.join("mariadb");
        if !data.exists() {
            install::install(&mariadbd, &data, temporary.path())?;
        }
        let password = account::random_password().map_err(StartError::directory(Path::new("/dev/urandom")))?;
        let init_file = temporary.path().join("init.sql");
        fs::write(&init_file, account::init_sql(&password)).map_err(StartError::directory(&init_file))?;

        let mut server = PrivateServer {
            process: None,
            mariadbd,
            arguments: self.arguments,
            environment: self.environment,
            port: 0,
            password,
            keep: self.data_dir.is_some(),
            home,
            temporary,
            _lock: lock,
        };
        for attempt in 1.. {
            server.port =
                free_port().map_err(|source| StartError::Spawn { program: server.mariadbd.clone(), source })?;
            match server.boot() {
                Err(error) if error.is_port_clash() && attempt < PORT_ATTEMPTS => {}
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        Ok(server)
    }
}

/// A running private MariaDB server. It stops when this value is dropped.
#[derive(Debug)]
pub struct PrivateServer {
    /// `None` while the server is stopped.
    process: Option<Process>,
    mariadbd: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    port: u16,
    password: String,
    /// Whether the data directory persists.
    keep: bool,
    home: PathBuf,
    /// Contains the socket, the init file and the temporary files of the server. Without a data
    /// directory it also contains the data.
    temporary: TempDir,
    _lock: File,
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

    /// Returns the port on `127.0.0.1`. It does not change in a [`restart`](Self::restart).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the path of the unix socket, where the [administrator](Self::root_user) can log in.
    pub fn socket(&self) -> PathBuf {
        self.temporary.path().join("mariadb.sock")
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
    /// # Errors
    ///
    /// Returns a [`StartError`] if the server does not start.
    pub fn restart(&mut self) -> Result<(), StartError> {
        self.stop();
        for _ in 1..PORT_ATTEMPTS {
            match self.boot() {
                Err(error) if error.is_port_clash() => thread::sleep(Duration::from_millis(200)),
                done => return done,
            }
        }
        self.boot()
    }

    fn boot(&mut self) -> Result<(), StartError> {
        let log = self.log();
        let output = File::create(&log).map_err(StartError::directory(&log))?;
        let mut command = Command::new(&self.mariadbd);
        command
            .args(["--no-defaults", "--skip-log-bin", "--performance-schema=OFF", "--innodb-buffer-pool-size=16M"])
            .args([install::LOG_FILE_SIZE, "--character-set-server=utf8mb4", "--skip-name-resolve"])
            .args(["--bind-address=127.0.0.1", &format!("--port={}", self.port)])
            .arg(joined("--socket=", &self.socket()))
            .arg(joined("--pid-file=", &self.temporary.path().join("mariadb.pid")))
            .arg(joined("--init-file=", &self.temporary.path().join("init.sql")))
            .arg(joined("--tmpdir=", self.temporary.path()))
            .arg(joined("--datadir=", &self.home.join("mariadb")))
            .args(as_root())
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output);
        let orphan = if self.keep { Orphan::Stop } else { Orphan::Discard(self.temporary.path()) };
        let mut process = Process::spawn(&mut command, orphan)
            .map_err(|source| StartError::Spawn { program: self.mariadbd.clone(), source })?;

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
        Ok(())
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if self.keep { self.stop() } else { self.kill() }
    }
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

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Creates a directory that only this user can access, because it contains the administrator's
/// socket.
fn short_temporary_directory() -> Result<TempDir, StartError> {
    let mut parent = std::env::temp_dir();
    if parent.as_os_str().len() > MAX_SOCKET_DIRECTORY || !is_plain(&parent) {
        parent = PathBuf::from("/tmp");
    }
    tempfile::Builder::new()
        .prefix("wasmysql-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(StartError::directory(&parent))
}

/// Returns whether a shell keeps a path unchanged without quotes. The installer is a shell script
/// that does not quote paths.
fn is_plain(path: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    path.as_os_str().as_encoded_bytes().iter().all(plain)
}

/// How long a start waits for the lock. A process that another thread starts inherits the files of
/// this process until `exec`, and so holds a released lock for a moment.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
const LOCK_INTERVAL: Duration = Duration::from_millis(10);

/// Creates the directory and locks it. The lock is held until the returned file is closed.
fn lock(home: &Path) -> Result<File, StartError> {
    fs::create_dir_all(home).map_err(StartError::directory(home))?;
    let path = home.join("lock");
    let file = File::create(&path).map_err(StartError::directory(&path))?;
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(LOCK_INTERVAL),
            Err(TryLockError::WouldBlock) => return Err(StartError::InUse { path: home.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(StartError::Directory { path, source }),
        }
    }
}
