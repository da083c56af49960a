//! Tests of `wasmysql wit`.

use std::ffi::OsStr;
use std::fs;

use wit_parser::Resolve;

use crate::{assert_ended, wasmysql};

#[test]
fn written_worlds_are_complete() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/wit");
    assert_ended(&wasmysql([OsStr::new("wit"), folder.as_os_str()]), 0, &["world.wit", "types.wit"]);
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&folder).unwrap();
    for (world, entry) in [("plugin", "wasi:cli/run@0.2.0"), ("plugin-async", "wasi:cli/run@0.3.0")] {
        let world = &resolve.worlds[resolve.select_world(&[package], Some(world)).unwrap()];
        let exports: Vec<_> = world.exports.keys().map(|key| resolve.name_world_key(key)).collect();
        assert_eq!(exports, [entry]);
    }
}

#[test]
fn author_keeps_the_world_and_gets_the_new_contract() {
    let parent = tempfile::tempdir().unwrap();
    let (world, types) = (parent.path().join("world.wit"), parent.path().join("deps/wasmysql-mysql/types.wit"));
    let write = || wasmysql([OsStr::new("wit"), parent.path().as_os_str()]);
    assert_ended(&write(), 0, &["world.wit"]);
    let contract = fs::read_to_string(&types).unwrap();
    fs::write(&world, "package my:own;").unwrap();
    fs::write(&types, "old").unwrap();
    assert_ended(&write(), 0, &["types.wit"]);
    assert_eq!(fs::read_to_string(&world).unwrap(), "package my:own;");
    assert_eq!(fs::read_to_string(&types).unwrap(), contract);
}

#[test]
fn folder_that_is_a_file_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_ended(&wasmysql([OsStr::new("wit"), file.path().as_os_str()]), 3, &["can't write", "world.wit"]);
}
