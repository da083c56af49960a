//! `wasmysql new`: creates a plugin from a template.

mod name;
mod template;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use crate::exit::Failure;

/// The SDK in the checkout from which this program was built. The directory may no longer exist.
const SDK_OF_CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/rust");

const AFTER_HELP: &str = "\
`cargo run` and `cargo test` in the new plugin call `wasmysql runner`, so `wasmysql` must be in PATH.

Exit codes:
  0  The plugin was created
  2  The arguments are invalid, or the folder already exists
  3  The files can't be written";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Folder to create; its last part is the name of the plugin
    #[arg(value_name = "NAME")]
    folder: PathBuf,

    /// Create a library with its own WIT world, whose functions a host calls, instead of a command
    #[arg(long)]
    world: bool,

    /// Create a plugin that answers HTTP requests, with a JSON API
    #[arg(long, conflicts_with = "world")]
    http: bool,

    /// Language of the plugin
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value_t, conflicts_with_all = ["world", "sdk"])]
    lang: Language,

    /// Use the SDK for Rust in this directory [default: the checkout of this program, or else the
    /// published SDK]
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
}

/// A language of plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Language {
    #[default]
    Rust,
    Python,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = path::absolute(&arguments.folder).map_err(|error| write_failure(&arguments.folder, error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name::check(&name).map_err(Failure::Usage)?;
    let sdk = dependency(arguments.sdk.as_deref())?;
    let template = match (arguments.lang, arguments.world, arguments.http) {
        (Language::Python, _, false) => template::PYTHON,
        (Language::Python, _, true) => template::PYTHON_HTTP,
        (Language::Rust, true, _) => template::WORLD,
        (Language::Rust, false, true) => template::HTTP,
        (Language::Rust, false, false) => template::COMMAND,
    };

    if folder.symlink_metadata().is_ok() {
        return Err(Failure::Usage(format!("{} already exists", arguments.folder.display())));
    }
    write(&folder, template.files(&name, &sdk))?;
    let message = next_steps(&arguments, &name);
    // The plugin is created, so a failure of stdout is ignored.
    let _ = io::stdout().write_all(message.as_bytes());
    Ok(())
}

/// Writes the files to a temporary folder and renames it, so that the plugin is never incomplete.
fn write(folder: &Path, files: impl Iterator<Item = (&'static str, String)>) -> Result<(), Failure> {
    let parent = folder.parent().unwrap_or(folder);
    let unfinished = tempfile::Builder::new()
        .prefix(".wasmysql-new-")
        .tempdir_in(parent)
        .map_err(|error| Failure::Host(format!("can't write in {}: {}", parent.display(), error.kind())))?;
    // A subfolder has the default permissions, which the temporary folder does not have.
    let root = unfinished.path().join("plugin");
    for (path, content) in files {
        let path = root.join(path);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| write_failure(&path, error))?;
    }
    fs::rename(&root, folder).map_err(|error| write_failure(folder, error))
}

fn write_failure(path: &Path, error: io::Error) -> Failure {
    Failure::Host(format!("can't write {}: {error}", path.display()))
}

/// Returns the source of the SDK for Cargo.toml.
fn dependency(given: Option<&Path>) -> Result<String, Failure> {
    let path = match given {
        Some(path) => {
            if !is_sdk(path) {
                let message = "does not contain the package `wasmysql`; in a checkout of wasmysql it is guest/rust";
                return Err(Failure::Usage(format!("--sdk {}: {message}", path.display())));
            }
            path
        }
        None if is_sdk(Path::new(SDK_OF_CHECKOUT)) => Path::new(SDK_OF_CHECKOUT),
        None => return Ok(r#"version = "0.1""#.to_owned()),
    };
    let path = fs::canonicalize(path).map_err(|error| Failure::Host(format!("{}: {error}", path.display())))?;
    match path.to_str().filter(|path| !path.contains(char::is_control)) {
        Some(path) => {
            let escaped = path.replace('\\', r"\\").replace('"', r#"\""#);
            Ok(format!(r#"path = "{escaped}""#))
        }
        None => Err(Failure::Host(format!(
            "can't write the path of the SDK into Cargo.toml, because it is not UTF-8 or contains control characters: {}",
            path.display()
        ))),
    }
}

fn is_sdk(path: &Path) -> bool {
    fs::read_to_string(path.join("Cargo.toml")).is_ok_and(|package| package.contains("name = \"wasmysql\"\n"))
}

/// Returns the message about the new plugin and the next steps.
fn next_steps(Arguments { folder, world, http, lang, .. }: &Arguments, name: &str) -> String {
    let shown = folder.display();
    let mut text = format!("Created the plugin {name} in {shown}.\n\n  cd {shown}\n");
    if *lang == Language::Python {
        text += match http {
            true => {
                "  pip install -r requirements.txt\n  wasmysql serve app.py  # serves the plugin with a private MariaDB server that has schema.sql\n"
            }
            false => "  wasmysql run app.py    # runs the plugin with a private MariaDB server that has schema.sql\n",
        };
        text += "  wasmysql test          # runs the tests, each in a fresh schema with schema.sql\n\n";
        text += "app.py is the plugin, README.md describes its development.\n";
        return text;
    }
    text += match (world, http) {
        (true, _) => "",
        (false, true) => "  cargo run      # serves the plugin with a private MariaDB server that has schema.sql\n",
        (false, false) => "  cargo run      # runs the plugin with a private MariaDB server that has schema.sql\n",
    };
    text += "  cargo test     # runs the tests, each in a fresh schema with schema.sql\n\n";
    text += match world {
        true => {
            "wit/world.wit declares the exports, src/lib.rs implements them, README.md shows a host that calls them.\n"
        }
        false => "src/main.rs is the plugin, README.md describes its development.\n",
    };
    text += "If the target is not installed: rustup target add wasm32-wasip2\n";
    if !is_in_path("wasmysql") {
        text += "cargo calls `wasmysql`, which is not in PATH; in a checkout of wasmysql run cargo install --locked --path host/cli\n";
    }
    text
}

fn is_in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
