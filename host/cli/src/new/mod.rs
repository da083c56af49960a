//! `wasmysql new`.

mod name;
mod template;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use crate::exit::Failure;

/// The SDK beside the sources of this program, where they still are.
const SDK_OF_CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/rust");

const AFTER_HELP: &str = "\
The plugin can be run and tested at once: its `cargo run` and `cargo test` call `wasmysql runner`, so `wasmysql` has to be
in PATH. Exit codes: 0, 2 when the name or the folder can't be used, 3 when it can't be written";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The folder to make; its last part is the plugin's name
    #[arg(value_name = "NAME")]
    folder: PathBuf,

    /// Make a library with a world of its own, whose functions a host calls, instead of a command
    #[arg(long)]
    world: bool,

    /// Where the SDK is [default: where this program was built from, or else what is published]
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = path::absolute(&arguments.folder).map_err(|error| in_the_way(&arguments.folder, error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name::check(&name).map_err(Failure::Usage)?;
    let sdk = dependency(arguments.sdk)?;
    let template = if arguments.world { template::WORLD } else { template::COMMAND };

    if folder.symlink_metadata().is_ok() {
        return Err(Failure::Usage(format!("{} is there already", arguments.folder.display())));
    }
    write(&folder, template.files(&name, &sdk))?;
    let told = told(&arguments.folder, &name, arguments.world);
    // It is made, whether or not anybody can be told.
    let _ = io::stdout().write_all(told.as_bytes());
    Ok(())
}

/// Writes a folder beside its place, and moves it there: it is there as a whole, or not at all.
fn write(folder: &Path, files: impl Iterator<Item = (&'static str, String)>) -> Result<(), Failure> {
    let parent = folder.parent().unwrap_or(folder);
    let unfinished = tempfile::Builder::new()
        .prefix(".wasmysql-new-")
        .tempdir_in(parent)
        .map_err(|error| Failure::Host(format!("can't write in {}: {}", parent.display(), error.kind())))?;
    // One further in, with the permissions of any other folder.
    let root = unfinished.path().join("plugin");
    for (path, content) in files {
        let path = root.join(path);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| in_the_way(&path, error))?;
    }
    fs::rename(&root, folder).map_err(|error| in_the_way(folder, error))
}

fn in_the_way(path: &Path, error: io::Error) -> Failure {
    Failure::Host(format!("can't write {}: {error}", path.display()))
}

/// The line of Cargo.toml that depends on the SDK.
fn dependency(given: Option<PathBuf>) -> Result<String, Failure> {
    let path = match given {
        Some(path) => {
            if !is_sdk(&path) {
                let message = "there is no package `wasmysql`; in a checkout of wasmysql it is guest/rust";
                return Err(Failure::Usage(format!("--sdk {}: {message}", path.display())));
            }
            path
        }
        None if is_sdk(Path::new(SDK_OF_CHECKOUT)) => PathBuf::from(SDK_OF_CHECKOUT),
        None => return Ok(r#"wasmysql = "0.1""#.to_owned()),
    };
    let path = fs::canonicalize(&path).map_err(|error| Failure::Host(format!("{}: {error}", path.display())))?;
    match path.to_str().filter(|path| !path.contains(char::is_control)) {
        Some(path) => {
            let escaped = path.replace('\\', r"\\").replace('"', r#"\""#);
            Ok(format!(r#"wasmysql = {{ path = "{escaped}" }}"#))
        }
        None => Err(Failure::Host(format!("the path of the SDK can't be written in Cargo.toml: {}", path.display()))),
    }
}

fn is_sdk(path: &Path) -> bool {
    fs::read_to_string(path.join("Cargo.toml")).is_ok_and(|package| package.contains("name = \"wasmysql\"\n"))
}

/// What was made, and what to do with it.
fn told(folder: &Path, name: &str, world: bool) -> String {
    let shown = folder.display();
    let mut text = format!("Made the plugin {name} in {shown}.\n\n  cd {shown}\n");
    if !world {
        text += "  cargo run      # runs it, with a private MariaDB that has schema.sql\n";
    }
    text += "  cargo test     # runs its tests, each in a fresh schema with schema.sql\n\n";
    text += match world {
        true => "wit/world.wit says what it exports, src/lib.rs does it, README.md shows how a host calls it.\n",
        false => "src/main.rs is the plugin, README.md tells the rest.\n",
    };
    text += "Once, if it is not installed: rustup target add wasm32-wasip2\n";
    if !is_in_path("wasmysql") {
        text += "cargo calls `wasmysql`, which is not in PATH: cargo install --locked --path host/cli, in a checkout of wasmysql\n";
    }
    text
}

fn is_in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
