//! `cargo xtask book`: makes a book of the documents of this repository.
//!
//! `docs/book/SUMMARY.md` lists the chapters. A chapter is a document, a section of a document, or
//! a generated reference. The documents stay where they are; the book contains copies whose links
//! lead to other chapters.

mod chapters;
#[cfg(test)]
mod code;
mod links;
mod reference;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, run, target_directory};
use chapters::Book;

/// The version of mdBook that makes the book.
const MDBOOK: &str = "0.5.4";

/// Builds the book into `target/book/html`.
pub(crate) fn build() -> Result<()> {
    let target = target_directory()?;
    let directory = target.join("book");
    // The command line reference is the output of the tool.
    run(&mut cargo(["build", "--package", "wasmysql-cli"]))?;
    let tool = target.join("debug/wasmysql");
    let book = Book::assemble(root(), &|subcommand| reference::help(&tool, subcommand))?;
    write(&book, &directory)?;

    let mut command = Command::new(install()?);
    // mdBook resolves a relative destination against the current directory.
    command.args(["build", "--dest-dir"]).args([&directory.join("html"), &directory]).stderr(Stdio::piped());
    let output = command.spawn().and_then(std::process::Child::wait_with_output).context("can't run mdbook")?;
    let messages = String::from_utf8_lossy(&output.stderr);
    eprint!("{messages}");
    if !output.status.success() || messages.contains("WARN") {
        bail!("mdbook reported problems");
    }
    println!("book: {}", directory.join("html/index.html").display());
    Ok(())
}

/// Writes the sources of the book.
fn write(book: &Book, directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    let sources = directory.join("src");
    fs::create_dir_all(&sources)?;
    fs::copy(root().join("docs/book/book.toml"), directory.join("book.toml"))?;
    for (name, text) in book.files() {
        fs::write(sources.join(name), text)?;
    }
    for image in book.images() {
        let name = image.file_name().context("an image has no name")?;
        fs::copy(image, sources.join(name)).with_context(|| format!("can't copy {}", image.display()))?;
    }
    Ok(())
}

/// Returns whether mdBook is installed.
pub(crate) fn is_installed() -> Result<bool> {
    let version = Command::new(mdbook()?).arg("--version").output();
    Ok(version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().ends_with(MDBOOK)))
}

/// Installs mdBook, unless it is installed. Returns its path.
pub(crate) fn install() -> Result<PathBuf> {
    if !is_installed()? {
        let tools = tools()?;
        eprintln!("book: installing mdBook {MDBOOK} into {}, which takes some minutes", tools.display());
        let features = ["--no-default-features", "--features", "search"];
        let mut install = cargo(["install", "--locked", "mdbook", "--version", MDBOOK].into_iter().chain(features));
        run(install.arg("--root").arg(tools))?;
    }
    mdbook()
}

fn mdbook() -> Result<PathBuf> {
    Ok(tools()?.join("bin/mdbook"))
}

fn tools() -> Result<PathBuf> {
    Ok(target_directory()?.join("tools"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_of_the_book_leads_to_a_chapter_or_a_file() {
        let book = Book::assemble(root(), &|_| Ok(String::new())).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(book.files().count() > 25);
    }

    #[test]
    fn every_document_is_a_chapter() {
        let summary = fs::read_to_string(root().join("docs/book/SUMMARY.md")).unwrap();
        for (folder, link) in [("docs", "../"), ("guest/rust/docs", "../../guest/rust/docs/")] {
            for file in fs::read_dir(root().join(folder)).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                let is_listed = summary.contains(&format!("({link}{name})"));
                assert!(is_listed || !name.ends_with(".md"), "docs/book/SUMMARY.md has no line for {folder}/{name}");
            }
        }
    }
}
