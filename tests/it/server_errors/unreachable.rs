//! Checks that every classified code is provoked by a test, or listed with the reason why not.

use std::collections::BTreeSet;

use super::{sessions, settings, statements, two_phases};

/// Codes that no guest can provoke on any of the servers, and the reasons.
const NOT_REACHABLE: &[(u16, &str)] = &[
    (1021, "the disk would have to be full"),
    (1022, "storage engines report the key, which makes it 1062"),
    (1036, "the server would have to be restarted with --innodb-read-only, or a packed table copied to it"),
    (1037, "the server would have to run out of memory"),
    (1041, "the server would have to run out of memory"),
    (1047, "only from a cluster node that is not ready: tests/faults/servers/cluster.rs"),
    (1129, "the server does not count failed connections from its own machine"),
    (1153, "the host sends no packet larger than the server accepts"),
    (1169, "only from the server's internal tables"),
    (1180, "only from a cluster node that loses the other nodes while it commits: tests/faults/servers/cluster.rs"),
    (1206, "locks would have to fill the smallest possible buffer pool: locks of about 100,000 pages"),
    (1216, "MariaDB reports the key, which makes it 1452"),
    (1401, "only if the transaction log fails"),
    (1402, "only in answer to the host's command that ends a transaction, which the host then treats as done"),
    (1557, "storage engines report the tables, which makes it 1761"),
    (1569, "MariaDB sends its text with the code 1062"),
    (1586, "MariaDB sends its text with the code 1062"),
    (1613, "only in answer to the host's command that ends a transaction that the server has rolled back"),
    (1614, "only in answer to the host's command that ends a transaction that the server has rolled back"),
    (1615, "the server re-prepares automatically; tables would have to change between each re-prepare and its use"),
    (1762, "the server can open the child table, which makes it 1761"),
    (1836, "MariaDB sends it as a warning together with 1036"),
];

/// Codes that other tests provoke, with the source of the program that checks them.
const ELSEWHERE: &[(u16, &str)] = &[
    (1213, include_str!("../../programs/src/bin/updates_two_rows_in_a_deadlock.rs")),
    (1792, include_str!("../../programs/src/bin/transaction_options.rs")),
];

/// Returns the codes that the host classifies, read from its source.
fn classified() -> BTreeSet<u16> {
    let source = include_str!("../../../host/src/types/server_code.rs");
    let (table, _) = source.split_once("pub(crate) fn classify").unwrap();
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix('('));
    rows.map(|row| row.split_once(',').unwrap().0.parse().unwrap()).collect()
}

#[test]
fn every_code_is_provoked_or_has_a_reason() {
    let mut provoked = BTreeSet::new();
    for tables in [statements::TABLES, sessions::TABLES, settings::TABLES, two_phases::TABLES] {
        provoked.extend(tables.iter().flat_map(|table| table.iter()).map(|(_, failure)| failure.0));
    }
    for (code, program) in ELSEWHERE {
        assert!(program.contains(&format!("Some({code})")), "{code} is no longer checked by its program");
        provoked.insert(*code);
    }
    let not_reachable: BTreeSet<u16> = NOT_REACHABLE.iter().map(|(code, _)| *code).collect();
    assert_eq!(provoked.intersection(&not_reachable).collect::<Vec<_>>(), [0u16; 0].iter().collect::<Vec<_>>());
    assert_eq!(&provoked | &not_reachable, classified());
}
