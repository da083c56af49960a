//! Gets servers that the machine's distribution does not have, without installing them.
//!
//! Packages of newer Debian releases are downloaded with a package list of their own and unpacked
//! into `target/servers`. They run with their own libraries. The machine's packages do not change.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use wasmysql_private_server::{Flavor, Installation, ServerChoice};

use crate::cargo;
use crate::setup::is_in_path;

/// The key with which Debian signs its releases.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A server that is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Server {
    /// The newest MySQL
    Mysql,
    /// MariaDB 11
    #[value(name = "mariadb-11")]
    Mariadb11,
}

impl Server {
    pub(crate) const ALL: [Server; 2] = [Server::Mysql, Server::Mariadb11];

    /// Returns the name of the option's value, which is also the name of the directory.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Mysql => "mysql",
            Server::Mariadb11 => "mariadb-11",
        }
    }

    /// Returns the release of Debian and the package.
    fn package(self) -> (&'static str, &'static str) {
        match self {
            // No stable release of Debian contains MySQL.
            Server::Mysql => ("sid", "mysql-server-core"),
            Server::Mariadb11 => ("trixie", "mariadb-server-core"),
        }
    }

    fn alternative(self) -> &'static str {
        match self {
            Server::Mysql => {
                "install the MySQL server and select it with --server mysql, or unpack its archive and use --server PATH"
            }
            Server::Mariadb11 => "install MariaDB 11 or unpack its archive, and select it with --server PATH",
        }
    }

    fn directory(self) -> Result<PathBuf> {
        Ok(cargo::target_directory()?.join("servers").join(self.name()))
    }

    /// Returns the server if it has been downloaded.
    fn downloaded(self) -> Result<Option<Installation>> {
        let directory = self.directory()?;
        Ok(directory.is_dir().then(|| Installation::find(&ServerChoice::Path(directory))).transpose()?)
    }

    /// Downloads the server, unless that has been done. Returns its directory.
    pub(crate) fn get(self) -> Result<PathBuf> {
        let directory = self.directory()?;
        if let Some(found) = self.downloaded()? {
            eprintln!("setup: {} {} is in {}", found.flavor(), found.version(), directory.display());
            return Ok(directory);
        }
        let get = || -> Result<Installation> {
            let unfinished = directory.with_extension("unfinished");
            download(self, &unfinished)?;
            fs::rename(unfinished.join("root"), &directory)?;
            fs::remove_dir_all(&unfinished)?;
            self.downloaded()?.context("the package contains no server")
        };
        let found = get().with_context(|| format!("can't get the server {}; {}", self.name(), self.alternative()))?;
        eprintln!("setup: {} {} was unpacked into {}", found.flavor(), found.version(), directory.display());
        Ok(directory)
    }
}

/// Returns the value of `WASMYSQL_SERVER` for `--server`: a downloaded server, or the text itself.
/// Downloads MySQL if it is wanted and not installed.
pub(crate) fn resolve(chosen: &str) -> Result<OsString> {
    for server in Server::ALL {
        let is_installed = server == Server::Mysql && Installation::find(&ServerChoice::Flavor(Flavor::MySql)).is_ok();
        if chosen == server.name() && !is_installed {
            return Ok(server.get()?.into());
        }
    }
    // The tests run in other directories.
    match Path::new(chosen) {
        path if path.exists() => Ok(std::path::absolute(path)?.into()),
        _ => Ok(chosen.into()),
    }
}

/// Returns the server that a value of `WASMYSQL_SERVER` selects, or the environment's.
pub(crate) fn installation(chosen: Option<&OsStr>) -> Result<Installation> {
    let choice = match chosen {
        None => ServerChoice::from_env(),
        Some(chosen) => match chosen.to_str() {
            Some(text) => text.into(),
            None => ServerChoice::Path(chosen.into()),
        },
    };
    Ok(Installation::find(&choice)?)
}

/// Downloads a server and its libraries, and unpacks them into the folder `root` of `directory`.
fn download(server: Server, directory: &Path) -> Result<()> {
    for program in ["apt-get", "dpkg"] {
        if !is_in_path(program) {
            bail!("{program} was not found in PATH, and the download needs a Debian system");
        }
    }
    if !Path::new(KEYRING).is_file() {
        bail!("{KEYRING} was not found, and the download needs a Debian system");
    }
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    let archives = directory.join("cache/archives");
    for path in [directory.join("state/lists/partial"), archives.join("partial")] {
        fs::create_dir_all(path)?;
    }
    // An empty status file means that no package is installed, so all libraries are downloaded.
    fs::write(directory.join("status"), "")?;
    let (release, package) = server.package();
    let list = format!("deb [signed-by={KEYRING}] {} {release} main\n", mirror()?);
    fs::write(directory.join("sources.list"), list)?;

    eprintln!("setup: downloading {package} of Debian {release} (about 80 MB) into {}", directory.display());
    apt_get(directory, &["-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false", "update"])?;
    apt_get(directory, &["install", "--download-only", "--no-install-recommends", "-y", package])?;
    let root = directory.join("root");
    for entry in fs::read_dir(&archives)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            cargo::run(Command::new("dpkg").arg("-x").arg(&path).arg(&root))?;
        }
    }
    Ok(())
}

/// Runs apt-get with package lists, a cache and a status of its own.
fn apt_get(directory: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.arg("-qq");
    for (option, value) in [
        ("Dir::Etc::SourceList", directory.join("sources.list")),
        ("Dir::Etc::SourceParts", "/dev/null".into()),
        ("Dir::State", directory.join("state")),
        ("Dir::State::status", directory.join("status")),
        ("Dir::Cache", directory.join("cache")),
        ("Acquire::Languages", "none".into()),
        ("Acquire::Retries", "3".into()),
        // The sandbox user can't write into the target directory.
        ("APT::Sandbox::User", "root".into()),
    ] {
        let mut assignment = OsString::from(option);
        assignment.push("=");
        assignment.push(value);
        command.arg("-o").arg(assignment);
    }
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(std::process::Stdio::null());
    cargo::run(&mut command)
}

/// Returns the mirror that the machine's own package lists use.
fn mirror() -> Result<String> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"])
        .output()
        .context("can't run apt-get")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let sites = text.lines().filter_map(|line| line.split_once(' '));
    // Releases with a suffix, such as security updates, can be on other servers.
    let site = sites.filter(|(_, release)| !release.contains(['-', '/'])).map(|(site, _)| site.to_owned()).next();
    site.context("the machine's package sources name no mirror of Debian")
}
