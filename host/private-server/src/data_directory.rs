//! Creates data directories.
//!
//! Creating the system tables takes seconds, so it is done once for each version of a server. The
//! result is kept as a template in the user's cache, and each new data directory is a copy of it.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::error::LogTail;
use crate::process::{Orphan, Process, as_root, joined};
use crate::{Flavor, Installation, StartError};

/// The timeout of creating the system tables. It usually takes a few seconds; a slow disk needs
/// much longer.
const INITIALISE_DEADLINE: Duration = Duration::from_secs(120);

/// The SQL files that create MariaDB's system tables, in their order. MariaDB 11 names them
/// `mariadb_...`, earlier versions `mysql_...`.
const SYSTEM_TABLES: [&str; 6] = [
    "system_tables.sql",
    "performance_tables.sql",
    "system_tables_data.sql",
    "fill_help_tables.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "sys_schema.sql",
];

/// Returns the argument that reduces the redo log, which is most of the size of a new data
/// directory.
pub(crate) fn redo_log_size(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::MariaDb => "--innodb-log-file-size=16M",
        Flavor::MySql => "--innodb-redo-log-capacity=16M",
    }
}

/// Creates the data directory `data`, which must not exist.
///
/// The directory appears only when it is complete, so the next start ignores an interrupted
/// creation. Logs and temporary files are written to `temporary`.
pub(crate) fn create(installation: &Installation, data: &Path, temporary: &Path) -> Result<(), StartError> {
    let unfinished = data.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(StartError::directory(&unfinished))?;
    }
    match template(installation, temporary)? {
        Some(template) => copy(&template, &unfinished).map_err(StartError::directory(&unfinished))?,
        None => initialise(installation, &unfinished, temporary, &[temporary])?,
    }
    fs::rename(&unfinished, data).map_err(StartError::directory(data))
}

/// Returns the template of a server, and creates it if necessary. Returns `None` if this user has
/// no cache that can be written.
fn template(installation: &Installation, temporary: &Path) -> Result<Option<PathBuf>, StartError> {
    let Some(cache) = cache() else { return Ok(None) };
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    let version: String = installation.version().chars().map(plain).collect();
    let template = cache.join(format!("{}-{version}", installation.flavor().name()));
    if template.is_dir() {
        return Ok(Some(template));
    }
    let parent = DirBuilder::new().recursive(true).mode(0o700).create(&cache);
    let Ok(new) = parent.and_then(|()| tempfile::Builder::new().prefix("new-").tempdir_in(&cache)) else {
        return Ok(None);
    };
    let data = new.path().join("data");
    initialise(installation, &data, temporary, &[temporary, new.path()])?;
    match fs::rename(&data, &template) {
        Ok(()) => Ok(Some(template)),
        // Another process was faster.
        Err(_) if template.is_dir() => Ok(Some(template)),
        Err(error) => Err(StartError::directory(&template)(error)),
    }
}

/// Returns the directory of the templates.
fn cache() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = set("XDG_CACHE_HOME").or_else(|| {
        let in_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        Some(set("HOME")?.join(in_home))
    });
    Some(caches?.join("wasmysql/servers"))
}

/// Creates the system tables in `data`. If this process ends meanwhile, `discarded` are removed.
fn initialise(
    installation: &Installation,
    data: &Path,
    temporary: &Path,
    discarded: &[&Path],
) -> Result<(), StartError> {
    DirBuilder::new().mode(0o700).create(data).map_err(StartError::directory(data))?;
    let log = temporary.join("initialise.log");
    let output = File::create(&log).map_err(StartError::directory(&log))?;
    let errors = output.try_clone().map_err(StartError::directory(&log))?;
    let failed = || StartError::Initialise { path: data.to_owned(), log: LogTail::read(&log) };
    let mut command = installation.command();
    command
        .arg(joined("--datadir=", data))
        .arg(joined("--tmpdir=", temporary))
        .arg(redo_log_size(installation.flavor()))
        .args(as_root())
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    match installation.flavor() {
        Flavor::MySql => {
            command.arg("--initialize-insecure");
        }
        Flavor::MariaDb => {
            let sql = temporary.join("bootstrap.sql");
            bootstrap_sql(installation, &sql)?;
            command.arg("--bootstrap").stdin(File::open(&sql).map_err(StartError::directory(&sql))?);
        }
    }
    let mut server = Process::spawn(&mut command, Orphan::Discard(discarded))
        .map_err(|source| StartError::Spawn { program: installation.program().to_owned(), source })?;
    match server.wait(INITIALISE_DEADLINE) {
        Some(status) if status.success() => {}
        Some(_) => return Err(failed()),
        None => {
            server.kill();
            return Err(failed());
        }
    }
    // MySQL's UUID of the server. Servers with the same UUID can't replicate each other.
    match fs::remove_file(data.join("auto.cnf")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StartError::directory(data)(error)),
        _ => Ok(()),
    }
}

/// Writes the statements that create MariaDB's system tables, with an administrator without a
/// password.
fn bootstrap_sql(installation: &Installation, path: &Path) -> Result<(), StartError> {
    let share = installation
        .share()
        .ok_or_else(|| StartError::NoSystemTables { program: installation.program().to_owned() })?;
    // The bootstrap reads one statement per line.
    let mut sql = b"CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n".to_vec();
    for file in SYSTEM_TABLES {
        let names = [format!("mariadb_{file}"), format!("mysql_{file}"), file.to_owned()];
        let found = names.iter().map(|name| share.join(name)).find(|path| path.is_file());
        let file = found.ok_or_else(|| StartError::NoSystemTables { program: installation.program().to_owned() })?;
        sql.extend(fs::read(&file).map_err(StartError::directory(&file))?);
        sql.push(b'\n');
    }
    File::create(path).and_then(|mut file| file.write_all(&sql)).map_err(StartError::directory(path))
}

/// Copies a directory.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => fs::copy(entry.path(), &target).map(drop)?,
        }
    }
    Ok(())
}
