//! The packages whose tests are built together.
//!
//! Cargo gives a dependency the features that all packages of one build need, and compiles it again
//! if another build needs others. So the packages of the host are built without those of the
//! guests: wasmtime, which takes minutes, is compiled once for the tool, its tests and the wheel.

/// The SDK, its users and this program. They do not depend on the host.
const GUESTS: [&str; 7] = [
    "wasmysql",
    "wasmysql-demo",
    "wasmysql-demo-page",
    "wasmysql-template-command",
    "wasmysql-template-http",
    "wasmysql-template-world",
    "xtask",
];

/// Packages without tests: programs that run only inside a host, and the benchmarks, which require
/// another driver.
const WITHOUT_TESTS: [&str; 4] =
    ["wasmysql-test-programs", "wasmysql-bench-programs", "wasmysql-bench-sqlx-programs", "wasmysql-bench"];

/// Returns the arguments of cargo that select the packages of the host and the tests of the whole.
pub(crate) fn host<'a>() -> impl Iterator<Item = &'a str> {
    let excluded = WITHOUT_TESTS.into_iter().chain(GUESTS);
    ["--workspace"].into_iter().chain(excluded.flat_map(|package| ["--exclude", package]))
}

/// Returns the arguments of cargo that select the other packages with tests.
pub(crate) fn guests<'a>() -> impl Iterator<Item = &'a str> {
    GUESTS.into_iter().flat_map(|package| ["--package", package])
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::cargo::cargo;

    /// The features of each dependency, by its name and version.
    type Features = BTreeMap<String, BTreeSet<String>>;

    #[track_caller]
    fn features<'a>(edges: &'a str, packages: impl IntoIterator<Item = &'a str>) -> Features {
        let format = ["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}", "--edges", edges];
        let output = cargo(format.into_iter().chain(packages)).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut features = Features::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let Some((package, names)) = line.trim_end_matches(" (*)").split_once('|') else { continue };
            // Packages of this repository have a path.
            if !package.contains("(/") {
                features.entry(package.to_owned()).or_default().extend(names.split(',').map(str::to_owned));
            }
        }
        features
    }

    #[test]
    fn the_tests_of_the_host_need_the_same_features_of_dependencies_as_the_tool() {
        let tests = features("normal,build,dev", host());
        let tool = features("normal,build", ["--package", "wasmysql-cli"]);
        assert!(tool.keys().any(|package| package.starts_with("wasmtime v")), "{tool:?}");
        let mut different = String::new();
        for (package, features) in tool {
            if let Some(others) = tests.get(&package).filter(|others| **others != features) {
                different += &format!("{package}: {features:?}, in tests {others:?}\n");
            }
        }
        assert_eq!(different, "", "these packages, and all that depend on them, are compiled twice");
    }
}
