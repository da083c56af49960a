//! Where the keeper of a project is found.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::geteuid;
use wasmysql_private_server::ServerChoice;

const POLL: Duration = Duration::from_millis(10);
/// Bytes of the longest path that a socket can have on every system.
const MAX_SOCKET_PATH: usize = 103;

/// The directory of a keeper. Only this user can read it.
pub(super) struct Place(PathBuf);

impl Place {
    /// Returns the place for a project, a server and this version of the program.
    pub(super) fn of(choice: &ServerChoice, project: &Path) -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| format!("the path of this program: {error}"))?;
        let built = fs::metadata(&program).and_then(|metadata| metadata.modified());
        let built = built.map_err(|error| format!("{}: {error}", program.display()))?;
        let mut hasher = DefaultHasher::new();
        (program, built, text(choice), project).hash(&mut hasher);

        let all = match env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| is_own(path)) {
            Some(runtime) => runtime.join("wasmysql"),
            None => env::temp_dir().join(format!("wasmysql-{}", geteuid().as_raw())),
        };
        let place = all.join(format!("{:016x}", hasher.finish()));
        let socket = Self::at(place.clone()).socket();
        if socket.as_os_str().len() > MAX_SOCKET_PATH {
            return Err(format!("the path of its socket is too long: {}", socket.display()));
        }
        for directory in [&all, &place] {
            let created = DirBuilder::new().recursive(true).mode(0o700).create(directory);
            let metadata = created.and_then(|()| fs::symlink_metadata(directory));
            let metadata = metadata.map_err(|error| format!("{}: {error}", directory.display()))?;
            // In a directory that all users can write, another user can have created it.
            if !metadata.is_dir() || metadata.uid() != geteuid().as_raw() || metadata.mode() & 0o077 != 0 {
                return Err(format!("other users have access to {}", directory.display()));
            }
        }
        Ok(Self(place))
    }

    /// Returns the place in this directory.
    pub(super) fn at(directory: PathBuf) -> Self {
        Self(directory)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.0
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.0.join("keeper.sock")
    }

    /// Returns what identifies the socket, or `None` if there is none.
    pub(super) fn socket_inode(&self) -> Option<u64> {
        fs::symlink_metadata(self.socket()).map(|metadata| metadata.ino()).ok()
    }

    /// Waits until no other process has the lock.
    pub(super) fn lock(&self, timeout: Duration) -> Result<File, String> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.try_lock()? {
                Some(lock) => return Ok(lock),
                None if Instant::now() > deadline => return Err("another run holds the lock".to_owned()),
                None => thread::sleep(POLL),
            }
        }
    }

    /// Returns the lock, which ends when the file is closed, or `None` if another process has it.
    pub(super) fn try_lock(&self) -> Result<Option<File>, String> {
        let path = self.0.join("lock");
        let failed = |error| format!("{}: {error}", path.display());
        let file = File::create(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Returns whether this user owns a directory. `sudo -E` keeps the variable of another user.
fn is_own(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == geteuid().as_raw())
}

/// Returns the value of `WASMYSQL_SERVER` for a choice.
pub(super) fn text(choice: &ServerChoice) -> OsString {
    match choice {
        ServerChoice::Installed => OsString::new(),
        ServerChoice::Flavor(flavor) => flavor.name().into(),
        ServerChoice::Path(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()).into(),
    }
}
