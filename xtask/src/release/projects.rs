//! The test of the packages: a plugin and an embedder in empty projects, which use only the
//! packaged crates.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasmysql_private_server::PrivateServer;

use super::crates::{CRATES, unpack};
use super::version::Version;
use crate::cargo::{cargo, root, run, target_directory};

const EMBEDDER: &str = include_str!("embedder.toml");
/// The program of the embedder.
const PROGRAM: &str = "host/examples/embed.rs";
/// The plugin's output in its first run.
const REPORT: &str = "/         2 visits\n/about    1 visits\n";
/// The first line of the profiles in Cargo.toml, and the first line after those for development.
const PROFILES: [&str; 2] = ["[profile.dev]", "[profile.release]"];

/// Builds the tool, an embedder and a new plugin, and runs the plugin in both.
pub(crate) fn test(packages: &[PathBuf], version: Version) -> Result<()> {
    let directory = target_directory()?.join("projects");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    let projects = Projects { directory };
    projects.write(packages, version)?;
    // The same target directory, lock file and profiles as in the repository, so that wasmtime is
    // not compiled again. The tool in it has the same source as that of the repository.
    let target = target_directory()?;
    let mut build = projects.cargo(["build", "--quiet", "--workspace"], &projects.directory, &target);
    run(&mut build)?;
    let (tool, embedder) = (target.join("debug/wasmysql"), target.join("debug/embedder"));
    let bin = projects.directory.join("bin");
    fs::create_dir(&bin)?;
    let tool = copy(&tool, &bin)?;
    projects.test_plugin(&tool, &embedder)
}

/// A directory with the unpacked crates and the projects.
struct Projects {
    directory: PathBuf,
}

impl Projects {
    /// Unpacks the crates and writes the workspace of the tool and the embedder.
    fn write(&self, packages: &[PathBuf], version: Version) -> Result<()> {
        let crates = self.directory.join("crates");
        let embedder = self.directory.join("embedder");
        fs::create_dir_all(&crates)?;
        fs::create_dir_all(embedder.join("src"))?;
        fs::create_dir_all(self.directory.join(".cargo"))?;
        packages.iter().try_for_each(|package| unpack(package, &crates))?;
        // The crates are those that the registry will have.
        let mut patch = "[patch.crates-io]\n".to_owned();
        for (name, _) in CRATES {
            let path = crates.join(format!("{name}-{version}"));
            patch += &format!("{name} = {{ path = {:?} }}\n", path.to_str().context("the path is not UTF-8")?);
        }
        fs::write(self.directory.join(".cargo/config.toml"), patch)?;
        let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
        let profiles = PROFILES.map(|line| manifest.find(line));
        let [Some(start), Some(end)] = profiles else {
            anyhow::bail!("Cargo.toml has no {} before {}", PROFILES[0], PROFILES[1]);
        };
        let members = format!("members = [\"embedder\", \"crates/wasmysql-cli-{version}\"]");
        let exclude = "exclude = [\"visits\"]";
        let workspace = format!("[workspace]\nresolver = \"3\"\n{members}\n{exclude}\n\n{}", &manifest[start..end]);
        fs::write(self.directory.join("Cargo.toml"), workspace)?;
        fs::copy(root().join("Cargo.lock"), self.directory.join("Cargo.lock"))?;
        fs::write(embedder.join("Cargo.toml"), EMBEDDER.replace("VERSION", &version.to_string()))?;
        fs::copy(root().join(PROGRAM), embedder.join("src/main.rs"))?;
        Ok(())
    }

    /// Creates a plugin with the tool, tests it, and runs it with the tool and with the embedder.
    fn test_plugin(&self, tool: &Path, embedder: &Path) -> Result<()> {
        run(Command::new(tool).args(["new", "visits"]).current_dir(&self.directory))?;
        let plugin = self.directory.join("visits");
        let manifest = fs::read_to_string(plugin.join("Cargo.toml"))?;
        ensure!(!manifest.contains("path = "), "the plugin does not depend on the published SDK:\n{manifest}");
        fs::copy(root().join("Cargo.lock"), plugin.join("Cargo.lock"))?;
        let target = self.directory.join("target");
        check_report("cargo run", &mut self.cargo(["run", "--quiet"], &plugin, &target))?;
        run(&mut self.cargo(["test", "--quiet"], &plugin, &target))?;

        let server = PrivateServer::start()?;
        let database = format!("main={}", server.url());
        run(Command::new(tool)
            .args(["migrate", "visits/migrations", "--database", &database])
            .current_dir(&self.directory))?;
        let component = target.join("wasm32-wasip2/debug/visits.wasm");
        check_report("the embedder", Command::new(embedder).arg(component).arg(server.url()))
    }

    /// Returns a cargo command in a project. The tool is in its search path.
    fn cargo<const N: usize>(&self, arguments: [&str; N], project: &Path, target: &Path) -> Command {
        let mut command = cargo(arguments);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([self.directory.join("bin")].into_iter().chain(env::split_paths(&path)));
        command.current_dir(project).env("CARGO_TARGET_DIR", target).env("PATH", path.unwrap_or_default());
        command
    }
}

/// Copies a program into a directory, and returns its path.
fn copy(program: &Path, directory: &Path) -> Result<PathBuf> {
    let copy = directory.join(program.file_name().context("the program has a name")?);
    fs::copy(program, &copy).with_context(|| format!("can't copy {}", program.display()))?;
    Ok(copy)
}

fn check_report(name: &str, command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("can't run {name}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(printed == REPORT, "{name}: the plugin printed:\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
