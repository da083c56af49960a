//! Python plugins: files that a component with the interpreter runs, and self-contained components.
//!
//! The package `wasmysql` for Python builds the components; see `guest/python`.

mod builder;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use self::builder::Builder;
use crate::exit::Failure;
use crate::limits::Limits;
use crate::plugin::ComponentFile;

/// The directory of the plugin's files inside the component.
const FILES: &str = "/app";
/// The directories of installed packages inside the component, each followed by a number.
const PACKAGES: &str = "/packages";
/// The variable with the directories of installed packages, as the component expects it.
const PACKAGES_VARIABLE: &str = "WASMYSQL_PACKAGES";

/// A component that runs Python files, and the directories that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Runtime {
    pub(crate) component: ComponentFile,
    /// The directories of installed packages.
    packages: Vec<PathBuf>,
    /// The directory of the plugin's files.
    files: PathBuf,
}

impl Runtime {
    /// Returns the runtime for the files of a directory. Builds it if it is not in the cache.
    pub(crate) fn of(files: &Path) -> Result<Self, Failure> {
        let files = fs::canonicalize(files).map_err(|error| Failure::Host(format!("{}: {error}", files.display())))?;
        let printed = Builder::find()?.call(&["--cached".as_ref()])?;
        let mut lines = printed.lines().map(PathBuf::from);
        let path = lines.next().ok_or_else(|| Failure::Host("the build named no component".to_owned()))?;
        let component = ComponentFile { path, name: "the Python runtime".to_owned() };
        Ok(Self { component, packages: lines.collect(), files })
    }

    /// Returns the directory of the plugin's files.
    pub(crate) fn files(&self) -> &Path {
        &self.files
    }

    /// Returns the directory with the migrations of the plugin, if it exists.
    pub(crate) fn migrations(&self) -> Option<PathBuf> {
        Some(self.files.join("migrations")).filter(|directory| directory.is_dir())
    }

    /// Gives a component access to the files and packages, for reading only.
    pub(crate) fn mount(&self, wasi: &mut WasiCtxBuilder) -> Result<(), Failure> {
        let mut mounted = vec![(self.files.clone(), FILES.to_owned())];
        let packages = self.packages.iter().enumerate();
        mounted.extend(packages.map(|(number, directory)| (directory.clone(), format!("{PACKAGES}{number}"))));
        for (host, guest) in &mounted {
            wasi.preopened_dir(host, guest, FsPerms::ReadOnly)
                .map_err(|error| Failure::Host(format!("{}: {error:#}", host.display())))?;
        }
        let directories: Vec<&str> = mounted.iter().skip(1).map(|(_, guest)| guest.as_str()).collect();
        wasi.env(PACKAGES_VARIABLE, directories.join(":"));
        Ok(())
    }
}

/// Returns whether a path is that of a Python file.
pub(crate) fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// Returns the directory of a file, for messages and mounts.
pub(crate) fn directory(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns the limits, completed by the defaults of Python plugins.
pub(crate) fn limits(given: &Limits) -> Limits {
    given.clone().or(&Limits::of_python())
}

/// The exports of a self-contained component.
#[derive(Debug, Clone, Copy)]
pub(crate) enum World {
    /// A program that runs once.
    Plugin,
    /// An application that handles HTTP requests.
    Service,
}

/// Builds a self-contained component from the files of a directory.
pub(crate) fn build(files: &Path, main: &str, world: World, output: &Path, packages: &[String]) -> Result<(), Failure> {
    let world = match world {
        World::Plugin => "plugin",
        World::Service => "service",
    };
    let mut arguments: Vec<&OsStr> = vec!["--app".as_ref(), files.as_os_str(), "--main".as_ref(), main.as_ref()];
    arguments.extend([OsStr::new("--world"), world.as_ref(), "--output".as_ref(), output.as_os_str()]);
    for package in packages {
        arguments.push("--package".as_ref());
        arguments.push(package.as_ref());
    }
    Builder::find()?.call(&arguments).map(drop)
}
