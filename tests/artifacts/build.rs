//! Compiles the guest programs and the SDK's examples, and generates a constant with the path of
//! each.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-wasip2";

/// The package of the template that `wasmysql new --world` copies. It is a library, not a program.
const WORLD: &str = "wasmysql-template-world";

/// The plugins of `cargo xtask demo`.
const DEMOS: [&str; 2] = ["wasmysql-demo", "wasmysql-demo-page"];

/// Environment variables that cargo sets for the compilation of the host. The compilation of the
/// guests must not inherit them.
const HOST_VARIABLES: [&str; 7] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTFLAGS",
    "RUSTC",
    "RUSTC_LINKER",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_TARGET",
];
/// Prefixes of further such variables.
const HOST_PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CFG_", "CARGO_FEATURE_"];

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = fs::canonicalize(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../.."))?;
    for watched in ["tests/programs", "guest/rust", "guest/templates/world", "guest/demo", "wit"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }

    check_target()?;
    // The outer build holds the lock of its own target directory.
    let target = workspace.join("target/programs");
    compile(&workspace, &target)?;
    let built = target.join(TARGET).join("test-guest");
    let mut programs = programs(&workspace.join("tests/programs/src/bin"), "", &built)?;
    programs.extend(self::programs(&workspace.join("guest/rust/examples"), "EXAMPLE_", &built.join("examples"))?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("programs.rs");
    programs.push((constant(WORLD), built.join(WORLD.replace('-', "_")).with_extension("wasm")));
    // The file names of programs keep the hyphens, unlike those of libraries.
    programs.extend(DEMOS.map(|demo| (constant(demo), built.join(demo).with_extension("wasm"))));
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
    Err(format!("the target {TARGET} of the guest programs is not installed: run `rustup target add {TARGET}`").into())
}

fn compile(workspace: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if HOST_VARIABLES.contains(&&*name) || HOST_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            cargo.env_remove(&*name);
        }
    }
    cargo
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .args(["build", "--package", "wasmysql-test-programs", "--bins", "--package", "wasmysql", "--examples"])
        .args(["--package", WORLD, "--lib"])
        .args(DEMOS.iter().flat_map(|demo| ["--package", demo]))
        .args(["--target", TARGET, "--profile", "test-guest"]);
    if cargo.status()?.success() { Ok(()) } else { Err("the guest programs do not compile".into()) }
}

/// The name of a constant, and the path of its component.
type Program = (String, PathBuf);

/// Returns the name of the constant of a package.
fn constant(package: &str) -> String {
    package.replace('-', "_").to_uppercase()
}

/// Returns the programs of a directory, one per source file, sorted by name.
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
    let (mut constants, mut it, mut faults, mut http) = (String::new(), String::new(), String::new(), String::new());
    for (constant, path) in programs {
        writeln!(constants, "/// The path of a program.\npub const {constant}: &str = {path:?};")?;
        match constant {
            // `tests/soak` and `host/cli/tests/serve` run these programs.
            constant if constant.starts_with("SOAK_") || constant.starts_with("WASMYSQL_DEMO") => {}
            constant if constant.starts_with("HTTP_") || constant.starts_with("EXAMPLE_HTTP_") => {
                writeln!(http, "        $each!({constant});")?
            }
            constant if constant.starts_with("FAULT_") => writeln!(faults, "        $each!({constant});")?,
            constant => writeln!(it, "        $each!({constant});")?,
        }
    }
    Ok(format!(
        "{constants}
/// Calls a macro with the name of each constant of a program that `tests/it` runs.
#[macro_export]
macro_rules! foreach_program {{
    ($each:ident) => {{
{it}    }};
}}

/// Calls a macro with the name of each constant of a program that only `tests/faults` runs.
#[macro_export]
macro_rules! foreach_fault_program {{
    ($each:ident) => {{
{faults}    }};
}}

/// Calls a macro with the name of each constant of a program that handles HTTP requests.
#[macro_export]
macro_rules! foreach_http_program {{
    ($each:ident) => {{
{http}    }};
}}
"
    ))
}
