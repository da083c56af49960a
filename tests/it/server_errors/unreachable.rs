//! Every code is provoked, or it is said why not.

use std::collections::BTreeSet;

use super::{sessions, settings, statements, two_phases};

/// Codes that no guest of ours can provoke with MariaDB 10.11, and why.
const NOT_REACHABLE: &[(u16, &str)] = &[
    (1021, "the disk would have to be full"),
    (1022, "storage engines tell the key, which makes it 1062"),
    (1036, "the server would have to be started again with --innodb-read-only, or a packed table be copied to it"),
    (1037, "the server would have to run out of memory"),
    (1041, "the server would have to run out of memory"),
    (1047, "only of a node of a cluster that is not ready: tests/faults/servers/cluster.rs"),
    (1129, "the server does not count the failures of connections from its own machine"),
    (1153, "the host sends nothing larger than the server takes"),
    (1169, "only of tables that the server makes for itself"),
    (1180, "only of a node of a cluster that loses the others while it commits: tests/faults/servers/cluster.rs"),
    (1206, "locks would have to fill the smallest buffer pool there is: those of 100,000 pages or so"),
    (1216, "MariaDB tells the key, which makes it 1452"),
    (1401, "only of a transaction log that fails"),
    (1402, "answers only what the host sends to end a transaction, and there the host takes it for done"),
    (1557, "storage engines tell the tables, which makes it 1761"),
    (1569, "MariaDB sends its text with the code 1062"),
    (1586, "MariaDB sends its text with the code 1062"),
    (1613, "answers only what the host sends to end a transaction that the server has rolled back"),
    (1614, "answers only what the host sends to end a transaction that the server has rolled back"),
    (1615, "the server prepares again by itself, and tables would have to change each time between that and the use"),
    (1762, "the server can open the child table, which makes it 1761"),
    (1836, "MariaDB sends it as a warning beside 1036"),
    (3572, "MySQL only: MariaDB has 1205"),
    (3819, "MySQL only: MariaDB has 4025"),
];

/// Codes that other tests provoke.
const ELSEWHERE: &[(u16, &str)] = &[
    (1213, include_str!("../../programs/src/bin/updates_two_rows_in_a_deadlock.rs")),
    (1792, include_str!("../../programs/src/bin/transaction_options.rs")),
];

/// The codes that the host has a class for, as its source has them.
fn classified() -> BTreeSet<u16> {
    let source = include_str!("../../../host/src/types/server_code.rs");
    let (table, _) = source.split_once("/// Class and retry advice").unwrap();
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix('('));
    rows.map(|row| row.split_once(',').unwrap().0.parse().unwrap()).collect()
}

#[test]
fn every_code_is_provoked_or_it_is_said_why_not() {
    let mut provoked = BTreeSet::new();
    for tables in [statements::TABLES, sessions::TABLES, settings::TABLES, two_phases::TABLES] {
        provoked.extend(tables.iter().flat_map(|table| table.iter()).map(|(_, told)| told.0));
    }
    for (code, program) in ELSEWHERE {
        assert!(program.contains(&format!("Some({code})")), "{code} is not checked where it was");
        provoked.insert(*code);
    }
    let not_reachable: BTreeSet<u16> = NOT_REACHABLE.iter().map(|(code, _)| *code).collect();
    assert_eq!(provoked.intersection(&not_reachable).collect::<Vec<_>>(), [0u16; 0].iter().collect::<Vec<_>>());
    assert_eq!(&provoked | &not_reachable, classified());
}
