//! Databases that are not the guest's.

use wasmysql_tests::{Face, Root, Trial};

use super::writer;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g11_a_database_that_was_not_granted_is_denied_like_one_that_is_not_there_and_nobody_connects() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for face in Face::BOTH {
        let mut root = Root::connect(&trial.server.socket()).await;
        let before = root.status("Connections").await;
        let address = format!("127.0.0.1:{}", trial.server.port());
        let names = [trial.schema.name(), trial.server.user(), "mysql", "information_schema", &address];
        let guest = writer(&database, programs::FAULT_ASKS_FOR_OTHER_DATABASES).face(face).args(names);
        let told = guest.run().await.success();
        assert_eq!(told, "this guest has no database of that name; the host decides which it has\n", "{face:?}");
        assert_eq!(root.status("Connections").await, before, "{face:?}");
        drop(root);
    }
    trial.is_over(database).await;
}
