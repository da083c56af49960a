//! Engines, connections, results and transactions behave as in aiomysql.sa, in both APIs, without
//! the defects of aiomysql.sa.

mod connections;
mod table;

use std::collections::{HashMap, HashSet};

use futures::future::join_all;
use wasmysql_host::{Database, Grant, Statements, WasmysqlCtx};
use wasmysql_tests::{Api, End, Guest, PATIENCE, Schema, guest, start_server, until};

use crate::programs;
use table::{DEFECTS, ELSEWHERE, Evidence};

/// The programs that check the rules, with the APIs they run in. Each prints the rules that hold.
const PROGRAMS: [(&str, &[Api]); 8] = [
    (programs::AIOMYSQL_ENGINE, &Api::BOTH),
    (programs::AIOMYSQL_CONNECTION, &Api::BOTH),
    (programs::AIOMYSQL_RESULTS, &Api::BOTH),
    (programs::AIOMYSQL_TRANSACTIONS, &Api::BOTH),
    (programs::AIOMYSQL_SAVEPOINTS, &Api::BOTH),
    (programs::AIOMYSQL_TWOPHASE, &Api::BOTH),
    (programs::AIOMYSQL_RECOVERY, &Api::BOTH),
    (programs::AIOMYSQL_WAITERS, &[Api::Asynchronous]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_holds_in_both_apis() {
    let (mut checked, mut broken) = (HashMap::new(), String::new());
    for (program, apis) in PROGRAMS {
        let mut printed = HashSet::new();
        for run in join_all(apis.iter().map(|api| rules(program, *api))).await {
            match run {
                Ok(rules) => drop(printed.insert(rules)),
                Err(failure) => broken += &failure,
            }
        }
        assert!(printed.len() <= 1, "the APIs differ: {printed:#?}");
        checked.insert(program, printed.into_iter().collect::<String>());
    }
    assert!(broken.is_empty(), "{broken}");
    for (number, defect, evidence) in DEFECTS {
        for evidence in *evidence {
            if let Evidence::Rule(program, rule) = evidence {
                let is_checked = checked.get(program).is_some_and(|rules| rules.lines().any(|line| line == *rule));
                assert!(is_checked, "defect {number}, {defect}: {program} does not check the rule '{rule}'");
            }
        }
    }
}

/// Runs a program, and returns the rules that it printed, or its output if it failed.
async fn rules(program: &'static str, api: Api) -> Result<String, String> {
    let schema = Schema::new().await;
    let pools = Pools::of(&schema);
    let outcome = pools.guest(schema.name(), program).api(api).run().await;
    if outcome.end != End::Success {
        return Err(format!("{program} in {api:?}\n{}{}\n", outcome.stdout, outcome.stderr));
    }
    let pools = [pools.main, pools.one, pools.changed];
    until("all connections are released", PATIENCE, async || pools.iter().all(|pool| pool.status().in_use == 0)).await;
    Ok(outcome.stdout)
}

#[test]
fn table_lists_every_defect_once_with_existing_tests() {
    assert!(DEFECTS.iter().map(|(number, ..)| *number).eq(1..=21));
    let named =
        DEFECTS.iter().flat_map(|(_, defect, evidence)| evidence.iter().map(move |evidence| (*defect, evidence)));
    let elsewhere = ELSEWHERE.iter().map(|(rule, evidence)| (*rule, evidence));
    for (subject, evidence) in named.chain(elsewhere) {
        match evidence {
            Evidence::Test(file, name) => {
                assert!(file.contains(&format!("fn {name}(")), "{subject}: test {name} does not exist");
            }
            Evidence::Rule(_, text) | Evidence::NotApplicable(text) => assert!(!text.is_empty(), "{subject}"),
        }
    }
    assert!(DEFECTS.iter().all(|(.., evidence)| !evidence.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_commit_is_rolled_back() {
    // The test makes the server read-only, so it cannot use the shared one.
    let server = start_server(&[]);
    for api in Api::BOTH {
        let mut schema = Schema::on(&server).await;
        schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
        let mut gate = schema.gate().await;
        let pools = Pools::of(&schema);
        let guest = pools.guest(schema.name(), programs::AIOMYSQL_REFUSED_COMMIT);
        let running = guest.api(api).args([gate.name()]).start();
        gate.awaited_by(1).await;
        schema.run("SET GLOBAL read_only = 1").await;
        gate.open().await;
        running.printed("refused").await;
        schema.run("SET GLOBAL read_only = 0").await;
        running.ended().await.success();
        assert_eq!(
            schema.value::<String>("SELECT GROUP_CONCAT(id) FROM t").await,
            "4",
            "only the prepared transaction is committed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_cannot_see_or_end_prepared_work_of_another() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
        let pools = Pools::of(&schema);
        let (own, other) = (schema.name().to_owned(), format!("{}'s neighbour", schema.name()));
        for (name, role) in [(&own, "prepares"), (&other, "another guest"), (&own, "commits")] {
            pools.guest(name, programs::AIOMYSQL_GUESTS).api(api).args([role]).run().await.success();
            // The slot of a closed connection is occupied until the server has ended the session,
            // and only then the prepared transaction is detached from it.
            until("no connection is in use", PATIENCE, async || pools.main.status().in_use == 0).await;
        }
        assert_eq!(schema.value::<String>("SELECT GROUP_CONCAT(id) FROM t").await, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phase_deadlock_rolls_back_one_transaction() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE two (id INT PRIMARY KEY, n INT)").await;
        schema.run("INSERT INTO two VALUES (1, 0), (2, 0)").await;
        let mut gate = schema.gate().await;
        let pools = Pools::of(&schema);
        let start = |first, second| {
            let guest = pools.guest(schema.name(), programs::AIOMYSQL_TWOPHASE_DEADLOCK).api(api);
            guest.args([gate.name(), first, second]).start()
        };
        let (one, other) = (start("1", "2"), start("2", "1"));
        gate.awaited_by(2).await;
        gate.open().await;
        let mut ends = [one.ended().await.success(), other.ended().await.success()];
        ends.sort();
        assert_eq!(ends, ["committed\n", "victim\n"]);
        assert_eq!(schema.value::<u32>("SELECT SUM(n) FROM two").await, 2 + 1);
    }
}

/// The pools of one schema.
struct Pools {
    main: Database,
    /// A pool of one connection.
    one: Database,
    /// A pool that counts changed rows instead of matched rows.
    changed: Database,
}

impl Pools {
    fn of(schema: &Schema) -> Self {
        let changed = Database::new(schema.options().count_changed_rows(true)).unwrap();
        Self { main: schema.database(), one: schema.database_of(1), changed }
    }

    /// Creates a guest with this name. The name is part of the xids of its prepared transactions,
    /// which are visible on the whole server.
    fn guest(&self, name: &str, program: &'static str) -> Guest {
        let grant = || Grant::new(Statements::Any);
        let context = WasmysqlCtx::builder().guest(name).database("main", &self.main, grant());
        guest(program).context(context.database("one", &self.one, grant()).database("changed", &self.changed, grant()))
    }
}
