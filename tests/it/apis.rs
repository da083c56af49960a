//! The blocking WIT is the async WIT without `async`.

use std::fs;
use std::path::Path;

/// Reads a WIT file.
fn wit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the expected text of `blocking.wit`: the async API without `async`, with the interfaces
/// renamed.
fn expected_blocking_wit() -> String {
    let asynchronous = format!("{}\n{}", wit("connection.wit"), wit("engine.wit"));
    ["connection", "engine"].iter().fold(asynchronous.replace(" async func(", " func("), |text, name| {
        text.replace(&format!("interface {name} {{"), &format!("interface blocking-{name} {{"))
            .replace(&format!("use {name}.{{"), &format!("use blocking-{name}.{{"))
    })
}

#[test]
fn blocking_wit_is_the_async_wit_without_async() {
    let (expected, found) = (expected_blocking_wit(), wit("blocking.wit"));
    for (number, (expected, found)) in (1..).zip(expected.lines().zip(found.lines())) {
        assert_eq!(found, expected, "wit/blocking.wit, line {number}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "wit/blocking.wit has a different number of lines");
    assert!(!found.contains("async") && found.contains("interface blocking-connection {"));
}
