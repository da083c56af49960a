//! The two APIs of the contract are one contract.

use std::fs;
use std::path::Path;

/// A file of the contract.
fn wit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `blocking.wit` must be: the other API, in which nothing is `async` and the interfaces have other names.
fn blocking() -> String {
    let asynchronous = format!("{}\n{}", wit("connection.wit"), wit("engine.wit"));
    ["connection", "engine"].iter().fold(asynchronous.replace(" async func(", " func("), |text, name| {
        text.replace(&format!("interface {name} {{"), &format!("interface blocking-{name} {{"))
            .replace(&format!("use {name}.{{"), &format!("use blocking-{name}.{{"))
    })
}

#[test]
fn the_blocking_face_is_the_other_without_async() {
    let (expected, found) = (blocking(), wit("blocking.wit"));
    for (number, (expected, found)) in (1..).zip(expected.lines().zip(found.lines())) {
        assert_eq!(found, expected, "wit/blocking.wit, line {number}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "wit/blocking.wit ends early or late");
    assert!(!found.contains("async") && found.contains("interface blocking-connection {"));
}
