//! What a user of aiomysql.sa knows of engines, connections, results and transactions holds here, in both APIs, and none of its
//! defects is left.

mod connections;
mod table;

use std::collections::{HashMap, HashSet};

use futures::future::join_all;
use wasmysql_host::{Database, Grant, Statements, WasmysqlCtx};
use wasmysql_tests::{Api, End, Guest, PATIENCE, Schema, guest, start_server, until};

use crate::programs;
use table::{DEFECTS, ELSEWHERE, Shown};

/// Programs that print each rule that they have checked.
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
async fn the_rules_hold_in_both_faces_and_no_defect_is_left() {
    let (mut checked, mut broken) = (HashMap::new(), String::new());
    for (program, apis) in PROGRAMS {
        let mut printed = HashSet::new();
        for run in join_all(apis.iter().map(|api| rules(program, *api))).await {
            match run {
                Ok(rules) => drop(printed.insert(rules)),
                Err(failure) => broken += &failure,
            }
        }
        assert!(printed.len() <= 1, "the apis differ: {printed:#?}");
        checked.insert(program, printed.into_iter().collect::<String>());
    }
    assert!(broken.is_empty(), "{broken}");
    for (number, defect, shown) in DEFECTS {
        for shown in *shown {
            if let Shown::Rule(program, rule) = shown {
                let is_checked = checked.get(program).is_some_and(|rules| rules.lines().any(|line| line == *rule));
                assert!(is_checked, "defect {number}, {defect}: {program} has no rule '{rule}'");
            }
        }
    }
}

/// Runs a program to its good end, and gives what it printed.
async fn rules(program: &'static str, api: Api) -> Result<String, String> {
    let schema = Schema::new().await;
    let pools = Pools::of(&schema);
    let outcome = pools.guest(schema.name(), program).api(api).run().await;
    if outcome.end != End::Success {
        return Err(format!("{program} in {api:?}\n{}{}\n", outcome.stdout, outcome.stderr));
    }
    let pools = [pools.main, pools.one, pools.changed];
    until("all is given back", PATIENCE, async || pools.iter().all(|pool| pool.status().in_use == 0)).await;
    Ok(outcome.stdout)
}

#[test]
fn the_table_names_every_defect_once_and_only_tests_that_there_are() {
    assert!(DEFECTS.iter().map(|(number, ..)| *number).eq(1..=21));
    let named = DEFECTS.iter().flat_map(|(_, defect, shown)| shown.iter().map(move |shown| (*defect, shown)));
    let elsewhere = ELSEWHERE.iter().map(|(rule, shown)| (*rule, shown));
    for (what, shown) in named.chain(elsewhere) {
        match shown {
            Shown::Test(file, name) => {
                assert!(file.contains(&format!("fn {name}(")), "{what}: there is no test {name}");
            }
            Shown::Rule(_, text) | Shown::NotHere(text) => assert!(!text.is_empty(), "{what}"),
        }
    }
    assert!(DEFECTS.iter().all(|(.., shown)| !shown.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_the_server_refuses_is_rolled_back() {
    // It becomes read-only, so it is this test's alone.
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
        assert_eq!(schema.value::<String>("SELECT GROUP_CONCAT(id) FROM t").await, "4", "what was prepared");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_neither_sees_nor_ends_what_another_prepared() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
        let pools = Pools::of(&schema);
        let (own, other) = (schema.name().to_owned(), format!("{}'s neighbour", schema.name()));
        for (name, role) in [(&own, "leaves"), (&other, "is another"), (&own, "decides")] {
            pools.guest(name, programs::AIOMYSQL_GUESTS).api(api).args([role]).run().await.success();
            // The server lets go of a prepared transaction when its session ends.
            until("its sessions are done", PATIENCE, async || pools.main.status().in_use == 0).await;
            let idle = u32::try_from(pools.main.status().idle).unwrap();
            until("the server knows", PATIENCE, async || schema.sessions().await == idle).await;
        }
        assert_eq!(schema.value::<String>("SELECT GROUP_CONCAT(id) FROM t").await, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_phase_transactions_in_a_deadlock_one_is_rolled_back() {
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
    /// Of one connection.
    one: Database,
    /// Which counts the rows that are changed.
    changed: Database,
}

impl Pools {
    fn of(schema: &Schema) -> Self {
        let changed = Database::new(schema.options().count_changed_rows(true)).unwrap();
        Self { main: schema.database(), one: schema.database_of(1), changed }
    }

    /// A guest of that name: the name is its prepared transactions' too, and they are the whole server's.
    fn guest(&self, name: &str, program: &'static str) -> Guest {
        let grant = || Grant::new(Statements::Any);
        let context = WasmysqlCtx::builder().guest(name).database("main", &self.main, grant());
        guest(program).context(context.database("one", &self.one, grant()).database("changed", &self.changed, grant()))
    }
}
