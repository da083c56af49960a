//! The capabilities that a plugin needs, derived from its imports.

/// Interfaces, their capability, and how `wasmysql run` provides it.
const NEEDS: &[(&[&str], &str, &str)] = &[
    (
        &["wasmysql:mysql/engine", "wasmysql:mysql/blocking-engine"],
        "databases",
        "--database NAME=URL and --grant, or --config FILE; by default a private server as `main`",
    ),
    (&["wasi:filesystem/"], "directories", "--dir HOST::GUEST; other directories are not accessible"),
    (&["wasi:cli/environment"], "environment", "--env NAME=VALUE, arguments after --; other variables are not passed"),
    (&["wasi:cli/stdin"], "input", "stdin of `wasmysql run`"),
    (&["wasi:sockets/"], "network", "not available: `wasmysql run` denies network access"),
    (&["wasi:clocks/"], "time", "always available"),
    (&["wasi:random/"], "random numbers", "always available"),
];

/// Returns a row for each capability of these imports: its name and how it is provided.
pub(super) fn needs(imports: &[&str]) -> Vec<Vec<String>> {
    let uses = |interfaces: &[&str]| {
        imports.iter().any(|import| {
            interfaces.iter().any(|interface| {
                let rest = import.strip_prefix(interface);
                rest.is_some_and(|rest| interface.ends_with('/') || rest.is_empty() || rest.starts_with('@'))
            })
        })
    };
    let used = NEEDS.iter().filter(|(interfaces, ..)| uses(interfaces));
    used.map(|(_, capability, source)| vec![(*capability).to_owned(), (*source).to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(imports: &[&str], expected: &[&str]) {
        let found = needs(imports);
        assert_eq!(found.iter().map(|need| need[0].as_str()).collect::<Vec<_>>(), expected, "{imports:?}");
    }

    #[test]
    fn interfaces_of_any_version_are_recognized() {
        check(&[], &[]);
        check(&["wasmysql:mysql/types@0.1.0", "wasi:cli/stdout@0.3.0", "wasi:io/streams@0.2.6"], &[]);
        check(&["wasmysql:mysql/blocking-engine@0.1.0", "wasi:filesystem/types@0.2.6"], &["databases", "directories"]);
        check(&["wasi:clocks/wall-clock@0.2.6", "wasi:clocks/monotonic-clock@0.3.0"], &["time"]);
        check(&["wasi:cli/environment", "wasi:sockets/tcp@0.3.0"], &["environment", "network"]);
    }
}
