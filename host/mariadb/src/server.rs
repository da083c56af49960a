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

/// A start takes a quarter of a second; recovery after a crash, on a busy machine, much longer.
const READY_DEADLINE: Duration = Duration::from_secs(30);
const READY_POLL: Duration = Duration::from_millis(10);
/// A stop in order takes about half a second.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// Another process can take the port between our finding it free and the server's taking it.
const PORT_ATTEMPTS: u32 = 5;
/// The path of a unix socket can't be longer than about 104 bytes, 13 of which are the file's name and its slash.
const LONGEST_SOCKET_DIRECTORY: usize = 80;

/// What a private server is started with.
#[derive(Debug, Default)]
pub struct Builder {
    data_dir: Option<PathBuf>,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Builder {
    /// Where the data are kept. It is made if it does not exist, and what an earlier server left in it is there again.
    /// `None`, the default: a temporary directory, removed when the server ends.
    #[must_use]
    pub fn data_dir(mut self, directory: Option<PathBuf>) -> Self {
        self.data_dir = directory;
        self
    }

    /// One more argument for `mariadbd`, for example `--max-connections=20`. It wins over what this crate sets.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// One more variable in the environment of `mariadbd`, and of the programs that it starts.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts the server, and returns when it accepts connections.
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

/// A MariaDB server of our own. Dropping it ends it.
#[derive(Debug)]
pub struct PrivateServer {
    /// `None` while it is stopped.
    process: Option<Process>,
    mariadbd: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    port: u16,
    password: String,
    /// Whether the data are of value.
    keep: bool,
    home: PathBuf,
    /// Holds the socket, the file that makes the accounts and the server's temporary files; also the data, unless they
    /// are kept.
    temporary: TempDir,
    _lock: File,
}

impl PrivateServer {
    /// Starts a server with everything in a temporary directory.
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A server with a data directory or arguments of your choice.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it listens, on `127.0.0.1`. It stays the same over [`restart`](Self::restart).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The unix socket, on which the [administrator](Self::root_user) can log in.
    pub fn socket(&self) -> PathBuf {
        self.temporary.path().join("mariadb.sock")
    }

    /// The directory of everything that belongs to the server: the one it was given, or a temporary one.
    pub fn data_dir(&self) -> &Path {
        &self.home
    }

    /// The error log of the last start.
    pub fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    /// The id of the server's process; `None` after [`stop`](Self::stop) or [`kill`](Self::kill).
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// The schema that is there: `main`.
    pub fn schema(&self) -> &str {
        account::SCHEMA
    }

    /// The account that may do everything in the schema, and nothing elsewhere.
    pub fn user(&self) -> &str {
        account::USER
    }

    /// The account's password: random, and a new one for each `PrivateServer`.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// All of the above: `mysql://user:password@127.0.0.1:port/schema`.
    pub fn url(&self) -> String {
        format!("mysql://{}:{}@127.0.0.1:{}/{}", self.user(), self.password, self.port, self.schema())
    }

    /// The administrator, who has no password, and can log in on the [unix socket](Self::socket) only.
    pub fn root_user(&self) -> &str {
        account::ROOT
    }

    /// Stops the server in order: SIGTERM, and SIGKILL after ten seconds.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop(STOP_PATIENCE);
        }
    }

    /// Kills the server, as a crash would: SIGKILL.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// Makes the server hang, its connections open: SIGSTOP. It answers nothing that is sent after this returned.
    pub fn pause(&self) {
        if let Some(process) = &self.process {
            process.pause();
        }
    }

    /// Ends a [`pause`](Self::pause): SIGCONT.
    pub fn resume(&self) {
        if let Some(process) = &self.process {
            process.signal(Signal::CONT);
        }
    }

    /// Starts the server again with the same data, port and password, after stopping it if it runs.
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
        while !greets(&self.socket()) {
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

/// Whether the server says hello. It does so when the port is open and the accounts are made. The socket is asked rather
/// than the port, which could be another's.
fn greets(socket: &Path) -> bool {
    const PROTOCOL_VERSION: u8 = 10;
    let greeting = || -> io::Result<u8> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        // Three bytes of length, one of sequence, and the packet's first.
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(start[4])
    };
    greeting().is_ok_and(|version| version == PROTOCOL_VERSION)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A directory that only this user can look into: the administrator's socket is in it.
fn short_temporary_directory() -> Result<TempDir, StartError> {
    let mut parent = std::env::temp_dir();
    if parent.as_os_str().len() > LONGEST_SOCKET_DIRECTORY || !is_plain(&parent) {
        parent = PathBuf::from("/tmp");
    }
    tempfile::Builder::new()
        .prefix("wasmysql-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(StartError::directory(&parent))
}

/// Whether a shell reads a path as it is, also without quotes: the installer is a script that has none.
fn is_plain(path: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    path.as_os_str().as_encoded_bytes().iter().all(plain)
}

/// How long a lock is tried to get. A process that another thread starts has this process's files until it runs its own program, and
/// holds a lock that was given up for that moment.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
const LOCK_INTERVAL: Duration = Duration::from_millis(10);

/// Makes the directory, and makes it ours for as long as the file is open.
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
