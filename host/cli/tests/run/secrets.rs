//! Tests that messages contain no passwords.

use std::ffi::OsStr;
use std::fs;

use super::{P3, SUCCESS, plugin, run, wasmysql};

const SECRET: &str = "5e9ad53c2f";

/// Runs a plugin with these arguments, in which `SECRET` is replaced by the password. Checks that
/// the output does not contain the password.
#[track_caller]
fn check(arguments: &[&str], code: i32, expected: &str) {
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("SECRET", SECRET)).collect();
    let (_directory, mut command) = run(&plugin(P3, SUCCESS), &[]);
    let output = command.args(&arguments).output().unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {printed}");
    assert!(printed.contains(expected), "{arguments:?}: {printed}");
    assert!(!printed.contains(SECRET), "{arguments:?}: {printed}");
}

#[test]
fn passwords_in_arguments_are_hidden() {
    let expected = "expected NAME=URL";
    check(&["--database", "mysql://app:SECRET@db.example/shop"], 2, expected);
    check(&["--database", "mysql://app:SECRET@db.example/shop?tls=off"], 2, expected);
    check(&["--database", "mysql://app:SECRET"], 2, expected);
    check(&["--database", "mysql://app:a b SECRET@db.example/shop"], 2, expected);
    check(&["--database=mysql://app:SECRET@db.example/shop"], 2, expected);
    check(&["--database", "=mysql://app:SECRET@db.example/shop"], 2, expected);
    for option in ["--grant", "--env", "--metrics", "--log", "--max-memory"] {
        check(&[option, "mysql://app:SECRET@db.example/shop"], 2, "mysql://...@db.example/shop");
    }
    check(&["mysql://app:SECRET@db.example/shop"], 2, "mysql://...@db.example/shop");
    check(&["--no-such-option=mysql://app:SECRET@db.example/shop"], 2, "--no-such-option");
    check(&["--config", "mysql://app:SECRET@db.example/shop"], 3, "mysql://...@db.example/shop");
    check(&["--dir", "mysql://app:SECRET@db.example/shop"], 3, "mysql://...@db.example/shop");
}

#[test]
fn invalid_urls_are_not_repeated() {
    for url in [
        "postgres://app:SECRET@db.example/shop",
        "mysql://app:SECRET@db.example:port/shop",
        "mysql://app:1/SECRET@db.example/shop",
        "mysql://app:1?SECRET@db.example/shop",
        "mysql://app@db.example/shop?password=SECRET",
        "mysql://app@db.example/shop?SECRET",
        "mysql://app@db.example/shop?tls=SECRET",
        "SECRET",
    ] {
        check(&["--database", &format!("main={url}")], 3, "invalid database URL");
    }
}

#[test]
fn configuration_errors_do_not_repeat_values() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hosts.toml");
    for line in ["pasword = 'SECRET'", "password = SECRET", "password = ['SECRET']", "password = 'SECRET"] {
        let text = format!("[database.a]\nurl = 'mysql://app:SECRET@localhost/a'\n{line}\n");
        fs::write(&path, text.replace("SECRET", SECRET)).unwrap();
        check(&["--config", path.to_str().unwrap()], 3, "line 3");
    }
}

#[test]
fn passwords_in_paths_are_hidden() {
    for command in ["run", "test", "check"] {
        let url = format!("mysql://app:{SECRET}@db.example/shop");
        let output = wasmysql([OsStr::new(command), OsStr::new(&url)]).output().unwrap();
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(printed.contains("No such file") && !printed.contains(SECRET), "{printed}");
    }
}
