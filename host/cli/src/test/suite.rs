//! The tests of a component, or of Python files that a component runs.

use std::path::{Path, PathBuf};

use wasmtime_wasi::WasiCtxBuilder;

use super::list::Case;
use crate::exit::Failure;
use crate::limits::Limits;
use crate::plugin::{ComponentFile, Plugin};
use crate::python::{self, Runtime};

/// The exit code of a Python test that skips itself.
pub(crate) const SKIPPED: u8 = 77;

/// The tests of a plugin.
pub(crate) struct Suite {
    pub(crate) plugin: Plugin,
    pub(crate) python: Option<Files>,
}

/// Python files with tests.
pub(crate) struct Files {
    runtime: Runtime,
    /// The file or the directory, relative to the directory of the plugin's files.
    path: String,
}

impl Suite {
    /// Loads a component, or the runtime for Python files.
    pub(crate) fn load(path: &Path, limits: &Limits) -> Result<Self, Failure> {
        if !path.is_dir() && !python::is_python(path) {
            return Ok(Self { plugin: Plugin::load(&ComponentFile::new(path.to_owned()), limits)?, python: None });
        }
        // Tests import the files of the current directory, unless they are somewhere else.
        let (directory, path) = match path.is_relative() {
            true => (Path::new("."), path),
            false => (python::directory(path), Path::new(path.file_name().unwrap_or_default())),
        };
        let runtime = Runtime::of(directory)?;
        let plugin = Plugin::load(&runtime.component, &python::limits(limits))?;
        Ok(Self { plugin, python: Some(Files { runtime, path: path.to_string_lossy().into_owned() }) })
    }

    /// Sets the arguments that run a test.
    pub(crate) fn configure(&self, wasi: &mut WasiCtxBuilder, case: &Case) -> Result<(), Failure> {
        match &self.python {
            Some(files) => files.configure(wasi, &["--alone", &case.name]),
            None => {
                // A trap would lose output that libtest has captured, hence --nocapture.
                wasi.args(&["test", &case.name, "--exact", "--include-ignored", "--nocapture"]);
                Ok(())
            }
        }
    }
}

impl Files {
    /// Returns the directory with the migrations of the plugin, if it exists.
    pub(crate) fn migrations(&self) -> Option<PathBuf> {
        self.runtime.migrations()
    }

    /// Sets the arguments that list the tests.
    pub(crate) fn configure_list(&self, wasi: &mut WasiCtxBuilder) -> Result<(), Failure> {
        self.configure(wasi, &["--list", &self.path])
    }

    fn configure(&self, wasi: &mut WasiCtxBuilder, arguments: &[&str]) -> Result<(), Failure> {
        self.runtime.mount(wasi)?;
        wasi.args(&["wasmysql", "-m", "wasmysql.testing"]).args(arguments);
        Ok(())
    }
}
