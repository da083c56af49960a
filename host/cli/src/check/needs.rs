//! What a plugin can use at run time, by the interfaces that it imports.

/// The interfaces, what they are for, and how `wasmysql run` provides it.
const NEEDS: &[(&[&str], &str, &str)] = &[
    (
        &["wasmysql:mysql/engine", "wasmysql:mysql/blocking-engine"],
        "databases",
        "--database NAME=URL and --grant, or --config FILE; with neither, a private MariaDB named main",
    ),
    (&["wasi:filesystem/"], "directories", "--dir HOST::GUEST; it sees no others"),
    (&["wasi:cli/environment"], "environment", "--env NAME=VALUE, and its arguments after --; it sees no others"),
    (&["wasi:cli/stdin"], "input", "that of `wasmysql run`"),
    (&["wasi:sockets/"], "network", "not to be had: `wasmysql run` refuses it"),
    (&["wasi:clocks/"], "time", "always there"),
    (&["wasi:random/"], "random numbers", "always there"),
];

/// What a plugin with these imports can use, and how it gets it.
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
    used.map(|(_, what, how)| vec![(*what).to_owned(), (*how).to_owned()]).collect()
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
    fn needs_are_told_by_interfaces_of_any_version() {
        check(&[], &[]);
        check(&["wasmysql:mysql/types@0.1.0", "wasi:cli/stdout@0.3.0", "wasi:io/streams@0.2.6"], &[]);
        check(&["wasmysql:mysql/blocking-engine@0.1.0", "wasi:filesystem/types@0.2.6"], &["databases", "directories"]);
        check(&["wasi:clocks/wall-clock@0.2.6", "wasi:clocks/monotonic-clock@0.3.0"], &["time"]);
        check(&["wasi:cli/environment", "wasi:sockets/tcp@0.3.0"], &["environment", "network"]);
    }
}
