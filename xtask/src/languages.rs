//! The tools of the guests in `tests/languages`, and the builds of their components.
//!
//! The tools are installed into `target/languages` with the ordinary clients of their registries.
//! The machine's packages do not change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::cargo::{root, run, target_directory};
use crate::setup::is_in_path;

/// A language whose tools can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// componentize-py, and PyMySQL for the benchmark
    Python,
    /// componentize-qjs
    Javascript,
}

/// A component to build: its WIT package and world, the folder of its sources, and its main file
/// without the extension.
#[derive(Debug)]
pub(crate) struct Guest<'a> {
    pub(crate) wit: &'a str,
    pub(crate) world: &'a str,
    pub(crate) sources: &'a [&'a str],
    pub(crate) main: &'a str,
}

impl Language {
    pub(crate) const ALL: [Language; 2] = [Language::Python, Language::Javascript];

    /// Returns the name of the option's value, of the feature of the tests, and of the component.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Javascript => "javascript",
        }
    }

    fn folder(self) -> String {
        format!("tests/languages/{}", self.name())
    }

    /// Returns the directory of the tools.
    fn tools(self) -> Result<PathBuf> {
        Ok(target_directory()?.join("languages").join(self.name()))
    }

    /// Returns the path of a program of the tools.
    pub(crate) fn program(self, name: &str) -> Result<PathBuf> {
        let folder = match self {
            Language::Python => "bin",
            Language::Javascript => "node_modules/.bin",
        };
        Ok(self.tools()?.join(folder).join(name))
    }

    fn componentizer(self) -> Result<PathBuf> {
        self.program(match self {
            Language::Python => "componentize-py",
            Language::Javascript => "componentize-qjs",
        })
    }

    /// Returns the files of the folder that select the packages.
    fn manifests(self) -> &'static [&'static str] {
        match self {
            Language::Python => &["requirements.txt"],
            Language::Javascript => &["package.json", "package-lock.json"],
        }
    }

    /// Returns whether the selected packages are installed.
    pub(crate) fn is_installed(self) -> Result<bool> {
        let (folder, tools) = (root().join(self.folder()), self.tools()?);
        let is_same = |file: &&str| fs::read(tools.join(file)).ok() == fs::read(folder.join(file)).ok();
        Ok(self.componentizer()?.is_file() && self.manifests().iter().all(is_same))
    }

    /// Installs the tools, unless they are installed.
    pub(crate) fn install(self) -> Result<()> {
        let tools = self.tools()?;
        if self.is_installed()? {
            eprintln!("setup: the tools of {} are in {}", self.name(), tools.display());
            return Ok(());
        }
        eprintln!("setup: installing the packages of {} into {}", self.folder(), tools.display());
        let install = || -> Result<()> {
            if tools.exists() {
                fs::remove_dir_all(&tools)?;
            }
            fs::create_dir_all(&tools)?;
            for file in self.manifests() {
                fs::copy(root().join(self.folder()).join(file), tools.join(file))?;
            }
            match self {
                Language::Python => install_python(&tools)?,
                Language::Javascript => install_javascript(&tools)?,
            }
            if !self.is_installed()? {
                bail!("the packages contain no {}", self.componentizer()?.display());
            }
            Ok(())
        };
        install().with_context(|| format!("can't install the tools of {}", self.name()))
    }

    /// Builds the guest of the tests into `target/languages`, unless it is newer than its sources.
    pub(crate) fn build_for_tests(self) -> Result<()> {
        let component = target_directory()?.join("languages").join(self.name()).with_extension("wasm");
        let folder = self.folder();
        let guest = Guest { wit: "tests/languages/wit", world: "batches", sources: &[&folder], main: "guest" };
        self.build(&guest, &component)
    }

    /// Builds a component, unless it is newer than its sources, `wit/` and the tools.
    pub(crate) fn build(self, guest: &Guest<'_>, component: &Path) -> Result<()> {
        let built = component.metadata().and_then(|metadata| metadata.modified()).ok();
        let inputs = guest.sources.iter().copied().chain([guest.wit, "wit"]).map(|input| root().join(input));
        let newest = inputs.chain([self.componentizer()?]).map(|input| changed(&input)).collect::<Result<Vec<_>>>()?;
        if newest.into_iter().max() < built {
            return Ok(());
        }
        eprintln!("{}: building {}", self.name(), component.display());
        // An interrupted build leaves no component.
        let unfinished = component.with_extension("unfinished");
        let mut command = Command::new(self.componentizer()?);
        command.current_dir(root());
        match self {
            Language::Python => {
                command.args(["--quiet", "--wit-path", guest.wit, "--world", guest.world, "componentize"]);
                command.args(guest.sources.iter().flat_map(|folder| ["--python-path", folder]));
                command.args([guest.main, "--output"]).arg(&unfinished);
            }
            Language::Javascript => {
                let [folder, ..] = guest.sources else { bail!("a guest in JavaScript needs a folder") };
                let main = format!("{folder}/{}.js", guest.main);
                command.args(["--sync", "--wit", guest.wit, "--world", guest.world, "--module-root", folder]);
                command.args(["--js", &main, "--output"]).arg(&unfinished).stdout(Stdio::null());
            }
        }
        run(&mut command)?;
        fs::rename(&unfinished, component).with_context(|| format!("can't write {}", component.display()))
    }
}

fn install_python(tools: &Path) -> Result<()> {
    let python = ["python3", "python"].into_iter().find(|name| is_in_path(name));
    let python = python.context("python3 was not found in PATH; install Python 3.10 or newer with its module venv")?;
    run(Command::new(python).args(["-m", "venv", "."]).current_dir(tools))?;
    let mut pip = Command::new(tools.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"]);
    run(pip.current_dir(tools))
}

fn install_javascript(tools: &Path) -> Result<()> {
    if !is_in_path("npm") {
        bail!("npm was not found in PATH; install Node.js 18 or newer");
    }
    run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(tools))
}

/// Returns the time of the last change of a file, or of the newest file in a directory.
fn changed(path: &Path) -> Result<SystemTime> {
    let metadata = path.metadata().with_context(|| format!("can't read {}", path.display()))?;
    let mut newest = metadata.modified()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            // The links of WIT packages lead to `wit/`, which is an input of its own.
            if !entry.file_type()?.is_symlink() && entry.file_name() != "__pycache__" {
                newest = newest.max(changed(&entry.path())?);
            }
        }
    }
    Ok(newest)
}
