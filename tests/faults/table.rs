//! docs/faults.md names a test for every row, or says why there is none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLES: [(char, u32); 7] = [('S', 25), ('C', 11), ('N', 13), ('P', 14), ('T', 11), ('R', 12), ('G', 32)];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all functions of the tests, and of those beside the host's code.
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
fn every_row_names_its_tests_and_they_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = read(&root.join("docs/faults.md"));
    let mut names = BTreeSet::new();
    for directory in ["tests/faults", "tests/it", "host/cli/tests", "host/src"] {
        functions(&root.join(directory), &mut names);
    }
    let mut told = BTreeSet::new();
    let mut rows = Vec::new();
    for line in table.lines() {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [row, _, test] = cells[..] else { continue };
        if row == "row" {
            continue;
        }
        let named: Vec<_> = test.split('`').skip(1).step_by(2).filter(|name| name.contains('_')).collect();
        for name in &named {
            assert!(names.contains(*name), "{row}: there is no test '{name}'");
            told.insert((*name).to_owned());
        }
        let says_why = ["the same", "out of scope", "not run"].iter().any(|why| test.starts_with(why));
        assert!(!named.is_empty() || says_why, "{row}: {test}");
        rows.push(row.to_owned());
    }
    let expected = TABLES.iter().flat_map(|(table, last)| (1..=*last).map(move |row| format!("{table}{row}")));
    assert_eq!(rows, expected.chain(["V".to_owned()]).collect::<Vec<_>>());

    // And every test that bears the name of a row is named by one.
    let is_of_a_row = |name: &&String| {
        let mut letters = name.chars();
        letters.next().is_some_and(|table| "scnptrg".contains(table))
            && letters.next().is_some_and(|row| row.is_ascii_digit())
    };
    let missing: Vec<_> = names.iter().filter(is_of_a_row).filter(|name| !told.contains(*name)).collect();
    assert!(missing.is_empty(), "docs/faults.md does not name {missing:?}");
}
