//! Faults of the server: rows S1 to S28.

mod ends;
mod many_rows;
mod refuses;
mod waits;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, Guest, Trial, guest};

use crate::programs;

/// A statement that runs far longer than a test. For an inner join, MySQL would write the pairs of
/// rows to the disk.
pub(crate) const ENDLESS: &str = "WITH RECURSIVE n (seq) AS \
    (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000) \
    SELECT COUNT(*) FROM n AS a LEFT JOIN n AS b ON a.seq <> b.seq LEFT JOIN n AS c ON b.seq <> c.seq \
    LEFT JOIN n AS d ON c.seq <> d.seq";

/// Returns a guest that runs these steps and may change data and tables.
fn steps<'s>(database: &Database, steps: impl IntoIterator<Item = &'s str>) -> Guest {
    steps_within(database, Grant::new(Statements::Ddl), steps)
}

fn steps_within<'s>(database: &Database, grant: Grant, steps: impl IntoIterator<Item = &'s str>) -> Guest {
    guest(programs::FAULT_RUNS_STEPS).database("main", database, grant).args(steps)
}

/// Runs the steps through both APIs. Each case is a step and the result that the program prints
/// after the colon.
#[track_caller]
fn check(trial: &Trial, grant: Grant, cases: &[(&str, &str)]) -> impl Future<Output = Database> {
    check_on(trial.database_of(2), grant, cases)
}

#[track_caller]
fn check_on(database: Database, grant: Grant, cases: &[(&str, &str)]) -> impl Future<Output = Database> {
    let caller = std::panic::Location::caller();
    async move {
        for api in Api::BOTH {
            let guest = steps_within(&database, grant.clone(), cases.iter().map(|(step, _)| *step)).api(api);
            let outcome = guest.run().await;
            let errors = outcome.stderr.clone();
            let printed = outcome.success();
            let results: Vec<_> = printed.lines().filter(|line| *line != "pausing").collect();
            let expected: Vec<_> = cases.iter().map(|(step, result)| format!("{step}: {result}")).collect();
            assert_eq!(results, expected, "{caller}: {api:?}\n{errors}");
        }
        database
    }
}
