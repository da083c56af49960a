//! Every error of the server that the host has a class for: provoked for real, or it is said why not.

mod sessions;
mod settings;
mod statements;
mod two_phases;
mod unreachable;

use mysql_async::{Conn, OptsBuilder};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_mariadb::PrivateServer;
use wasmysql_tests::{Api, Guest, guest};

use crate::programs;

/// A statement, and what a guest is told of it.
type Case = (&'static str, Told);

/// Code, SQLSTATE, class and retry advice of an error.
#[derive(Clone, Copy)]
struct Told(u16, &'static str, &'static str, &'static str);

/// What a refused statement leaves behind.
#[derive(Clone, Copy)]
enum After {
    /// The transaction goes on, and can be committed.
    Open,
    /// By itself it is no error; in a transaction it is, and the transaction goes on.
    OpenOnlyInTransactions,
    /// The transaction was committed by it.
    Committed,
    /// The transaction was ended by a procedure, and nobody knows how.
    Unknown,
    /// The transaction is rolled back, for this reason.
    RolledBack(&'static str),
    /// The connection is closed, and the transaction rolled back with it.
    Closed,
}

impl Told {
    fn with(self, state: &str) -> String {
        let Self(code, sqlstate, class, retry) = self;
        format!("{code} {sqlstate} ServerClass::{class} RetryAdvice::{retry} TransactionState::{state}")
    }
}

impl After {
    /// The two lines that the program prints for a statement.
    fn lines(self, told: Told) -> [String; 2] {
        let rest = |next: &str, kept| format!("next {next}; commit {next}; {kept} kept");
        let aborted = |reason| format!("TransactionAborted(AbortReason::{reason})");
        let (state, rest) = match self {
            Self::Open | Self::OpenOnlyInTransactions => ("Open", rest("ok", "2")),
            Self::Committed => ("None", rest(&aborted("ImplicitCommit"), "1")),
            Self::Unknown => ("Unknown", rest(&aborted("Other"), "1")),
            Self::RolledBack(reason) => ("RolledBack", rest(&aborted(reason), "0")),
            Self::Closed => ("RolledBack", rest(&aborted("ConnectionLost"), "?")),
        };
        let alone = match self {
            Self::OpenOnlyInTransactions => "none".to_owned(),
            _ => told.with("None"),
        };
        let connection = if matches!(self, Self::Closed) { "closed" } else { "usable" };
        [
            format!("by itself: {alone}; {connection}"),
            format!("in a transaction: {}; {rest}; {connection}", told.with(state)),
        ]
    }
}

/// Has a guest run each statement, in both APIs.
async fn check(mut guest: impl AsyncFnMut() -> Guest, cases: &[(impl AsRef<str>, Told)], after: After) {
    for api in Api::BOTH {
        let arguments = [""].into_iter().chain(cases.iter().map(|(sql, _)| sql.as_ref()));
        let outcome = guest().await.api(api).args(arguments).run().await;
        let errors = outcome.stderr.clone();
        expect(&outcome.success(), cases, after, &errors);
    }
}

/// Compares what a guest printed, and names all that is otherwise.
#[track_caller]
fn expect(printed: &str, cases: &[(impl AsRef<str>, Told)], after: After, errors: &str) {
    let mut lines = printed.lines();
    let mut wrong = String::new();
    for (sql, told) in cases {
        let sql = sql.as_ref().get(..200).unwrap_or(sql.as_ref());
        for expected in after.lines(*told) {
            let line = lines.next().unwrap_or_default();
            if line != expected {
                wrong += &format!("{sql}\n  printed  {line}\n  expected {expected}\n");
            }
        }
    }
    assert!(wrong.is_empty() && lines.next().is_none(), "{wrong}\n{printed}\n{errors}");
}

/// Has a guest be refused in both APIs, before it can run anything, and told one of these.
async fn refused(options: &DatabaseOptions, told: &[Told]) {
    for api in Api::BOTH {
        let database = Database::new(options.clone()).unwrap();
        let guest = guest(programs::SERVER_ERRORS_OF_STATEMENTS).api(api).args([""]);
        let outcome = guest.database("main", &database, Grant::new(Statements::Ddl)).run().await;
        let errors = outcome.stderr.clone();
        let printed = outcome.success();
        let is_told = told.iter().any(|told| printed == format!("connecting: {}\n", told.with("None")));
        assert!(is_told, "{printed}{errors}");
        assert!(!errors.contains("wasmysql") && !errors.contains("_limited"), "it tells the account: {errors}");
    }
}

/// A connection of this account, which the host's own would be one too many beside. It is not one of the host's: MariaDB does not count
/// those that were reset.
async fn held(server: &PrivateServer, user: &str, password: &str) -> Conn {
    let options = OptsBuilder::default().prefer_socket(false).tcp_port(server.port());
    Conn::new(options.user(Some(user)).pass(Some(password))).await.unwrap()
}
