//! Configures and starts private servers.

use std::ffi::OsString;
use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::{PORT_ATTEMPTS, PrivateServer};
use crate::{Flavor, Installation, ServerChoice, StartError, account, data_directory};

/// The longest directory of a socket, in bytes. The path of a unix socket can have about 104 bytes,
/// 12 of which are the slash and the file name.
const MAX_SOCKET_DIRECTORY: usize = 80;

/// The settings of a private server.
#[derive(Debug, Default)]
pub struct Builder {
    server: Option<ServerChoice>,
    data_dir: Option<PathBuf>,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Builder {
    /// Sets which server is run. The default is [`ServerChoice::from_env`].
    #[must_use]
    pub fn server(mut self, choice: ServerChoice) -> Self {
        self.server = Some(choice);
        self
    }

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

    /// Adds an argument for the server program, for example `--max-connections=20`.
    ///
    /// It takes precedence over the arguments that this crate sets.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds an environment variable for the server and for the programs that it starts.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts the server and returns when it accepts connections.
    ///
    /// # Errors
    ///
    /// Returns a [`StartError`] if the chosen server is not installed, the data directory can't be
    /// used or is in use, or the server does not start.
    pub fn start(self) -> Result<PrivateServer, StartError> {
        let installation = Installation::find(&self.server.unwrap_or_else(ServerChoice::from_env))?;
        let temporary = short_temporary_directory()?;
        let home = match &self.data_dir {
            Some(directory) => std::path::absolute(directory).map_err(StartError::directory(directory))?,
            None => temporary.path().to_owned(),
        };
        let lock = lock(&home)?;

        let chosen = installation.flavor();
        let data = home.join(chosen.name());
        if !data.exists() {
            if let Some(found) = Flavor::ALL.into_iter().find(|flavor| home.join(flavor.name()).exists()) {
                return Err(StartError::OtherFlavor { path: home, found, chosen });
            }
            data_directory::create(&installation, &data, temporary.path())?;
        }
        let password = account::random_password().map_err(StartError::directory(Path::new("/dev/urandom")))?;
        let init_file = temporary.path().join("init.sql");
        fs::write(&init_file, account::init_sql(&password)).map_err(StartError::directory(&init_file))?;

        let mut server = PrivateServer {
            process: None,
            ready_second: 0,
            installation,
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
            server.port = free_port().map_err(|source| StartError::Port { source })?;
            match server.boot() {
                Err(error) if error.is_port_clash() && attempt < PORT_ATTEMPTS => {}
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        Ok(server)
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Creates a directory that only this user can access, because it contains the administrator's
/// socket.
fn short_temporary_directory() -> Result<TempDir, StartError> {
    let mut parent = std::env::temp_dir();
    if parent.as_os_str().len() > MAX_SOCKET_DIRECTORY {
        parent = PathBuf::from("/tmp");
    }
    tempfile::Builder::new()
        .prefix("wasmysql-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(StartError::directory(&parent))
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
