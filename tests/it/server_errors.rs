//! Every server error code that the host classifies. Each is provoked on a real server, or listed
//! with the reason why it cannot be.

mod expressions;
mod sessions;
mod settings;
mod statements;
mod two_phases;
mod unreachable;

use mysql_async::{Conn, OptsBuilder};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::{Api, Guest, guest};

use crate::programs;

/// A statement and the error that a guest gets for it.
type Case = (&'static str, Failure);

/// Code, SQLSTATE, class and retry advice of a server error.
#[derive(Clone, Copy)]
struct Failure(u16, &'static str, &'static str, &'static str);

/// The state of transaction and connection after a statement that failed.
#[derive(Clone, Copy)]
enum After {
    /// The transaction is still open and can be committed.
    Open,
    /// The statement fails only in a transaction, which stays open.
    OpenOnlyInTransactions,
    /// The statement committed the transaction.
    Committed,
    /// A procedure ended the transaction. Its outcome is unknown.
    Unknown,
    /// The transaction is rolled back, with this abort reason.
    RolledBack(&'static str),
    /// The connection is closed, which rolled back the transaction.
    Closed,
}

impl Failure {
    fn with(self, state: &str) -> String {
        let Self(code, sqlstate, class, retry) = self;
        format!("{code} {sqlstate} {class} RetryAdvice::{retry} TransactionState::{state}")
    }
}

impl After {
    /// Returns the two lines that the program prints for a statement.
    fn lines(self, failure: Failure) -> [String; 2] {
        let rest = |next: &str, kept| format!("next {next}; commit {next}; {kept} kept");
        let aborted = |reason| format!("TransactionAborted({reason})");
        let (state, rest) = match self {
            Self::Open | Self::OpenOnlyInTransactions => ("Open", rest("ok", "2")),
            Self::Committed => ("None", rest(&aborted("ImplicitCommit"), "1")),
            Self::Unknown => ("Unknown", rest(&aborted("Other"), "1")),
            Self::RolledBack(reason) => ("RolledBack", rest(&aborted(reason), "0")),
            Self::Closed => ("RolledBack", rest(&aborted("ConnectionLost"), "?")),
        };
        let alone = match self {
            Self::OpenOnlyInTransactions => "none".to_owned(),
            _ => failure.with("None"),
        };
        let connection = if matches!(self, Self::Closed) { "closed" } else { "usable" };
        [
            format!("in autocommit: {alone}; {connection}"),
            format!("in a transaction: {}; {rest}; {connection}", failure.with(state)),
        ]
    }
}

/// Runs each statement in a guest, in both APIs, and checks the output.
async fn check(mut guest: impl AsyncFnMut() -> Guest, cases: &[(impl AsRef<str>, Failure)], after: After) {
    for api in Api::BOTH {
        let arguments = [""].into_iter().chain(cases.iter().map(|(sql, _)| sql.as_ref()));
        let outcome = guest().await.api(api).args(arguments).run().await;
        let errors = outcome.stderr.clone();
        expect(&outcome.success(), cases, after, &errors);
    }
}

/// Compares the output of a guest with the expected lines, and lists all differences.
#[track_caller]
fn expect(printed: &str, cases: &[(impl AsRef<str>, Failure)], after: After, errors: &str) {
    let mut lines = printed.lines();
    let mut wrong = String::new();
    for (sql, failure) in cases {
        let sql = sql.as_ref().get(..200).unwrap_or(sql.as_ref());
        for expected in after.lines(*failure) {
            let line = lines.next().unwrap_or_default();
            if line != expected {
                wrong += &format!("{sql}\n  printed  {line}\n  expected {expected}\n");
            }
        }
    }
    assert!(wrong.is_empty() && lines.next().is_none(), "{wrong}\n{printed}\n{errors}");
}

/// Checks in both APIs that connecting fails with one of the expected errors.
async fn check_refused(options: &DatabaseOptions, expected: &[Failure]) {
    for api in Api::BOTH {
        let database = Database::new(options.clone()).unwrap();
        let guest = guest(programs::SERVER_ERRORS_OF_STATEMENTS).api(api).args([""]);
        let outcome = guest.database("main", &database, Grant::new(Statements::Ddl)).run().await;
        let errors = outcome.stderr.clone();
        let printed = outcome.success();
        let is_expected = expected.iter().any(|failure| printed == format!("connecting: {}\n", failure.with("None")));
        assert!(is_expected, "{printed}{errors}");
        assert!(!errors.contains("wasmysql") && !errors.contains("_limited"), "an error names the account: {errors}");
    }
}

/// Opens a connection of this account, so that a connection of the host exceeds the account's
/// limit. It is not a connection of the host, because MariaDB does not count connections after a
/// reset.
async fn open_connection(server: &PrivateServer, user: &str, password: &str) -> Conn {
    let options = OptsBuilder::default().prefer_socket(false).tcp_port(server.port());
    Conn::new(options.user(Some(user)).pass(Some(password))).await.unwrap()
}
