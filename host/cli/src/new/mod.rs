//! `wasmysql new`: creates a plugin from a template.

mod languages;
mod name;
mod sdk;
mod steps;
mod template;

use std::fs;
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use crate::exit::Failure;

const AFTER_HELP: &str = "\
The commands that run and test the new plugin call `wasmysql`, so it must be in PATH. In Rust, cargo calls
`wasmysql runner`.

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

    /// Set the language of the plugin
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
    /// JavaScript or TypeScript
    Js,
    Go,
    C,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = path::absolute(&arguments.folder).map_err(|error| write_failure(&arguments.folder, error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name::check(&name, arguments.lang == Language::Rust).map_err(Failure::Usage)?;
    let sdk = match arguments.lang {
        Language::Js => sdk::of_javascript(),
        _ => sdk::of_rust(arguments.sdk.as_deref())?,
    };
    let template = match (arguments.lang, arguments.world, arguments.http) {
        (Language::Python, _, false) => template::PYTHON,
        (Language::Python, _, true) => template::PYTHON_HTTP,
        (Language::Js | Language::Go | Language::C, _, true) => {
            return Err(Failure::Usage("--http creates plugins in Rust and Python only".to_owned()));
        }
        (Language::Js, ..) => languages::JAVASCRIPT,
        (Language::Go, ..) => languages::GO,
        (Language::C, ..) => languages::C,
        (Language::Rust, true, _) => template::WORLD,
        (Language::Rust, false, true) => template::HTTP,
        (Language::Rust, false, false) => template::COMMAND,
    };

    if folder.symlink_metadata().is_ok() {
        return Err(Failure::Usage(format!("{} already exists", arguments.folder.display())));
    }
    write(&folder, template.files(&name, &sdk))?;
    let message = steps::message(&arguments, &name);
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
