//! Guests with long statements and long transactions.

use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, Logs, PATIENCE, Root, Trial, guest, until};

use super::{row_is_free_and_as_it_was, trial_of_a_row};
use crate::{programs, server};

/// Statements that run far longer than the test, each with a word of its text.
const ENDLESS: [(&str, &str); 4] = [
    ("DO SLEEP(1000000)", "SLEEP"),
    ("DO BENCHMARK(1000000000000, SHA2(1, 256))", "BENCHMARK"),
    ("DO GET_LOCK(CONCAT(DATABASE(), '_gate'), 1000000)", "GET_LOCK"),
    (server::ENDLESS, "WITH RECURSIVE"),
];

#[tokio::test(flavor = "multi_thread")]
async fn g19_endless_statement_is_killed_at_its_deadline() {
    let mut trial = Trial::new().await;
    let gate = trial.schema.gate().await;
    let database = trial.database_of(2);
    let grant = Grant::new(Statements::Dml).statement_timeout(Duration::from_millis(500));
    for (sql, word) in ENDLESS {
        let running = Api::BOTH.map(|api| {
            let guest = guest(programs::RUNS_EACH_STATEMENT).api(api).database("main", &database, grant.clone());
            guest.args([sql, "DO 1"]).start()
        });
        trial.schema.running(word, 2, PATIENCE).await;
        for guest in running {
            let output = guest.ended().await.success();
            let kinds: Vec<_> = output.lines().filter_map(|line| line.split_once(": ")).map(|(kind, _)| kind).collect();
            assert_eq!(kinds, ["Timeout(Execute)", "ResourceClosed"], "{sql}: {output}");
        }
        trial.schema.running(word, 0, Duration::from_secs(1)).await;
    }
    gate.open().await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g18_idle_transaction_of_a_waiting_guest_is_rolled_back() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(Duration::from_millis(500));
        let holder = guest(programs::FAULT_HOLDS_A_TRANSACTION).api(api).database("main", &database, grant);
        let running = holder.args([gate.name()]).start();
        running.printed("locked").await;
        gate.awaited_by(1).await;
        until("the slot is free", Duration::from_secs(2), async || database.status().in_use == 1).await;
        row_is_free_and_as_it_was(&mut trial, &database).await;
        gate.open().await;
        let aborted = "TransactionAborted(Idle), TransactionState::RolledBack\n";
        assert_eq!(running.ended().await.success(), format!("locked\n{aborted}{aborted}"), "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g18_transaction_past_its_timeout_is_rolled_back() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let grant = Grant::new(Statements::Dml).transaction_timeout(Duration::from_millis(500));
        let program = guest(programs::FAULT_IS_BUSY_IN_A_TRANSACTION).api(api).database("main", &database, grant);
        let printed = program.run().await.success();
        let (statements, errors) = printed.split_once(" statements\n").unwrap();
        assert!(statements.parse::<u32>().is_ok_and(|count| (1..=25).contains(&count)), "{api:?}: {printed}");
        let (statement, commit) = errors.split_once('\n').unwrap();
        // The timeout fails the statement that is running at that time, or else the next statement.
        let aborted = "TransactionAborted(Timeout), TransactionState::RolledBack";
        assert!([aborted, "Timeout(Execute), TransactionState::RolledBack"].contains(&statement), "{api:?}: {printed}");
        assert_eq!(commit.trim_end(), aborted, "{api:?}");
        row_is_free_and_as_it_was(&mut trial, &database).await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g18_transaction_within_its_timeouts_is_kept() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let grant = Grant::new(Statements::Dml)
            .idle_transaction_timeout(Duration::from_secs(20))
            .transaction_timeout(Duration::from_secs(20));
        let holder = guest(programs::FAULT_HOLDS_A_TRANSACTION).api(api).database("main", &database, grant);
        let running = holder.args([gate.name()]).start();
        running.printed("locked").await;
        gate.awaited_by(1).await;
        gate.open().await;
        assert_eq!(running.ended().await.success(), "locked\ndone\ndone\n", "{api:?}");
        assert_eq!(trial.schema.value::<i32>("SELECT value FROM locked").await, 1, "{api:?}");
        trial.schema.run("UPDATE locked SET value = 0").await;
    }
    trial.is_over(database).await;
}

/// The abandoned statement, which computes for 30 seconds.
const COMPUTES: &str = "SELECT BENCHMARK(100000000, SHA2(1, 256))";
/// The connections that the guests may hold, of a pool of ten.
const GRANTED: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn g29_abandoned_statements_count_until_they_end() {
    let logs = Logs::listen();
    let mut trial = Trial::new().await;
    // The limit is the size of the pool plus one connection for KILL.
    let user = trial.server.user().to_owned();
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 WITH MAX_USER_CONNECTIONS 11")).await;
    let database = Database::new(trial.options().guest_share(40)).unwrap();
    let clock = DatabaseOptions::socket(trial.server.socket()).user("root").name("clock");
    let clock = Database::new(clock).unwrap();
    for api in Api::BOTH {
        let abandons = tokio::spawn({
            let (database, clock) = (database.clone(), clock.clone());
            async move {
                match api {
                    Api::Asynchronous => abandons_in_a_loop(&database, &clock).await,
                    Api::Blocking => are_dropped_in_a_loop(&database).await,
                }
            }
        });
        let mut root = Root::connect(&trial.server.socket()).await;
        let count = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT BENCHMARK%'";
        let mut most = 0;
        let mut others = 0;
        while !abandons.is_finished() {
            for _ in 0..10 {
                most = most.max(root.value::<usize>(count).await);
            }
            let other = guest(programs::RUNS_EACH_STATEMENT).guest_name("other").api(api);
            let other = other.database("main", &database, Grant::default()).args(["DO 1"]);
            assert_eq!(other.run().await.success(), "done, 0 rows\n", "{api:?}");
            others += 1;
        }
        abandons.await.unwrap();
        assert!(
            (1..=GRANTED).contains(&most) && others > 0,
            "{api:?}: {most} abandoned statements at once, {others} runs of other guests"
        );
    }
    assert_eq!(logs.lines(&["could not be killed"]), [] as [String; 0]);
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 WITH MAX_USER_CONNECTIONS 0")).await;
    for ended in [clock, database] {
        ended.shutdown(PATIENCE).await;
    }
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

/// Runs one guest that drops its calls.
async fn abandons_in_a_loop(database: &Database, clock: &Database) {
    let grant = Grant::new(Statements::Read).max_connections(GRANTED);
    let guest = guest(programs::FAULT_ABANDONS_IN_A_LOOP).database("main", database, grant);
    let guest = guest.database("clock", clock, Grant::default()).args(["25", "40"]);
    assert_eq!(guest.run().await.success(), "abandoned\n");
}

/// Runs guests of one name. Each guest is dropped during its call.
async fn are_dropped_in_a_loop(database: &Database) {
    for _ in 0..40 {
        let guests: Vec<_> = (0..25)
            .map(|_| {
                let guest = guest(programs::RUNS_EACH_STATEMENT).api(Api::Blocking);
                guest.database("main", database, Grant::new(Statements::Read)).args([COMPUTES]).start()
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        for guest in guests {
            guest.abandon().await;
        }
    }
}
