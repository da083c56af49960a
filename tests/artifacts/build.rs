//! Compiles the guest programs and the SDK's examples, and makes a constant of each one's path.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-wasip2";

/// A library beside the programs: what `wasmysql new --world` copies.
const WORLD: &str = "wasmysql-template-world";

/// What cargo tells this script of the host's compilation, and the guests' must not hear.
const OF_THE_HOST: [&str; 7] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTFLAGS",
    "RUSTC",
    "RUSTC_LINKER",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_TARGET",
];
const PREFIXES_OF_THE_HOST: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CFG_", "CARGO_FEATURE_"];

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = fs::canonicalize(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../.."))?;
    for watched in ["tests/programs", "guest/rust", "guest/templates/world", "wit"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }

    check_target()?;
    // Not the outer build's directory, whose lock that build holds.
    let target = workspace.join("target/programs");
    compile(&workspace, &target)?;
    let built = target.join(TARGET).join("test-guest");
    let mut programs = programs(&workspace.join("tests/programs/src/bin"), "", &built)?;
    programs.extend(self::programs(&workspace.join("guest/rust/examples"), "EXAMPLE_", &built.join("examples"))?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("programs.rs");
    programs.push((WORLD.replace('-', "_").to_uppercase(), built.join(WORLD.replace('-', "_")).with_extension("wasm")));
    fs::write(out, constants(&programs)?)?;
    Ok(())
}

fn check_target() -> Result<(), Box<dyn Error>> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let library = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    if output.status.success() && library.is_dir() {
        return Ok(());
    }
    Err(format!("guest programs need the target {TARGET}, which is not installed: rustup target add {TARGET}").into())
}

fn compile(workspace: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if OF_THE_HOST.contains(&&*name) || PREFIXES_OF_THE_HOST.iter().any(|prefix| name.starts_with(prefix)) {
            cargo.env_remove(&*name);
        }
    }
    cargo
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .args(["build", "--package", "wasmysql-test-programs", "--bins", "--package", "wasmysql", "--examples"])
        .args(["--package", WORLD, "--lib"])
        .args(["--target", TARGET, "--profile", "test-guest"]);
    if cargo.status()?.success() { Ok(()) } else { Err("the guest programs do not compile".into()) }
}

/// A constant's name, and the path that it is of.
type Program = (String, PathBuf);

/// The programs, in order: one a file.
fn programs(sources: &Path, prefix: &str, built: &Path) -> Result<Vec<Program>, Box<dyn Error>> {
    let mut programs = Vec::new();
    for entry in fs::read_dir(sources)? {
        let path = entry?.path();
        if let (Some("rs"), Some(name)) = (path.extension().and_then(OsStr::to_str), path.file_stem()) {
            let constant = format!("{prefix}{}", name.to_string_lossy().to_uppercase());
            programs.push((constant, built.join(name).with_extension("wasm")));
        }
    }
    programs.sort();
    Ok(programs)
}

fn constants(programs: &[Program]) -> Result<String, Box<dyn Error>> {
    let (mut constants, mut of_it, mut of_faults) = (String::new(), String::new(), String::new());
    for (constant, path) in programs {
        writeln!(constants, "/// A program's path.\npub const {constant}: &str = {path:?};")?;
        match constant {
            // Those are run by `tests/soak`.
            constant if constant.starts_with("SOAK_") => {}
            constant if constant.starts_with("FAULT_") => writeln!(of_faults, "        $each!({constant});")?,
            constant => writeln!(of_it, "        $each!({constant});")?,
        }
    }
    Ok(format!(
        "{constants}
/// Calls a macro with the name of each constant of a program that `tests/it` runs.
#[macro_export]
macro_rules! foreach_program {{
    ($each:ident) => {{
{of_it}    }};
}}

/// Calls a macro with the name of each constant of a program that `tests/faults` runs, and nobody else.
#[macro_export]
macro_rules! foreach_fault_program {{
    ($each:ident) => {{
{of_faults}    }};
}}
"
    ))
}
