//! Tests of the files and errors of `wasmysql new`.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Output;

use crate::{WORKSPACE, assert_ended, wasmysql};

/// Returns the paths of all files below a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// The migration of a new plugin.
const MIGRATION: &str = "migrations/0001_create_visits.sql";

fn new(folder: &Path, arguments: &[&str]) -> Output {
    wasmysql([OsStr::new("new"), folder.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)))
}

#[test]
fn new_command_has_all_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("page-visits");
    assert_ended(
        &new(&folder, &[]),
        0,
        &["Created the plugin page-visits", "cargo run", "cargo test", "rustup target add"],
    );
    let expected = [".cargo/config.toml", ".gitignore", "Cargo.toml", "README.md", MIGRATION, "src/main.rs"];
    assert_eq!(files(&folder), expected);

    let cargo = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let sdk = fs::canonicalize(Path::new(WORKSPACE).join("guest/rust")).unwrap();
    for line in ["name = \"page-visits\"", "[workspace]", &format!("wasmysql = {{ path = {sdk:?} }}")] {
        assert!(cargo.contains(line), "no {line} in: {cargo}");
    }
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "a temporary folder was left behind");
}

#[test]
fn new_world_includes_the_wit_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("flights");
    let output = new(&folder, &["--world"]);
    assert_ended(&output, 0, &["Created the plugin flights", "wit/world.wit"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("cargo run"), "the message suggests to run a library");
    for path in ["src/lib.rs", "wit/world.wit", "wit/deps/wasmysql-mysql/world.wit"] {
        assert!(files(&folder).iter().any(|file| file == path), "no {path}");
    }
    let copied = fs::read(folder.join("wit/deps/wasmysql-mysql/connection.wit")).unwrap();
    assert_eq!(copied, fs::read(Path::new(WORKSPACE).join("wit/connection.wit")).unwrap());
}

#[test]
fn new_http_plugin_has_all_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("page-visits");
    let messages = ["Created the plugin page-visits", "cargo run   # serves", "cargo test"];
    assert_ended(&new(&folder, &["--http"]), 0, &messages);
    let expected = [".cargo/config.toml", ".gitignore", "Cargo.toml", "README.md", MIGRATION, "src/main.rs"];
    assert_eq!(files(&folder), expected);
    let cargo = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    assert!(cargo.contains("features = [\"http\"]"), "{cargo}");
    assert_ended(&new(&parent.path().join("both"), &["--http", "--world"]), 2, &["cannot be used with"]);
}

#[test]
fn plugins_in_other_languages_have_all_files() {
    let parent = tempfile::tempdir().unwrap();
    for (language, paths, steps) in [
        ("js", &["app.js", "package.json", "tests/app.test.js"][..], &["npm install", "npm start", "npm test"][..]),
        ("go", &["main.go", "go.mod", "wasmysql/mysql/conn.go", "wasmysql/wit/world.wit"], &["make run", "make test"]),
        ("c", &["main.c", "Makefile", "wasmysql/wasmysql.h", "wasmysql/wit/types.wit"], &["make run", "make test"]),
    ] {
        let folder = parent.path().join(language);
        let steps: Vec<&str> = steps.iter().copied().chain(["Created the plugin"]).collect();
        let name = folder.with_file_name(format!("visits-{language}"));
        assert_ended(&new(&name, &["--lang", language]), 0, &steps);
        let found = files(&name);
        for path in paths {
            assert!(found.iter().any(|file| file == path), "no {path} in {found:?}");
        }
        assert_ended(&new(&folder, &["--lang", language, "--http"]), 2, &["--http creates plugins in Rust and Python"]);
        assert!(!folder.exists());
    }
    let package = fs::read_to_string(parent.path().join("visits-js/package.json")).unwrap();
    assert!(package.contains("guest/js\"") && package.contains("visits-js.wasm"), "{package}");
}

#[test]
fn invalid_names_and_paths_are_rejected() {
    let parent = tempfile::tempdir().unwrap();
    for (name, words) in [
        ("page visits", "'page visits' is not a valid plugin name"),
        ("2fast", "begin with a letter"),
        ("match", "reserved"),
        ("..", "not a valid plugin name"),
    ] {
        assert_ended(&new(&parent.path().join(name), &[]), 2, &[words]);
    }
    let sdk = parent.path().to_string_lossy().into_owned();
    assert_ended(
        &new(&parent.path().join("visits"), &["--sdk", &sdk]),
        2,
        &["--sdk", "does not contain the package `wasmysql`"],
    );
    assert_ended(&new(&parent.path().join("no/such/visits"), &[]), 3, &["can't write in", "no/such"]);
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}

#[test]
fn existing_folder_is_not_changed() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("visits");
    fs::create_dir(&folder).unwrap();
    assert_ended(&new(&folder, &[]), 2, &["visits already exists"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}
