//! `wasmysql runner`: runs programs and tests that cargo has built for WebAssembly.

use std::env;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use clap::Parser;
use wasmysql_private_server::ServerChoice;

use crate::binary;
use crate::exit::Failure;
use crate::limits::Limits;
use crate::{databases, run, serve, test, text};

const AFTER_HELP: &str = "\
To use it as the runner of cargo, add to .cargo/config.toml:

  [build]
  target = \"wasm32-wasip2\"

  [target.wasm32-wasip2]
  runner = [\"wasmysql\", \"runner\"]

Options for all plugins of a package can be added, as in [\"wasmysql\", \"runner\", \"--max-memory\", \"256\"].
If the package contains a directory `migrations`, its files are applied to the private server. Tests run as with
`wasmysql test`, plugins that handle HTTP requests as with `wasmysql serve`, and other programs as with `wasmysql run`,
with the same exit codes and environment. For the arguments of tests see `cargo test -- --help`, for those of
`wasmysql serve` see `cargo run -- --help`.";

#[derive(Debug, clap::Args)]
#[command(override_usage = "wasmysql runner [OPTIONS] <PATH.wasm> [ARGS]...", after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    limits: Limits,

    /// Select the private server: mariadb, mysql, or the path of a server program or of an unpacked
    /// package [default: the installed one, MariaDB before MySQL]
    #[arg(long, value_name = "mariadb|mysql|PATH")]
    server: Option<ServerChoice>,

    /// Component that cargo has built, and arguments for the program or the tests
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "PATH.wasm [ARGS]")]
    command: Vec<String>,
}

/// The arguments after `cargo test --`.
#[derive(Debug, Parser)]
#[command(name = "cargo test --", about = "Run the tests of a plugin", after_help = crate::exit::TEST)]
struct TestArguments {
    #[command(flatten)]
    options: test::Options,
}

pub(crate) fn run(Arguments { limits, server, command }: Arguments) -> Result<(), Failure> {
    let mut arguments = command.into_iter();
    let path = PathBuf::from(arguments.next().unwrap_or_default());
    let arguments: Vec<String> = arguments.collect();
    let migrations = migrations(env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from));
    if !is_test(&path, &arguments) {
        if handles_requests(&path) {
            let name = "cargo run --".to_owned();
            return match serve::PackageArguments::try_parse_from(iter::once(name).chain(arguments)) {
                Ok(given) => serve::run(given.of_package(path, server, migrations, &limits)),
                Err(error) => text::exit(error),
            };
        }
        let databases = databases::Arguments::private(server, migrations);
        return run::run(run::Arguments::new(path, arguments, limits, databases));
    }
    let name = "cargo test --".to_owned();
    match TestArguments::try_parse_from(iter::once(name).chain(arguments)) {
        Ok(TestArguments { options }) => {
            test::run(test::Arguments::new(path, server, migrations, options.with_limits(&limits)))
        }
        Err(error) => text::exit(error),
    }
}

/// Returns whether a program is a plugin that handles HTTP requests.
fn handles_requests(path: &Path) -> bool {
    let names = fs::read(path).ok().and_then(|bytes| binary::names(&bytes));
    names.is_some_and(|names| names.exports.iter().any(|export| serve::is_handler(export)))
}

/// Returns the directory of the package's migrations, if it exists.
fn migrations(package: Option<PathBuf>) -> Option<PathBuf> {
    package.map(|package| package.join("migrations")).filter(|path| path.is_dir())
}

/// Returns whether cargo runs a test.
///
/// The file names of tests and benchmarks end with a hash, those of programs and examples don't.
/// For benchmarks cargo adds the argument `--bench`.
fn is_test(path: &Path, arguments: &[String]) -> bool {
    const HASH_DIGITS: usize = 16;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let hashed = stem
        .rsplit_once('-')
        .is_some_and(|(_, hash)| hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hashed && !arguments.iter().any(|argument| argument == "--bench")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_recognized_by_file_name_and_arguments() {
        let debug = Path::new("target/wasm32-wasip2/debug");
        let bench = ["--bench".to_owned()];
        assert!(is_test(&debug.join("deps/page_visits-1f2e3d4c5b6a7988.wasm"), &["adds".to_owned()]));
        assert!(is_test(&debug.join("examples/report-1f2e3d4c5b6a7988.wasm"), &[]));
        assert!(!is_test(&debug.join("deps/page_visits-1f2e3d4c5b6a7988.wasm"), &bench));
        assert!(!is_test(&debug.join("page-visits.wasm"), &[]));
        assert!(!is_test(&debug.join("examples/report.wasm"), &[]));
    }
}
