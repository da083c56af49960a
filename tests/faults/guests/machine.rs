//! Guests that use up the machine's CPU time, stack or memory.

use std::time::{Duration, Instant};

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmysql_host::{Grant, LimitExceeded, Statements, StoreLimit, StoreSettings};
use wasmysql_host::{WasmysqlCtx, WasmysqlCtxView, WasmysqlView};
use wasmysql_tests::{Api, End, Outcome, guest, until};

use super::{row_is_free_and_as_it_was, trial_of_a_row, writer};
use crate::programs;

const CPU_TIME: Duration = Duration::from_millis(500);

fn limits() -> StoreSettings {
    StoreSettings::default().cpu_time(CPU_TIME)
}

#[track_caller]
fn is_trap(outcome: &Outcome, words: &str) {
    let End::Trap(reason) = &outcome.end else { panic!("{outcome:?}") };
    assert!(reason.contains(words), "{reason}");
}

// The test runs on one thread: a guest that never yields would block all other guests.
#[tokio::test]
async fn g3_looping_guest_is_stopped_while_other_guests_run() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let looper = writer(&database, programs::FAULT_NEVER_RETURNS).api(api).args(["loops"]).limited(limits());
        let running = looper.start();
        running.printed("locked").await;
        let start = Instant::now();
        let mut slowest = Duration::ZERO;
        let mut turns = 0;
        while !running.has_ended() {
            let turn = Instant::now();
            let other = writer(&database, programs::RUNS_EACH_STATEMENT).api(api).args(["DO 1"]).limited(limits());
            other.run().await.success();
            slowest = slowest.max(turn.elapsed());
            turns += 1;
        }
        let took = start.elapsed();
        is_trap(&running.ended().await, "the guest exceeded its limit of 500 ms of CPU time");
        // The time includes 500 ms of the looping guest and the turns of the other guests.
        assert!((CPU_TIME / 2..10 * CPU_TIME).contains(&took), "{api:?}: {took:?}");
        assert!(turns >= 3, "{api:?}: {turns} turns of other guests, the slowest took {slowest:?}");
        row_is_free_and_as_it_was(&mut trial, &database).await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_waiting_for_the_server_is_not_cpu_time() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let waiter = writer(&database, programs::FAULT_WAITS_OR_IS_REFUSED).api(api).args(["waits"]).limited(limits());
        let begin = Instant::now();
        waiter.run().await.success();
        assert!(begin.elapsed() > 3 * CPU_TIME, "{api:?}: {:?}", begin.elapsed());
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_work_of_the_host_is_cpu_time() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let refused =
            writer(&database, programs::FAULT_WAITS_OR_IS_REFUSED).api(api).args(["is refused"]).limited(limits());
        let running = refused.start();
        running.printed("begins").await;
        let begin = Instant::now();
        is_trap(&running.ended().await, "the guest exceeded its limit of 500 ms of CPU time");
        assert!(begin.elapsed() < 10 * CPU_TIME, "{api:?}: {:?}", begin.elapsed());
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_looping_guest_is_stopped_outside_its_meter() {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config).unwrap();
    let _ticker = StoreSettings::ticker(&engine);
    let text = "(component (core module $m (func (export \"f\") loop br 0 end)) (core instance $i (instantiate $m)) \
                (func (export \"f\") (canon lift (core func $i \"f\"))))";
    let compiled = Component::new(&engine, wat::parse_str(text).unwrap()).unwrap();
    let mut store = Store::new(&engine, State::default());
    let _unused = limits().apply(&mut store).unwrap();
    let instance = Linker::new(&engine).instantiate_async(&mut store, &compiled).await.unwrap();
    let looping = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let error = looping.call_async(&mut store, ()).await.unwrap_err();
    assert_eq!(
        error.downcast_ref::<LimitExceeded>().map(|exceeded| exceeded.limit),
        Some(StoreLimit::CpuTime),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn g18_idle_transaction_of_a_looping_guest_is_rolled_back() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(Duration::from_millis(300));
        let looper = guest(programs::FAULT_NEVER_RETURNS).api(api).database("main", &database, grant);
        let limits = limits().cpu_time(None);
        let running = looper.args(["loops"]).limited(limits).start();
        running.printed("locked").await;
        until("the slot is free", Duration::from_secs(2), async || database.status().in_use == 0).await;
        row_is_free_and_as_it_was(&mut trial, &database).await;
        assert!(!running.has_ended(), "{api:?}: the guest has ended");
        running.abandon().await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_endless_recursion_is_a_trap() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        for limited in [false, true] {
            let guest = writer(&database, programs::FAULT_NEVER_RETURNS).api(api).args(["recurses"]);
            let guest = if limited { guest.limited(limits()) } else { guest };
            is_trap(&guest.run().await, "call stack exhausted");
            row_is_free_and_as_it_was(&mut trial, &database).await;
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_memory_grows_only_to_its_limit() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let guest = writer(&database, programs::FAULT_GROWS_ITS_MEMORY).api(api).limited(StoreSettings::default());
        assert_eq!(guest.run().await.success(), "65536 KiB\n", "{api:?}");
    }
    trial.is_over(database).await;
}

/// Returns the text of a component with this number of instances of a core module.
fn component(module: &str, instances: usize) -> String {
    format!("(component (core module $m {module}) {})", "(core instance (instantiate $m))".repeat(instances))
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_memories_tables_and_instances_are_limited() {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config).unwrap();
    // Each limit is tested at the limit and one past it, where the error contains these words.
    for (module, instances, words, limit) in [
        ("(memory 1024)", 1, "", None),
        ("(memory 1025)", 1, "memory minimum size of 1025 pages exceeds memory limits", Some(StoreLimit::MemoryBytes)),
        ("(memory 1)", 2, "", None),
        ("(memory 1)", 3, "memory count too high at 3", Some(StoreLimit::Memories)),
        ("(table 20000 funcref)", 1, "", None),
        (
            "(table 20001 funcref)",
            1,
            "table minimum size of 20001 elements exceeds table limits",
            Some(StoreLimit::TableElements),
        ),
        ("(table 1 funcref)", 20, "", None),
        ("(table 1 funcref)", 21, "table count too high at 21", Some(StoreLimit::Tables)),
        ("", 50, "", None),
        ("", 51, "instance count too high at 51", Some(StoreLimit::Instances)),
    ] {
        let compiled = Component::new(&engine, wat::parse_str(component(module, instances)).unwrap()).unwrap();
        let mut store = Store::new(&engine, State::default());
        let meter = StoreSettings::default().apply(&mut store).unwrap();
        let linker = Linker::new(&engine);
        let instance = meter.run(linker.instantiate_async(&mut store, &compiled)).await;
        let found = instance.as_ref().map_or_else(|error| format!("{error:#}"), |_| String::new());
        let matches = if words.is_empty() { found.is_empty() } else { found.contains(words) };
        assert!(matches, "{module}, {instances} instances: '{found}'");
        let exceeded = instance.err().and_then(|error| error.downcast_ref::<LimitExceeded>().copied());
        assert_eq!(exceeded.map(|exceeded| exceeded.limit), limit, "{module}, {instances} instances");
    }
}

#[derive(Default)]
struct State {
    mysql: WasmysqlCtx,
    table: ResourceTable,
}

impl WasmysqlView for State {
    fn wasmysql(&mut self) -> WasmysqlCtxView<'_> {
        WasmysqlCtxView { ctx: &mut self.mysql, table: &mut self.table }
    }
}
