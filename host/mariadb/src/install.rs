//! Where MariaDB's programs are, and how a fresh data directory is made.

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

/// It takes about a second; a laptop with a slow disk gets a minute.
const INSTALL_DEADLINE: Duration = Duration::from_secs(60);

/// Where servers are on systems that keep them out of PATH: Debian, a local build, Fedora, Homebrew on both Macs.
const OUTSIDE_PATH: &[&str] =
    &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec", "/opt/homebrew/bin", "/usr/bin"];

/// The `mariadbd` a private server would run: `WASMYSQL_MARIADBD`, or else the first one in PATH or where systems
/// install it.
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

/// Where distributions put Galera: Debian, Fedora, Arch.
const GALERA: &[&str] =
    &["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib/libgalera_smm.so"];

/// Galera's library, with which servers can be a cluster: `WASMYSQL_GALERA`, or else where systems install it.
pub fn find_galera() -> Option<PathBuf> {
    let chosen = env::var_os("WASMYSQL_GALERA").map(PathBuf::from);
    chosen.into_iter().chain(GALERA.iter().map(PathBuf::from)).find(|path| path.is_file())
}

/// Makes the system tables in `data`, which must not exist. All or nothing: an install that was interrupted is not seen
/// by the next start.
///
/// `temporary` is for its temporary files, and must be its own: a starting server removes other servers' from there. It has no character
/// in its path that a shell reads as anything else.
pub(crate) fn install(mariadbd: &Path, data: &Path, temporary: &Path) -> Result<(), StartError> {
    // A server that is somewhere of its own (a tarball, say) has its installer in the same place or next to it.
    let beside =
        [mariadbd.with_file_name(""), mariadbd.with_file_name("../bin"), mariadbd.with_file_name("../scripts")];
    let program = find("mariadb-install-db", &beside)?;

    let unfinished = data.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(StartError::directory(&unfinished))?;
    }
    // The installer is a shell script that takes a path with a space in it for two, so it is given another one, without.
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

/// The default of 96 MiB is most of a fresh directory's size.
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
