//! Answers that violate the protocol, are too large, or are false.

use std::os::unix::process::ExitStatusExt;

use wasmysql_host::Grant;
use wasmysql_tests::packet::{AUTOCOMMIT, BIGINT, column, columns, error, framed, local_infile, number_row, ok};
use wasmysql_tests::{Answer, Process, Request, Rogue, guest, in_own_process};

use super::{answers_statements_with, database, is_disconnected, is_one_of, is_over, run_statement};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn r1_local_file_request_gets_nothing() {
    let process = Process::before().await;
    let rogue = answers_statements_with(Answer::Packets(vec![local_infile("/etc/passwd")])).await;
    let database = database(&rogue);
    let output = run_statement(&database).await;
    is_one_of(&["ProtocolViolation"], &output);
    assert!(output.contains("a file of this host") && !output.contains("passwd"), "{output}");
    let received = rogue.received();
    let executed = received.iter().position(|packet| packet.first() == Some(&0x17)).unwrap();
    // The packets after EXECUTE arrive over the connection that sends KILL.
    assert!(received[executed + 1..].iter().all(|packet| !packet.is_empty()), "{received:?}");
    assert!(!received.concat().windows(5).any(|bytes| bytes == b"root:"), "the file was sent");
    is_over(&process, database, rogue).await;
}

/// The number of SIGABRT.
const ABORTED: i32 = 6;

/// The driver allocates memory for the column count that the server sends. A failed allocation
/// aborts the process and can't be caught, so the test runs in a child process.
#[tokio::test(flavor = "multi_thread")]
async fn r6_huge_column_count_still_aborts_the_process() {
    let process = Process::before().await;
    let Some(output) = in_own_process("rogue::answers::r6_huge_column_count_still_aborts_the_process") else {
        let count = [&[0xfe], (1_u64 << 56).to_le_bytes().as_slice()].concat();
        let rogue = answers_statements_with(Answer::Packets(vec![count])).await;
        println!("alive: {}", run_statement(&database(&rogue)).await);
        return;
    };
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        output.status.signal(),
        Some(ABORTED),
        "the driver no longer aborts on a huge column count: move this case to R8 and remove the warning from the documents\n\
         {stdout}{stderr}"
    );
    assert!(stderr.contains("memory allocation of"), "{stderr}");
    process.is_as_before().await;
}

/// The driver panics on an empty packet in place of a row, and on a column count that exceeds any
/// allocation. The panic ends one session and not the host.
#[tokio::test(flavor = "multi_thread")]
async fn r7_driver_panic_is_a_protocol_violation() {
    let empty_row = vec![columns(1), column("number", BIGINT), Vec::new()];
    let impossible_count = vec![[&[0xfe], u64::MAX.to_le_bytes().as_slice()].concat()];
    let process = Process::before().await;
    for (count, packets) in (1..).zip([empty_row, impossible_count]) {
        let rogue = answers_statements_with(Answer::Packets(packets)).await;
        let database = database(&rogue);
        is_one_of(&["ProtocolViolation"], &run_statement(&database).await);
        assert!(process.panics() <= count, "{} panics", process.panics());
        is_disconnected(database, rogue).await;
    }
    // Memory is not checked, because printing a panic allocates memory.
}

/// Makes a malformed answer whose first packet has this number.
type Malformed = fn(u8) -> Vec<u8>;

const MALFORMED: [(&str, Malformed); 6] = [
    ("another protocol", |_| b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_vec()),
    ("a wrong packet number", |number| framed(number.wrapping_add(99), &[ok(AUTOCOMMIT)])),
    ("a truncated packet", |number| framed(number, &[ok(AUTOCOMMIT)])[..6].to_vec()),
    (EMPTY, |number| framed(number, &[Vec::new()])),
    ("rows in place of column definitions", |number| framed(number, &[columns(1), number_row(1), number_row(2)])),
    ("nothing", |_| Vec::new()),
];
const EMPTY: &str = "an empty packet";

/// A point in the dialogue, the packet number there, and the expected kinds of error.
type Position = (fn(&Request) -> bool, u8, [&'static str; 2]);

const POSITIONS: [Position; 4] = [
    (|request| *request == Request::Connected, 0, ["Unreachable", "ProtocolViolation"]),
    (|request| *request == Request::Login, 2, ["Unreachable", "ProtocolViolation"]),
    (|request| matches!(request, Request::Prepare(_)), 1, ["ConnectionLost", "ProtocolViolation"]),
    (|request| matches!(request, Request::Execute(_)), 1, ["ConnectionLost", "ProtocolViolation"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn r8_malformed_answer_ends_only_its_session() {
    let process = Process::before().await;
    for (name, malformed) in MALFORMED {
        for (is_here, number, mut kinds) in POSITIONS {
            if name == "a wrong packet number" {
                kinds[0] = kinds[1];
            }
            let answer = Answer::Last(malformed(number));
            let rogue =
                Rogue::start(move |request| if is_here(request) { answer.clone() } else { Answer::Correct }).await;
            let database = database(&rogue);
            is_one_of(&kinds, &run_statement(&database).await);
            is_disconnected(database, rogue).await;
        }
        // Also after a valid row. R7 covers an empty packet in this position.
        if name != EMPTY {
            let before = framed(1, &[columns(1), column("number", BIGINT), number_row(1)]);
            let rogue = answers_statements_with(Answer::Last([before, malformed(4)].concat())).await;
            let database = database(&rogue);
            is_one_of(&["ConnectionLost", "ProtocolViolation"], &run_statement(&database).await);
            is_disconnected(database, rogue).await;
        }
    }
    process.is_as_before().await;
}

/// The points in the dialogue at which the server sends the error.
const ERRORS: [fn(&Request) -> bool; 3] = [
    |request| *request == Request::Login,
    |request| matches!(request, Request::Prepare(_)),
    |request| matches!(request, Request::Execute(_)),
];

#[tokio::test(flavor = "multi_thread")]
async fn r11_error_message_is_truncated_and_sanitized() {
    let long = vec![b'x'; (16 << 20) - 64];
    let escapes = b"\x1b[31mred\x07\x1b]0;title\x07\x00\r\x9b5m".to_vec();
    let not_utf8 = b"\xff\xfe\xc3\x28 \xed\xa0\x80".to_vec();
    let process = Process::before().await;
    for (message, expected) in [(&long, "xxx"), (&escapes, " [31mred "), (&not_utf8, "\u{fffd}")] {
        for is_here in ERRORS {
            let packet = error(1105, "HY000", message);
            let at_login = is_here(&Request::Login);
            let rogue = Rogue::start(move |request| match is_here(request) {
                true => Answer::Packets(vec![packet.clone()]),
                false => Answer::Correct,
            })
            .await;
            let database = database(&rogue);
            let output = run_statement(&database).await;
            if at_login && message == &long {
                // The packet exceeds the size limit before the login.
                is_one_of(&["ProtocolViolation"], &output);
            } else {
                let (kind, text) = output.split_once("}): ").unwrap_or_else(|| panic!("{output}"));
                assert!(kind.contains("1105") && text.contains(expected), "{output}");
                let text = text.trim_end_matches(" (1105, HY000)");
                assert!(text.len() <= 1024, "{} bytes", text.len());
                assert!(!text.contains(char::is_control), "{text:?}");
            }
            is_disconnected(database, rogue).await;
        }
    }
    // Memory is not checked: the rogue server's copies of the messages are in the same process.
    assert_eq!(process.panics(), 0);
}

/// Selects the answers that falsely report that no transaction is open.
type Lie = fn(&Request) -> bool;

/// The false answers, and the result of a statement after the rollback.
///
/// After a single false answer the server again reports that a transaction is open, so that
/// statement is `InvalidRequest`.
const LIES: [(Lie, &str); 2] = [
    (|request| matches!(request, Request::Execute(sql) if sql.contains("(1)")), "InvalidRequest"),
    (
        |request| {
            matches!(request, Request::Execute(_)) || matches!(request, Request::Query(sql) if sql.starts_with("START"))
        },
        "ok",
    ),
];

/// The expected output: each call's result, the transaction state, and whether the transaction is
/// active.
///
/// The rollback fails too, because the host can't know how the transaction ended.
const ABORTED_CALLS: &str = "begin: ok Open 1
insert 1: ok Unknown 0
insert 2: TransactionAborted(Other) Unknown 0
commit 0: TransactionAborted(Other) Unknown 0
rollback 0: TransactionAborted(Other) None 0
";

#[tokio::test(flavor = "multi_thread")]
async fn r12_transaction_that_the_server_denies_is_aborted() {
    for (is_here, last) in LIES {
        let process = Process::before().await;
        let rogue = Rogue::start(move |request| match is_here(request) {
            true => Answer::Packets(vec![ok(AUTOCOMMIT)]),
            false => Answer::Correct,
        })
        .await;
        let database = database(&rogue);
        let follows = guest(programs::FOLLOWS_A_SCRIPT).database("main", &database, Grant::default());
        let calls = ["t", "begin", "insert 1", "insert 2", "commit 0", "rollback 0", "insert 2"];
        let output = follows.args(calls).run().await.success();
        assert_eq!(output, format!("{ABORTED_CALLS}insert 2: {last} None 0\nclose: ok\n"));
        let committed = |request: &Request| matches!(request, Request::Query(sql) if sql == "COMMIT");
        assert!(!rogue.requests().iter().any(committed), "the host sent COMMIT for an aborted transaction");
        is_over(&process, database, rogue).await;
    }
}
