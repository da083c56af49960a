//! Checks that every classified code is provoked by a test, or listed with the reason why not.

use std::collections::BTreeSet;

use super::{expressions, sessions, settings, statements, two_phases};

/// Codes that no guest can provoke on any of the servers, and the reasons.
const NOT_REACHABLE: &[(u16, &str)] = &[
    (1021, "the disk would have to be full"),
    (1022, "storage engines report the key, which makes it 1062"),
    (1036, "the server would have to be restarted with --innodb-read-only, or a packed table copied to it"),
    (1037, "the server would have to run out of memory"),
    (1038, "the server would have to run out of memory"),
    (1041, "the server would have to run out of memory"),
    (1047, "only from a cluster node that is not ready: tests/faults/servers/cluster.rs"),
    (1129, "the server does not count failed connections from its own machine"),
    (1153, "the host sends no packet larger than the server accepts"),
    (1169, "only from the server's internal tables"),
    (1180, "only from a cluster node that loses the other nodes while it commits: tests/faults/servers/cluster.rs"),
    (1197, "the binary log would have to be on, with a small cache"),
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
    (1637, "more than a thousand transactions would have to be open"),
    (1762, "the server can open the child table, which makes it 1761"),
    (1836, "MariaDB sends it as a warning together with 1036"),
    (1845, "the servers report the reason, which makes it 1846"),
    (1874, "the server would have to be restarted with --innodb-read-only"),
    (3032, "offline mode ends all sessions of guests"),
    (3058, "two guests would have to wait for named locks of each other"),
    (3101, "only from a member of a replication group"),
    (3161, "the server would have to be started with --disabled-storage-engines"),
    (3168, "only while the server starts or stops"),
    (3169, "only from a member of a replication group"),
    (3197, "only in answer to the host's command that commits a prepared transaction"),
    (3636, "the session defaults set the limit to its maximum"),
    (3750, "the server would have to be started with --sql-require-primary-key"),
    (3950, "the server would have to run out of memory"),
    (3985, "the server would have to run out of memory"),
    (3988, "only for a parameter that the character set of a column can't represent"),
    (3989, "the whole schema would have to be read-only"),
    (6400, "offline mode ends all sessions of guests"),
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
    for tables in [statements::TABLES, expressions::TABLES, sessions::TABLES, settings::TABLES, two_phases::TABLES] {
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
