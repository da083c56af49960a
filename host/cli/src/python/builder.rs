//! Calls the package that builds components, in the Python environment of the user.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::exit::Failure;

/// The statements that run the build. The exit code means that a package is missing.
const RUN: &str = "\
import sys
try:
    import componentize_py
    from wasmysql.build.__main__ import main
except ImportError as error:
    print(error)
    sys.exit(77)
main()";
const MISSING: i32 = 77;

/// The package in the checkout from which this program was built. The directory may no longer
/// exist.
const PACKAGE_OF_CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/python/src");

/// A Python interpreter with the package `wasmysql`.
#[derive(Debug)]
pub(super) struct Builder {
    /// The interpreters to try, the best first.
    interpreters: Vec<PathBuf>,
}

impl Builder {
    /// Finds interpreters: beside this program, where a wheel installs it; in the active virtual
    /// environment; and in the path.
    pub(super) fn find() -> Result<Self, Failure> {
        let beside = env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
        let active = env::var_os("VIRTUAL_ENV").map(|directory| Path::new(&directory).join("bin"));
        let path = env::var_os("PATH").unwrap_or_default();
        let directories = beside.into_iter().chain(active).chain(env::split_paths(&path));
        let mut interpreters: Vec<PathBuf> =
            directories.map(|directory| directory.join("python3")).filter(|program| program.is_file()).collect();
        interpreters.dedup();
        match interpreters.is_empty() {
            true => Err(unavailable("there is no python3 in PATH")),
            false => Ok(Self { interpreters }),
        }
    }

    /// Runs the build and returns its stdout. Its messages go to stderr.
    pub(super) fn call(&self, arguments: &[&OsStr]) -> Result<String, Failure> {
        let mut missing = String::new();
        for interpreter in &self.interpreters {
            for package in [None, Some(PACKAGE_OF_CHECKOUT)] {
                if package.is_some_and(|package| !Path::new(package).is_dir()) {
                    continue;
                }
                let mut command = Command::new(interpreter);
                command.args(["-c", RUN]).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
                if let Some(package) = package {
                    command.env("PYTHONPATH", package);
                }
                let called = command.output();
                let output =
                    called.map_err(|error| Failure::Host(format!("can't run {}: {error}", interpreter.display())))?;
                let printed = String::from_utf8_lossy(&output.stdout).into_owned();
                match output.status.code() {
                    Some(0) => return Ok(printed),
                    // The first interpreter is the one that the user means.
                    Some(MISSING) if missing.is_empty() => {
                        missing = format!("{}: {}", interpreter.display(), printed.trim_end());
                    }
                    Some(MISSING) => {}
                    _ => return Err(Failure::Host("the build of the component failed".to_owned())),
                }
            }
        }
        Err(unavailable(&missing))
    }
}

fn unavailable(reason: &str) -> Failure {
    Failure::Host(format!(
        "Python plugins need Python 3.10 or later with the package wasmysql ({reason}); install it with\n  \
         python3 -m venv .venv && . .venv/bin/activate && pip install wasmysql"
    ))
}
