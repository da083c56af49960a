//! The tests of the Python package: in the sandbox, and of its builds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, run, target_directory};
use crate::languages::Language;
use crate::test::Count;
use crate::wheel;

/// The directories of tests that run in the sandbox, with the newest SQLAlchemy.
const SUITES: [&str; 4] = ["tests/aio", "tests/dbapi", "tests/sa", "tests/http"];
/// The tests that also run with the oldest SQLAlchemy.
const SUITE_OF_OLDEST: &str = "tests/sa";
/// The packages of the environment with the oldest SQLAlchemy. The benchmark needs the last two.
const OLDEST: [&str; 4] = ["componentize-py==0.25.1", "SQLAlchemy==1.3.24", "aiomysql==0.3.2", "PyMySQL==1.2.4"];

/// Runs the tests, and returns their number and whether all passed.
pub(crate) fn run_tests() -> Result<(Count, bool)> {
    let newest = target_directory()?.join("languages").join(Language::Python.name());
    let oldest = oldest()?;
    let mut count = Count::default();
    let suites = SUITES.into_iter().map(|suite| (suite, &newest)).chain([(SUITE_OF_OLDEST, &oldest)]);
    for (suite, environment) in suites {
        eprintln!("test: guest/python/{suite} with {}", environment.display());
        let mut command = Command::new(tool()?);
        command.args(["test", suite, "--schema", "tests/schema.sql", "--max-cpu-time", "300"]);
        command.current_dir(root().join("guest/python")).env("VIRTUAL_ENV", environment);
        if !count.add_output(&mut command)? {
            return Ok((count, false));
        }
    }
    eprintln!("test: guest/python/tests_native");
    let mut pytest = Command::new(newest.join("bin/python"));
    pytest.args(["-m", "pytest", "--quiet", "tests_native"]).current_dir(root().join("guest/python"));
    pytest.env("WASMYSQL_TOOL", tool()?).env("WASMYSQL_RUNTIME", runtime(&newest)?);
    run(&mut pytest)?;
    eprintln!("test: SQLAlchemy's suite for dialects");
    let mut suite = Command::new(newest.join("bin/python"));
    suite.arg(root().join("guest/python/tests/dialect_suite/run.py")).arg("--tool").arg(tool()?);
    suite.args(["--runtime", &runtime(&newest)?, "--sqlalchemy"]).arg(packages(&newest)?);
    let success = run(&mut suite).is_ok();
    eprintln!("test: the wheel in an empty environment");
    wheel::test_wheel()?;
    Ok((count, success))
}

/// Returns the directory of the packages of an environment.
fn packages(environment: &Path) -> Result<PathBuf> {
    let versions = std::fs::read_dir(environment.join("lib"))?;
    let directories = versions.filter_map(|version| Some(version.ok()?.path().join("site-packages")));
    directories.into_iter().find(|path| path.is_dir()).context("the environment has no packages")
}

/// Compares programs in the sandbox with native drivers.
pub(crate) fn run_bench() -> Result<()> {
    let environment = target_directory()?.join("languages").join(Language::Python.name());
    if !Language::Python.is_installed()? {
        bail!("run `cargo xtask setup --languages python` to install the drivers");
    }
    run(&mut cargo(["build", "--release", "--package", "wasmysql-cli"]))?;
    let oldest = oldest()?;
    let mut compare = Command::new(environment.join("bin/python"));
    compare.arg(root().join("guest/python/bench/compare.py"));
    compare.arg("--tool").arg(target_directory()?.join("release/wasmysql"));
    compare.args(["--runtime", &runtime(&environment)?, "--oldest-runtime", &runtime(&oldest)?]);
    run(compare.arg("--oldest-python").arg(oldest.join("bin/python")))
}

/// Returns the tool, which the tests of Rust have built.
fn tool() -> Result<PathBuf> {
    Ok(target_directory()?.join("debug/wasmysql"))
}

/// Returns the runtime component of an environment.
fn runtime(environment: &Path) -> Result<String> {
    let mut command = Command::new(environment.join("bin/python"));
    command.args(["-m", "wasmysql.build", "--cached"]).env("PYTHONPATH", root().join("guest/python/src"));
    let output = command.stderr(Stdio::inherit()).output().context("can't run Python")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match printed.lines().next() {
        Some(path) if output.status.success() => Ok(path.to_owned()),
        _ => bail!("the build of the Python runtime failed"),
    }
}

/// Returns the environment with the oldest SQLAlchemy. Creates it if it does not exist.
fn oldest() -> Result<PathBuf> {
    let environment = target_directory()?.join("languages/python-oldest");
    let installed = environment.join("installed");
    if std::fs::read_to_string(&installed).ok() != Some(OLDEST.join("\n")) {
        eprintln!("test: installing {} into {}", OLDEST.join(" and "), environment.display());
        run(Command::new(Language::Python.program("python")?).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut pip = Command::new(environment.join("bin/python"));
        run(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(OLDEST))?;
        std::fs::write(installed, OLDEST.join("\n"))?;
    }
    Ok(environment)
}
