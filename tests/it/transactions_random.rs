//! Runs random scripts of transaction calls. The host's answers and the server's rows match the
//! model.

use std::cell::Cell;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, End, PATIENCE, Schema, guest, start_server, until};

use crate::programs;
use crate::transaction_model::{Call, Model};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Each number selects a call, and the index selects its transaction.
fn choices() -> impl Strategy<Value = Vec<(u32, Index)>> {
    vec((0..100_u32, any::<Index>()), 1..24)
}

/// Returns a call that is possible in the model's current state.
fn call(model: &Model, number: u32, (choice, index): &(u32, Index)) -> Call {
    let held: Vec<usize> = (0..model.begun()).filter(|&tx| model.holds(tx)).collect();
    let tx = (!held.is_empty()).then(|| held[index.index(held.len())]);
    match (choice, tx) {
        (..18, _) => Call::Insert(number),
        (..26, _) => Call::Look,
        (..29, _) => Call::Fail,
        (..31, _) => Call::Ddl,
        (..33, _) => Call::FailingDdl,
        (..45, _) => Call::Begin,
        (..58, _) => Call::Nested,
        (..63, _) | (_, None) => Call::Twophase,
        (..73, Some(tx)) => Call::Commit(tx),
        (..84, Some(tx)) => Call::Rollback(tx),
        (..90, Some(tx)) => Call::Close(tx),
        (..95, Some(tx)) => Call::Prepare(tx),
        (_, Some(tx)) => Call::Drop(tx),
    }
}

/// Runs a script on a table of its own. Compares each answer, and finally the rows, with the model.
async fn check(
    schema: &Mutex<Schema>,
    database: &Database,
    table: &str,
    api: Api,
    choices: &[(u32, Index)],
) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    let mut calls = vec![table.to_owned()];
    let mut expected = String::new();
    for (number, choice) in (1..).zip(choices) {
        let call = call(&model, number, choice);
        expected.push_str(&model.apply(call));
        expected.push('\n');
        calls.push(call.to_string());
    }
    expected.push_str("close: ok\n");

    let mut schema = schema.lock().await;
    schema.run(&format!("CREATE TABLE {table} (id INT PRIMARY KEY)")).await;
    let program = |calls: Vec<String>| {
        let guest = guest(programs::FOLLOWS_A_SCRIPT).database("main", database, Grant::new(Statements::Ddl));
        guest.api(api).args(calls).run()
    };
    let outcome = program(calls).await;
    proptest::prop_assert_eq!(&outcome.end, &End::Success, "{:?}: {}{}", api, outcome.stdout, outcome.stderr);
    proptest::prop_assert_eq!(&outcome.stdout, &expected, "{:?}", api);

    if model.left_prepared() {
        // The server releases the prepared transaction once it has noticed that the connection is
        // closed.
        until("the prepared transaction is rolled back", PATIENCE, async || {
            program(vec![table.to_owned(), "recover".to_owned()]).await.stdout.starts_with("recover: 1")
        })
        .await;
    }
    let rows: Option<String> = schema.value(&format!("SELECT GROUP_CONCAT(id ORDER BY id) FROM {table}")).await;
    proptest::prop_assert_eq!(rows.unwrap_or_default(), model.committed(), "{:?}: {}", api, expected);
    Ok(())
}

/// Runs 256 scripts, or the number that `PROPTEST_CASES` sets.
#[test]
fn random_transaction_scripts_match_the_model() {
    let server = start_server(&[]);
    let schema = RUNTIME.block_on(Schema::on(&server));
    let (database, schema) = (schema.database_of(2), Mutex::new(schema));
    let count = Cell::new(0);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let checked = runner.run(&choices(), |choices| {
        count.set(count.get() + 1);
        let api = Api::BOTH[count.get() % 2];
        RUNTIME.block_on(check(&schema, &database, &format!("t{}", count.get()), api, &choices))
    });
    checked.unwrap_or_else(|failed| panic!("{failed}"));
}
