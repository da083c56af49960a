//! Locates servers.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::joined;
use crate::{Flavor, ServerChoice, StartError};

/// The directories of servers on systems that keep them out of PATH: Debian, a local build, Fedora,
/// Homebrew on both kinds of Mac.
const OUTSIDE_PATH: &[&str] =
    &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec", "/opt/homebrew/bin", "/usr/bin"];
/// The directories of the programs of an unpacked package or of an archive.
const PROGRAMS: &[&str] = &["usr/sbin", "usr/bin", "usr/libexec", "sbin", "bin"];
/// The directories of the libraries of an unpacked package, below its `usr`.
const LIBRARIES: &[&str] = &["lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "lib64", "lib"];

/// The paths of Galera in distributions: Debian, Fedora, Arch.
const GALERA: &[&str] =
    &["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib/libgalera_smm.so"];

/// An installed server.
#[derive(Debug, Clone)]
pub struct Installation {
    flavor: Flavor,
    version: String,
    program: PathBuf,
    libraries: Option<OwnLibraries>,
}

/// The dynamic loader and the libraries of an unpacked package.
#[derive(Debug, Clone)]
struct OwnLibraries {
    loader: PathBuf,
    directory: PathBuf,
}

impl Installation {
    /// Finds the chosen server and asks for its version.
    ///
    /// # Errors
    ///
    /// Returns [`StartError::NotInstalled`] if no such server is found, and
    /// [`StartError::NoSuchPath`], [`StartError::Spawn`] or [`StartError::NoServer`] if a path does
    /// not lead to a server.
    pub fn find(choice: &ServerChoice) -> Result<Self, StartError> {
        match choice {
            ServerChoice::Installed => Self::installed(Flavor::MariaDb).or_else(|first| {
                // The message about MariaDB names the usual package.
                Self::installed(Flavor::MySql).map_err(|_| first)
            }),
            ServerChoice::Flavor(flavor) => Self::installed(*flavor),
            ServerChoice::Path(path) if path.is_dir() => Self::unpacked(path),
            ServerChoice::Path(path) => Self::at(path.clone(), None),
        }
    }

    /// Returns the family.
    pub fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Returns the version as the server reports it, for example `10.11.19-MariaDB-0+deb12u1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the path of the server program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Returns the directory with the messages and, for MariaDB, the SQL files that create the
    /// system tables.
    pub(crate) fn share(&self) -> Option<PathBuf> {
        let prefix = self.prefix()?;
        let share = prefix.join("share");
        let candidates = [share.join("mariadb"), share.join("mysql"), share];
        let file = match self.flavor {
            Flavor::MariaDb => "fill_help_tables.sql",
            Flavor::MySql => "english/errmsg.sys",
        };
        candidates.into_iter().find(|directory| directory.join(file).is_file())
    }

    /// Returns a command that starts the server, with the arguments that locate its files.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.bare_command();
        command.arg("--no-defaults");
        if self.libraries.is_some()
            && let (Some(prefix), Some(share)) = (self.prefix(), self.share())
        {
            command
                .arg(joined("--basedir=", &prefix))
                .arg(joined("--lc-messages-dir=", &share))
                .arg(joined("--character-sets-dir=", &share.join("charsets")))
                .arg(joined("--plugin-dir=", &prefix.join("lib/mysql/plugin")));
        }
        command
    }

    fn bare_command(&self) -> Command {
        let Some(libraries) = &self.libraries else { return Command::new(&self.program) };
        let mut command = Command::new(&libraries.loader);
        command.arg("--library-path").arg(&libraries.directory).arg(&self.program);
        command
    }

    /// Returns the directory above the directory of the program.
    fn prefix(&self) -> Option<PathBuf> {
        let program = self.program.canonicalize().ok()?;
        Some(program.parent()?.parent()?.to_owned())
    }

    fn installed(flavor: Flavor) -> Result<Self, StartError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let directories: Vec<PathBuf> = env::split_paths(&path).chain(OUTSIDE_PATH.iter().map(PathBuf::from)).collect();
        flavor
            .programs()
            .iter()
            .flat_map(|program| directories.iter().map(move |directory| directory.join(program)))
            .filter(|program| program.is_file())
            .filter_map(|program| Self::at(program, None).ok())
            .find(|installation| installation.flavor == flavor)
            .ok_or(StartError::NotInstalled { flavor })
    }

    fn unpacked(root: &Path) -> Result<Self, StartError> {
        let programs = Flavor::ALL.iter().flat_map(|flavor| flavor.programs());
        let program = programs
            .flat_map(|program| PROGRAMS.iter().map(move |directory| root.join(directory).join(program)))
            .find(|program| program.is_file())
            .ok_or_else(|| StartError::NoServer { path: root.to_owned() })?;
        let libraries = LIBRARIES.iter().find_map(|directory| OwnLibraries::find(root.join("usr").join(directory)));
        Self::at(program, libraries)
    }

    /// Asks a program for its version.
    fn at(program: PathBuf, libraries: Option<OwnLibraries>) -> Result<Self, StartError> {
        let program = std::path::absolute(&program).unwrap_or(program);
        if !program.is_file() {
            return Err(StartError::NoSuchPath { path: program });
        }
        let mut found = Self { flavor: Flavor::MySql, version: String::new(), program, libraries };
        let output = found
            .bare_command()
            .args(["--no-defaults", "--version"])
            .stdin(Stdio::null())
            .output()
            .map_err(|source| StartError::Spawn { program: found.program.clone(), source })?;
        // `/usr/sbin/mysqld  Ver 9.7.4 for Linux on x86_64`, after a path that can contain spaces.
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.rsplit_once(" Ver ").and_then(|(_, rest)| rest.split_whitespace().next());
        let Some(version) = version.filter(|_| output.status.success()) else {
            return Err(StartError::NoServer { path: found.program });
        };
        found.version = version.to_owned();
        if version.contains("MariaDB") {
            found.flavor = Flavor::MariaDb;
        }
        Ok(found)
    }
}

impl OwnLibraries {
    fn find(directory: PathBuf) -> Option<Self> {
        let is_loader = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("ld-linux"))
        };
        let files = directory.read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let loader = files.into_iter().find(is_loader)?;
        Some(Self { loader: std::path::absolute(loader).ok()?, directory: std::path::absolute(directory).ok()? })
    }
}

/// Returns the path of the Galera library, which MariaDB servers need to form a cluster.
///
/// The path is `WASMYSQL_GALERA` if this variable names a file, or else the path where the
/// distribution installs the library. Returns `None` if Galera is not installed.
pub fn find_galera() -> Option<PathBuf> {
    let chosen = env::var_os("WASMYSQL_GALERA").map(PathBuf::from);
    chosen.into_iter().chain(GALERA.iter().map(PathBuf::from)).find(|path| path.is_file())
}
