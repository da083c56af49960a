//! Locates the programs of MariaDB and creates data directories.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::StartError;
use crate::error::LogTail;
use crate::process::{self, Orphan, Process};

/// The timeout of the installer. It usually takes about a second; a slow disk needs much longer.
const INSTALL_DEADLINE: Duration = Duration::from_secs(60);

/// The directories of servers on systems that keep them out of PATH: Debian, a local build, Fedora,
/// Homebrew on both kinds of Mac.
const OUTSIDE_PATH: &[&str] =
    &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec", "/opt/homebrew/bin", "/usr/bin"];

/// Returns the path of the `mariadbd` that private servers run.
///
/// The path is `WASMYSQL_MARIADBD` if this variable is set. Otherwise it is the first `mariadbd` in
/// PATH or in the directories where distributions install it.
///
/// # Errors
///
/// Returns [`StartError::Spawn`] if `WASMYSQL_MARIADBD` does not name a file, and
/// [`StartError::NotInstalled`] if no `mariadbd` is found.
pub fn find_mariadbd() -> Result<PathBuf, StartError> {
    if let Some(path) = env::var_os("WASMYSQL_MARIADBD") {
        let program = PathBuf::from(path);
        if program.is_file() {
            return Ok(program);
        }
        return Err(StartError::Spawn { program, source: io::ErrorKind::NotFound.into() });
    }
    find("mariadbd", &[])
}

/// The paths of Galera in distributions: Debian, Fedora, Arch.
const GALERA: &[&str] =
    &["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib/libgalera_smm.so"];

/// Returns the path of the Galera library, which servers need to form a cluster.
///
/// The path is `WASMYSQL_GALERA` if this variable names a file, or else the path where the
/// distribution installs the library. Returns `None` if Galera is not installed.
pub fn find_galera() -> Option<PathBuf> {
    let chosen = env::var_os("WASMYSQL_GALERA").map(PathBuf::from);
    chosen.into_iter().chain(GALERA.iter().map(PathBuf::from)).find(|path| path.is_file())
}

/// Creates the system tables in `data`, which must not exist.
///
/// The directory appears only when the installation is complete, so the next start ignores an
/// interrupted installation.
///
/// The installer writes its temporary files to `temporary`. No other server may use that directory,
/// because a starting server removes the temporary files of other servers from it. The path of
/// `temporary` must not contain characters that a shell interprets.
pub(crate) fn install(mariadbd: &Path, data: &Path, temporary: &Path) -> Result<(), StartError> {
    // A server outside of the usual directories, such as one from a tarball, has its installer in
    // the same directory or in a sibling directory.
    let beside =
        [mariadbd.with_file_name(""), mariadbd.with_file_name("../bin"), mariadbd.with_file_name("../scripts")];
    let program = find("mariadb-install-db", &beside)?;

    let unfinished = data.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(StartError::directory(&unfinished))?;
    }
    // The installer is a shell script that splits paths at spaces, so it gets a link without
    // spaces.
    DirBuilder::new().mode(0o700).create(&unfinished).map_err(StartError::directory(&unfinished))?;
    let plain = temporary.join("installed");
    symlink(&unfinished, &plain).map_err(StartError::directory(&plain))?;
    let log = temporary.join("install.log");
    let output = File::create(&log).map_err(StartError::directory(&log))?;
    let failed = || StartError::Install { path: data.to_owned(), log: LogTail::read(&log) };
    let errors = output.try_clone().map_err(StartError::directory(&log))?;
    let mut command = Command::new(&program);
    command
        .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
        .arg(process::joined("--datadir=", &plain))
        .arg(process::joined("--tmpdir=", temporary))
        .args(process::as_root())
        .arg(LOG_FILE_SIZE)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    let mut installer = Process::spawn(&mut command, Orphan::Discard(temporary))
        .map_err(|source| StartError::Spawn { program, source })?;
    match installer.wait(INSTALL_DEADLINE) {
        Some(status) if status.success() => {}
        Some(_) => return Err(failed()),
        None => {
            installer.kill();
            return Err(failed());
        }
    }
    fs::remove_file(&plain).map_err(StartError::directory(&plain))?;
    fs::rename(&unfinished, data).map_err(StartError::directory(data))
}

/// Reduces the redo log, whose default of 96 MiB is most of the size of a new data directory.
pub(crate) const LOG_FILE_SIZE: &str = "--innodb-log-file-size=16M";

fn find(program: &'static str, beside: &[PathBuf]) -> Result<PathBuf, StartError> {
    let path = env::var_os("PATH").unwrap_or_default();
    beside
        .iter()
        .cloned()
        .chain(env::split_paths(&path))
        .chain(OUTSIDE_PATH.iter().map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or(StartError::NotInstalled { program })
}
