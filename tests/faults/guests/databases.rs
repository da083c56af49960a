//! Databases that were not granted to the guest, and statements that its grant does not allow.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Root, Trial, guest};

use super::writer;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g11_ungranted_database_is_denied_without_connecting() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let mut root = Root::connect(&trial.server.socket()).await;
        let before = root.status("Connections").await;
        let address = format!("127.0.0.1:{}", trial.server.port());
        let names = [trial.schema.name(), trial.server.user(), "mysql", "information_schema", &address];
        let guest = writer(&database, programs::FAULT_REQUESTS_OTHER_DATABASES).api(api).args(names);
        let output = guest.run().await.success();
        assert_eq!(output, "this guest has no database named NAME; the host grants databases to guests\n", "{api:?}");
        assert_eq!(root.status("Connections").await, before, "{api:?}");
        drop(root);
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g10_writing_function_is_refused_to_read_grants() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    let writes = "BEGIN INSERT INTO done VALUES ('by a function'); RETURN 1; END";
    trial.schema.run(&format!("CREATE FUNCTION writes() RETURNS INT MODIFIES SQL DATA {writes}")).await;
    let database = trial.database_of(1);
    // The last case repeats the first case, in a session that another guest has used.
    for (statements, written) in [(Statements::Read, 0), (Statements::Dml, 1), (Statements::Read, 1)] {
        let caller = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(statements));
        let output = caller.args(["SELECT writes()"]).run().await.success();
        assert_eq!(output.contains("(1792, 25006)"), statements == Statements::Read, "{statements}: {output}");
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM done").await, written, "{statements}: {output}");
    }
    trial.is_over(database).await;
}
