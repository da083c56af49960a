//! Compares docs/faults.md with the tests: every row names a test, or states why it has none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLES: [(char, u32); 8] =
    [('S', 28), ('C', 19), ('N', 13), ('P', 16), ('T', 12), ('R', 12), ('G', 35), ('M', 9)];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Adds the names of all functions below a directory to `names`.
fn functions(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = read(&path);
            let found = source.lines().filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn "));
            names.extend(found.filter_map(|line| Some(line.split_once('(')?.0.to_owned())));
        }
    }
}

#[test]
fn every_row_names_existing_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = read(&root.join("docs/faults.md"));
    let mut names = BTreeSet::new();
    for directory in ["tests/faults", "tests/it", "host/cli/tests", "host/src"] {
        functions(&root.join(directory), &mut names);
    }
    let mut documented = BTreeSet::new();
    let mut rows = Vec::new();
    for line in table.lines() {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [row, _fault, _outcome, test] = cells[..] else { continue };
        if row == "row" {
            continue;
        }
        let named: Vec<_> = test.split('`').skip(1).step_by(2).filter(|name| name.contains('_')).collect();
        for name in &named {
            assert!(names.contains(*name), "{row}: the test '{name}' does not exist");
            documented.insert((*name).to_owned());
        }
        let has_reason = ["the same", "out of scope", "not run"].iter().any(|reason| test.starts_with(reason));
        assert!(!named.is_empty() || has_reason, "{row} names no test and no reason: {test}");
        rows.push(row.to_owned());
    }
    let expected = TABLES.iter().flat_map(|(table, last)| (1..=*last).map(move |row| format!("{table}{row}")));
    assert_eq!(rows, expected.chain(["V".to_owned()]).collect::<Vec<_>>());

    // Every test whose name begins with a row id must occur in the document.
    let has_row_id = |name: &&String| {
        let mut letters = name.chars();
        letters.next().is_some_and(|table| "scnptrgm".contains(table))
            && letters.next().is_some_and(|row| row.is_ascii_digit())
    };
    let missing: Vec<_> = names.iter().filter(has_row_id).filter(|name| !documented.contains(*name)).collect();
    assert!(missing.is_empty(), "docs/faults.md does not name {missing:?}");
}
