//! Databases that are not the guest's, and statements that its grant does not have.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Root, Trial, guest};

use super::writer;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g11_a_database_that_was_not_granted_is_denied_like_one_that_is_not_there_and_nobody_connects() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let mut root = Root::connect(&trial.server.socket()).await;
        let before = root.status("Connections").await;
        let address = format!("127.0.0.1:{}", trial.server.port());
        let names = [trial.schema.name(), trial.server.user(), "mysql", "information_schema", &address];
        let guest = writer(&database, programs::FAULT_ASKS_FOR_OTHER_DATABASES).api(api).args(names);
        let told = guest.run().await.success();
        assert_eq!(told, "this guest has no database of that name; the host decides which it has\n", "{api:?}");
        assert_eq!(root.status("Connections").await, before, "{api:?}");
        drop(root);
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g10_what_a_function_writes_is_refused_where_the_grant_is_for_reading() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    let writes = "BEGIN INSERT INTO done VALUES ('by a function'); RETURN 1; END";
    trial.schema.run(&format!("CREATE FUNCTION writes() RETURNS INT MODIFIES SQL DATA {writes}")).await;
    let database = trial.database_of(1);
    // The last is the first again, in a session that others have had.
    for (statements, written) in [(Statements::Read, 0), (Statements::Dml, 1), (Statements::Read, 1)] {
        let caller = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(statements));
        let told = caller.args(["SELECT writes()"]).run().await.success();
        assert_eq!(told.contains("(1792, 25006)"), statements == Statements::Read, "{statements}: {told}");
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM done").await, written, "{statements}: {told}");
    }
    trial.is_over(database).await;
}
