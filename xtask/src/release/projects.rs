//! Projects outside of the repository that use only the packed crates.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::artefacts::{CRATES, unpack};
use crate::cargo::{cargo, root, run, target_directory};

/// A host that adds the imports to its linker, which is the least that an embedder does.
const HOST: &str = r#"
struct State(wasmysql_host::WasmysqlCtx, wasmtime::component::ResourceTable);

impl wasmysql_host::WasmysqlView for State {
    fn wasmysql(&mut self) -> wasmysql_host::WasmysqlCtxView<'_> {
        wasmysql_host::WasmysqlCtxView { ctx: &mut self.0, table: &mut self.1 }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut linker = wasmtime::component::Linker::<State>::new(&wasmtime::Engine::default());
    wasmysql_host::add_to_linker(&mut linker)?;
    println!("added");
    Ok(())
}
"#;

/// The output of the plugin that `wasmysql new` writes.
const REPORT: &str = "/         2 visits\n/about    1 visits\n";

/// Builds the tool, a host, and a plugin that the tool creates, runs and tests.
pub(super) fn build(version: &str, directory: &Path) -> Result<()> {
    let projects = empty_directory()?;
    let target = target_directory()?;
    let mut patches = Vec::new();
    for name in CRATES {
        let package = unpack(&directory.join(format!("{name}-{version}.crate")), &projects.join("crates"))?;
        patches.push(format!("patch.crates-io.{name}.path={:?}", package.display().to_string()));
    }
    let build = |project: &Path, command: &[&str]| {
        // The versions of all other dependencies are those of this repository.
        fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock"))?;
        let mut cargo = cargo(command.iter().copied());
        cargo.current_dir(project).env("CARGO_TARGET_DIR", &target);
        run(cargo.args(patches.iter().flat_map(|patch| ["--config", patch])))
    };

    let host = projects.join("host");
    let wasmtime = dependency("wasmtime")?;
    project(&host, "released-host", &format!("wasmysql-host = \"{version}\"\nwasmtime = {wasmtime}\n"), HOST)?;
    build(&host, &["run"])?;

    build(&projects.join(format!("crates/wasmysql-cli-{version}")), &["build"])?;
    let tool = target.join("debug/wasmysql");
    run(Command::new(&tool).args(["new", "visits"]).current_dir(&projects))?;
    let plugin = projects.join("visits");
    build(&plugin, &["build", "--target", "wasm32-wasip2"])?;
    let component = target.join("wasm32-wasip2/debug/visits.wasm");
    let migrations = plugin.join("migrations");
    let output = Command::new(&tool).arg("run").arg(component).arg("--migrations").arg(migrations).output();
    let output = output.context("can't run the tool")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(printed == REPORT, "the plugin printed:\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_dir_all(&projects)?;
    Ok(())
}

/// Creates an empty directory for the projects, outside of this workspace.
fn empty_directory() -> Result<std::path::PathBuf> {
    let directory = std::env::temp_dir().join(format!("wasmysql-release-{}", std::process::id()));
    fs::create_dir(&directory).with_context(|| format!("can't create {}", directory.display()))?;
    Ok(directory)
}

fn project(directory: &Path, name: &str, dependencies: &str, program: &str) -> Result<()> {
    fs::create_dir_all(directory.join("src"))?;
    let package = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}");
    fs::write(directory.join("Cargo.toml"), package)?;
    fs::write(directory.join("src/main.rs"), program)?;
    Ok(())
}

/// Returns the value of a dependency in the workspace's Cargo.toml.
fn dependency(name: &str) -> Result<String> {
    let workspace = fs::read_to_string(root().join("Cargo.toml"))?;
    let start = workspace.find(&format!("\n{name} = ")).with_context(|| format!("Cargo.toml has no {name}"))?;
    let value = &workspace[start + name.len() + " = \n".len()..];
    let end = value.find("}\n").context("the value has no end")?;
    Ok(value[..=end].replace('\n', " "))
}
