//! Guests that take the machine: its time, its stack, its memory.

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
    let mut limits = StoreSettings::default();
    limits.cpu_time = Some(CPU_TIME);
    limits
}

#[track_caller]
fn is_trap(outcome: &Outcome, words: &str) {
    let End::Trap(reason) = &outcome.end else { panic!("{outcome:?}") };
    assert!(reason.contains(words), "{reason}");
}

// On one thread, which the guest would have for itself if it did not yield.
#[tokio::test]
async fn g3_a_guest_that_loops_is_stopped_at_its_limit_and_others_go_on_meanwhile() {
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
        is_trap(&running.ended().await, "the guest has computed for the 500 ms that it may");
        // Half a second of its own, and the time of the others.
        assert!((CPU_TIME / 2..10 * CPU_TIME).contains(&took), "{api:?}: {took:?}");
        assert!(turns >= 3, "{api:?}: {turns} turns of others, the slowest took {slowest:?}");
        row_is_free_and_as_it_was(&mut trial, &database).await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_waiting_for_the_server_is_not_counted_as_computing() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let waiter = writer(&database, programs::FAULT_USES_ITS_TIME).api(api).args(["waits"]).limited(limits());
        let begin = Instant::now();
        waiter.run().await.success();
        assert!(begin.elapsed() > 3 * CPU_TIME, "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_work_of_the_host_is_counted_as_computing() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let refused = writer(&database, programs::FAULT_USES_ITS_TIME).api(api).args(["is refused"]).limited(limits());
        let running = refused.start();
        running.printed("begins").await;
        let begin = Instant::now();
        is_trap(&running.ended().await, "the guest has computed for the 500 ms that it may");
        assert!(begin.elapsed() < 10 * CPU_TIME, "{api:?}: {:?}", begin.elapsed());
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_a_guest_that_loops_outside_of_its_meter_is_stopped() {
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
async fn g18_a_transaction_is_rolled_back_while_its_guest_loops() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(Duration::from_millis(300));
        let looper = guest(programs::FAULT_NEVER_RETURNS).api(api).database("main", &database, grant);
        let mut limits = limits();
        limits.cpu_time = None;
        let running = looper.args(["loops"]).limited(limits).start();
        running.printed("locked").await;
        until("its place is free", Duration::from_secs(2), async || database.status().in_use == 0).await;
        row_is_free_and_as_it_was(&mut trial, &database).await;
        assert!(!running.has_ended(), "{api:?}");
        running.abandon().await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_a_guest_that_calls_itself_for_ever_is_a_trap() {
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
async fn g5_memory_grows_to_its_limit_and_no_further_and_the_guest_goes_on() {
    let trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let guest = writer(&database, programs::FAULT_GROWS_ITS_MEMORY).api(api).limited(StoreSettings::default());
        assert_eq!(guest.run().await.success(), "65536 KiB\n", "{api:?}");
    }
    trial.is_over(database).await;
}

/// A component with so many instances of a core module.
fn component(module: &str, instances: usize) -> String {
    format!("(component (core module $m {module}) {})", "(core instance (instantiate $m))".repeat(instances))
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_memories_tables_and_instances_are_counted() {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config).unwrap();
    // Each at its limit and one past it, and what is said then.
    for (module, instances, told, limit) in [
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
        let is_told = if told.is_empty() { found.is_empty() } else { found.contains(told) };
        assert!(is_told, "{module}, {instances} instances: '{found}'");
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
