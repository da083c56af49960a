//! `wasmysql build`: makes a self-contained component from Python files.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::exit::Failure;
use crate::python::World;
use crate::{log, python};

const AFTER_HELP: &str = "\
The component contains the Python interpreter, all Python files of the directory, and the installed packages that they
import. Packages that a file imports by a name in a variable must be named with --package. Run the component with
`wasmysql run`, serve one of --http with `wasmysql serve`, or use it in any host that provides wasmysql:mysql.

Exit codes:
  0  The component was written
  2  The arguments are invalid
  3  The component can't be built";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Python file that runs, or that has the application; all files of its directory are part of
    /// the component
    #[arg(value_name = "FILE.py")]
    file: PathBuf,

    /// Make a component that handles HTTP requests: FILE.py has an application of ASGI or WSGI
    /// that is named `app`
    #[arg(long)]
    http: bool,

    /// Component to write [default: the name of the directory, with .wasm]
    #[arg(short, long, value_name = "FILE.wasm")]
    output: Option<PathBuf>,

    /// Installed package to include, in addition to those that the files import
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,
}

pub(crate) fn run(Arguments { file, http, output, package }: Arguments) -> Result<(), Failure> {
    if !python::is_python(&file) {
        return Err(Failure::Usage(format!(
            "{}: expected a Python file; plugins in Rust are built with cargo build",
            file.display()
        )));
    }
    let main = file.file_stem().unwrap_or_default().to_string_lossy();
    let directory = fs::canonicalize(python::directory(&file))
        .and_then(|directory| fs::metadata(&file).map(|_| directory))
        .map_err(|error| Failure::Host(format!("{}: {error}", file.display())))?;
    let name = directory.file_name().unwrap_or_default();
    let output = output.unwrap_or_else(|| PathBuf::from(name).with_extension("wasm"));
    log::print(&format!("building {} (this takes a while)", output.display()));
    let world = if http { World::Service } else { World::Plugin };
    python::build(&directory, &main, world, &output, &package)?;
    let size = fs::metadata(&output).map_err(Failure::host)?.len() / 1_000_000;
    let _ = writeln!(io::stdout(), "{} ({size} MB)", output.display());
    Ok(())
}
