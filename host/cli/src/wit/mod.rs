//! `wasmysql wit`: writes the contract, for the tools of any language.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

const AFTER_HELP: &str = "\
The folder contains:
  world.wit                the worlds of an example: `plugin` with the blocking API, for languages without async
                           functions in the component model, and `plugin-async`
  deps/wasmysql-mysql/     the contract
  deps/wasi-cli-0.2.0/, deps/wasi-cli-0.3.0/
                           the entry points of programs: `wasi:cli/run`

An existing world.wit is not changed; the other files are replaced.

Exit codes:
  0  The files were written
  2  The arguments are invalid
  3  The files can't be written";

/// The world, which belongs to the author once it is written.
const WORLD: (&str, &str) = ("world.wit", include_str!("world.wit"));

/// Lists the files of the contract with their contents.
macro_rules! contract {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("deps/wasmysql-mysql/", $name), include_str!(concat!("../../wit/", $name)))),*]
    };
}

const CONTRACT: &[(&str, &str)] =
    contract!("blocking.wit", "connection.wit", "engine.wit", "options.wit", "types.wit", "world.wit");

const ENTRIES: [(&str, &str); 2] = [
    ("deps/wasi-cli-0.2.0/cli.wit", include_str!("cli-0.2.0.wit")),
    ("deps/wasi-cli-0.3.0/cli.wit", include_str!("cli-0.3.0.wit")),
];

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Folder to write into; it is created if it does not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(Arguments { folder }: Arguments) -> Result<(), Failure> {
    let mut written = String::new();
    if !folder.join(WORLD.0).exists() {
        write(&folder, WORLD)?;
        written += &format!("{}\n", folder.join(WORLD.0).display());
    }
    for file in CONTRACT.iter().copied().chain(ENTRIES) {
        write(&folder, file)?;
        written += &format!("{}\n", folder.join(file.0).display());
    }
    // The files are written, so a failure of stdout is ignored.
    let _ = io::stdout().write_all(written.as_bytes());
    Ok(())
}

fn write(folder: &Path, (path, content): (&str, &str)) -> Result<(), Failure> {
    let path = folder.join(path);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&path, content))
        .map_err(|error| Failure::Host(format!("can't write {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_has_all_wit_files() {
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let names = fs::read_dir(wit).expect("the contract exists").map(|entry| entry.expect("a file").path());
        let mut expected: Vec<_> = names.filter(|path| path.extension() == Some("wit".as_ref())).collect();
        expected.sort();
        let written = CONTRACT.iter().map(|(path, _)| Path::new(wit).join(path.rsplit('/').next().unwrap_or(path)));
        assert_eq!(expected, written.collect::<Vec<_>>());
    }
}
