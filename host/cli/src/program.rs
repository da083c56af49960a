//! The program that `wasmysql run` and `wasmysql serve` execute: a component, or a Python file.

use std::path::{Path, PathBuf};

use wasmtime_wasi::WasiCtxBuilder;

use crate::exit::Failure;
use crate::limits::Limits;
use crate::plugin::ComponentFile;
use crate::python::{self, Runtime};

/// A program to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// The file that the user named.
    file: ComponentFile,
    /// The component that runs the file, if the file is not a component.
    runtime: Option<Runtime>,
}

impl Program {
    /// Finds the component for a file. Builds the component for Python files if it is not cached.
    pub(crate) fn of(path: PathBuf) -> Result<Self, Failure> {
        let runtime = match python::is_python(&path) {
            true => Some(Runtime::of(python::directory(&path))?),
            false => None,
        };
        Ok(Self { file: ComponentFile::new(path), runtime })
    }

    /// Finds the component again, after the file or the runtime has changed.
    pub(crate) fn again(&self) -> Result<Self, Failure> {
        Self::of(self.file.path.clone())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }

    /// Returns the path whose changes change the program: the component, or the directory of Python
    /// files.
    pub(crate) fn source(&self) -> &Path {
        self.runtime.as_ref().map_or(&self.file.path, |runtime| runtime.files())
    }

    /// Returns the name of the plugin: that of its file.
    pub(crate) fn name(&self) -> String {
        self.file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Returns the directory with the migrations of a Python plugin, beside its file.
    pub(crate) fn migrations(&self) -> Option<PathBuf> {
        self.runtime.as_ref()?.migrations()
    }

    pub(crate) fn component(&self) -> &ComponentFile {
        self.runtime.as_ref().map_or(&self.file, |runtime| &runtime.component)
    }

    /// Returns the limits, with the defaults of the language.
    pub(crate) fn limits(&self, given: &Limits) -> Limits {
        if self.runtime.is_some() { python::limits(given) } else { given.clone() }
    }

    /// Sets the arguments and the files of the program.
    pub(crate) fn configure(&self, wasi: &mut WasiCtxBuilder, arguments: &[String]) -> Result<(), Failure> {
        if let Some(runtime) = &self.runtime {
            runtime.mount(wasi)?;
            // The runtime takes the file from its first argument.
            wasi.arg("wasmysql");
        }
        wasi.arg(&self.file.name).args(arguments);
        Ok(())
    }
}
