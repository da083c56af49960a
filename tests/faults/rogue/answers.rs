//! Answers that are not MySQL's protocol, more of it than is good, or not true.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use wasmysql_host::Grant;
use wasmysql_tests::packet::{AUTOCOMMIT, BIGINT, column, columns, error, framed, local_infile, number_row, ok};
use wasmysql_tests::{Answer, Heard, Process, Rogue, guest};

use super::{answers_statements_with, database, is_left, is_one_of, is_over, told};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_request_for_a_file_of_the_host_gets_nothing() {
    let process = Process::before().await;
    let rogue = answers_statements_with(Answer::Packets(vec![local_infile("/etc/passwd")])).await;
    let database = database(&rogue);
    let told = told(&database).await;
    is_one_of(&["ProtocolViolation"], &told);
    assert!(told.contains("a file of this host") && !told.contains("passwd"), "{told}");
    let received = rogue.received();
    let executed = received.iter().position(|packet| packet.first() == Some(&0x17)).unwrap();
    // What follows comes over the connection that kills.
    assert!(received[executed + 1..].iter().all(|packet| !packet.is_empty()), "{received:?}");
    assert!(!received.concat().windows(5).any(|bytes| bytes == b"root:"), "the file was sent");
    is_over(&process, database, rogue).await;
}

/// Tells a process of these tests that it is the one to abort.
const CHILD: &str = "WASMYSQL_TESTS_CHILD";
/// SIGABRT.
const ABORTED: i32 = 6;

/// The driver allocates what the server announces, and an allocation that fails ends the process: nothing can catch it. So it happens
/// in a child.
#[tokio::test(flavor = "multi_thread")]
async fn r6_a_huge_column_count_still_aborts_the_process() {
    let name = "rogue::answers::r6_a_huge_column_count_still_aborts_the_process";
    if std::env::var_os(CHILD).is_some() {
        let count = [&[0xfe], (1_u64 << 56).to_le_bytes().as_slice()].concat();
        let rogue = answers_statements_with(Answer::Packets(vec![count])).await;
        println!("alive: {}", told(&database(&rogue)).await);
        return;
    }
    let process = Process::before().await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().unwrap();
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        output.status.signal(),
        Some(ABORTED),
        "the driver no longer aborts over a huge column count: make it a case of R8, and warn of it no longer\n\
         {printed}{said}"
    );
    assert!(said.contains("memory allocation of"), "{said}");
    process.is_as_before().await;
}

/// The driver panics over an empty packet in the place of a row, and over a count that no allocation could hold. That ends one
/// session, not the host.
#[tokio::test(flavor = "multi_thread")]
async fn r7_a_panic_of_the_driver_is_a_protocol_violation() {
    let empty_row = vec![columns(1), column("number", BIGINT), Vec::new()];
    let no_such_count = vec![[&[0xfe], u64::MAX.to_le_bytes().as_slice()].concat()];
    let process = Process::before().await;
    for (count, packets) in (1..).zip([empty_row, no_such_count]) {
        let rogue = answers_statements_with(Answer::Packets(packets)).await;
        let database = database(&rogue);
        is_one_of(&["ProtocolViolation"], &told(&database).await);
        assert!(process.panics() <= count, "{} panics", process.panics());
        is_left(database, rogue).await;
    }
    // Memory is not looked at: what a panic prints takes some.
}

/// An answer from its first packet's number on.
type Nonsense = fn(u8) -> Vec<u8>;

const NONSENSE: [(&str, Nonsense); 6] = [
    ("another protocol", |_| b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_vec()),
    ("a wrong number", |number| framed(number.wrapping_add(99), &[ok(AUTOCOMMIT)])),
    ("a packet that ends early", |number| framed(number, &[ok(AUTOCOMMIT)])[..6].to_vec()),
    (EMPTY, |number| framed(number, &[Vec::new()])),
    ("rows where none can be", |number| framed(number, &[columns(1), number_row(1), number_row(2)])),
    ("nothing", |_| Vec::new()),
];
const EMPTY: &str = "an empty packet";

/// Where it is said, and the kinds of error that may come of it.
type Place = (fn(&Heard) -> bool, u8, [&'static str; 2]);

const PLACES: [Place; 4] = [
    (|heard| *heard == Heard::Connected, 0, ["Unreachable", "ProtocolViolation"]),
    (|heard| *heard == Heard::Login, 2, ["Unreachable", "ProtocolViolation"]),
    (|heard| matches!(heard, Heard::Prepare(_)), 1, ["ConnectionLost", "ProtocolViolation"]),
    (|heard| matches!(heard, Heard::Execute(_)), 1, ["ConnectionLost", "ProtocolViolation"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn r8_nonsense_in_place_of_an_answer_ends_the_session_and_nothing_else() {
    let process = Process::before().await;
    for (what, nonsense) in NONSENSE {
        for (is_here, number, mut kinds) in PLACES {
            if what == "a wrong number" {
                kinds[0] = kinds[1];
            }
            let answer = Answer::Last(nonsense(number));
            let rogue = Rogue::that(move |heard| if is_here(heard) { answer.clone() } else { Answer::Polite }).await;
            let database = database(&rogue);
            is_one_of(&kinds, &told(&database).await);
            is_left(database, rogue).await;
        }
        // After a row that was one; an empty packet there is of R7.
        if what != EMPTY {
            let before = framed(1, &[columns(1), column("number", BIGINT), number_row(1)]);
            let rogue = answers_statements_with(Answer::Last([before, nonsense(4)].concat())).await;
            let database = database(&rogue);
            is_one_of(&["ConnectionLost", "ProtocolViolation"], &told(&database).await);
            is_left(database, rogue).await;
        }
    }
    process.is_as_before().await;
}

/// Where the error is said.
const ERRORS: [fn(&Heard) -> bool; 3] = [
    |heard| *heard == Heard::Login,
    |heard| matches!(heard, Heard::Prepare(_)),
    |heard| matches!(heard, Heard::Execute(_)),
];

#[tokio::test(flavor = "multi_thread")]
async fn r11_an_error_message_is_cut_and_made_harmless() {
    let long = vec![b'x'; (16 << 20) - 64];
    let escapes = b"\x1b[31mred\x07\x1b]0;title\x07\x00\r\x9b5m".to_vec();
    let no_text = b"\xff\xfe\xc3\x28 \xed\xa0\x80".to_vec();
    let process = Process::before().await;
    for (message, expected) in [(&long, "xxx"), (&escapes, " [31mred "), (&no_text, "\u{fffd}")] {
        for is_here in ERRORS {
            let packet = error(1105, "HY000", message);
            let at_login = is_here(&Heard::Login);
            let rogue = Rogue::that(move |heard| match is_here(heard) {
                true => Answer::Packets(vec![packet.clone()]),
                false => Answer::Polite,
            })
            .await;
            let database = database(&rogue);
            let told = told(&database).await;
            if at_login && message == &long {
                // Larger than any packet may be before the login.
                is_one_of(&["ProtocolViolation"], &told);
            } else {
                let (kind, text) = told.split_once("}): ").unwrap_or_else(|| panic!("{told}"));
                assert!(kind.contains("1105") && text.contains(expected), "{told}");
                let text = text.trim_end_matches(" (1105, HY000)");
                assert!(text.len() <= 1024, "{} bytes", text.len());
                assert!(!text.contains(char::is_control), "{text:?}");
            }
            is_left(database, rogue).await;
        }
    }
    // Memory is not looked at: the server's own copies of what it says are in it.
    assert_eq!(process.panics(), 0);
}

/// Which answers say that no transaction is open.
type Lie = fn(&Heard) -> bool;

/// And what becomes of a statement after the rollback, where a server that has told one lie says that a transaction is open again.
const LIES: [(Lie, &str); 2] = [
    (|heard| matches!(heard, Heard::Execute(sql) if sql.contains("(1)")), "InvalidRequest"),
    (
        |heard| matches!(heard, Heard::Execute(_)) || matches!(heard, Heard::Query(sql) if sql.starts_with("START")),
        "ok",
    ),
];

/// Each call's answer, the state of the transaction, and whether it is active. A rollback tells that it is not known to have been one.
const TOLD: &str = "begin: ok Open 1
insert 1: ok Unknown 0
insert 2: TransactionAborted(Other) Unknown 0
commit 0: TransactionAborted(Other) Unknown 0
rollback 0: TransactionAborted(Other) None 0
";

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_transaction_that_the_server_says_is_gone_is_aborted() {
    for (is_here, last) in LIES {
        let process = Process::before().await;
        let rogue = Rogue::that(move |heard| match is_here(heard) {
            true => Answer::Packets(vec![ok(AUTOCOMMIT)]),
            false => Answer::Polite,
        })
        .await;
        let database = database(&rogue);
        let follows = guest(programs::FOLLOWS_A_SCRIPT).database("main", &database, Grant::default());
        let calls = ["t", "begin", "insert 1", "insert 2", "commit 0", "rollback 0", "insert 2"];
        let told = follows.args(calls).run().await.success();
        assert_eq!(told, format!("{TOLD}insert 2: {last} None 0\nclose: ok\n"));
        let committed = |heard: &Heard| matches!(heard, Heard::Query(sql) if sql == "COMMIT");
        assert!(!rogue.heard().iter().any(committed), "a transaction that is gone was committed");
        is_over(&process, database, rogue).await;
    }
}
