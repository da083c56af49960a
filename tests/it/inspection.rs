//! `Database::inspect` releases its connection, also when the inspection fails.

use std::time::{Duration, Instant};

use wasmysql_host::{Config, Database, DatabaseOptions, Encryption, Inspection, Statements};
use wasmysql_tests::{FLAVOR, PATIENCE, Schema, start_server, until};

#[tokio::test(flavor = "multi_thread")]
async fn pool_of_one_can_be_inspected_repeatedly() {
    let mut schema = Schema::new().await;
    let database = schema.database_of(1);
    for _ in 0..5 {
        let inspection = database.inspect().await.unwrap();
        assert_eq!((inspection.server_flavour, &inspection.encryption), (FLAVOR.name(), &Encryption::Local));
        assert_eq!(inspection.schema.as_deref(), Some(schema.name()));
        assert_eq!(inspection.lacking(Statements::Ddl), [] as [&str; 0]);
        // The test account has all privileges on its schema.
        assert!(inspection.excess(Statements::Read).iter().any(|line| line.names == ["ALL PRIVILEGES"]));
        assert!(inspection.excess(Statements::Any).is_empty());
    }
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    assert_eq!(schema.sessions().await, 1);
    database.close();
    let error = database.inspect().await.unwrap_err();
    assert_eq!(error.to_string(), "the database was closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn inspection_of_hanging_server_times_out() {
    let server = start_server(&[]);
    let database = Database::new(DatabaseOptions::from_url(&server.url()).unwrap()).unwrap();
    database.inspect().await.unwrap();
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    server.pause();
    let start = Instant::now();
    let error = database.inspect().await.unwrap_err().to_string();
    server.resume();
    assert!(start.elapsed() < Duration::from_secs(15), "inspect took {:?}", start.elapsed());
    assert!(error.contains("did not answer") && !error.contains(server.password()), "{error}");
    until("no connection is in use", PATIENCE, async || database.status().in_use == 0).await;
    database.inspect().await.unwrap();
}

/// Returns the privileges that exceed these grants, as REVOKE would write them.
fn excess(inspection: &Inspection, statements: Statements) -> Vec<String> {
    let mut excess: Vec<String> = inspection
        .excess(statements)
        .iter()
        .map(|line| format!("{} ON {} FROM {}", line.names.join(", "), line.scope, line.holders.join(", ")))
        .collect();
    excess.sort();
    excess
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: SHOW GRANTS hides the roles that hold privileges")]
async fn privileges_of_roles_are_attributed_to_roles() {
    let server = start_server(&["--partial-revokes=ON"]);
    let mut schema = Schema::on(&server).await;
    let name = schema.name().to_owned();
    for sql in [
        "CREATE USER app IDENTIFIED BY 'secret'",
        "CREATE ROLE writer, `files@home`@`10.%`, coordinator, unused",
        &format!("GRANT SELECT ON {name}.* TO app"),
        &format!("GRANT SELECT, INSERT ON {name}.* TO writer"),
        "GRANT FILE ON *.* TO `files@home`@`10.%`",
        "GRANT XA_RECOVER_ADMIN, ROLE_ADMIN ON *.* TO coordinator",
        "GRANT PROCESS ON *.* TO unused",
        "GRANT `files@home`@`10.%` TO writer",
        "GRANT writer, coordinator, unused TO app",
        "SET DEFAULT ROLE writer, coordinator TO app",
    ] {
        schema.run(sql).await;
    }
    let url = format!("mysql://app:secret@127.0.0.1:{}/{name}", server.port());
    let inspect = async || Database::new(DatabaseOptions::from_url(&url).unwrap()).unwrap().inspect().await.unwrap();

    let inspection = inspect().await;
    assert_eq!(inspection.account, "'app'@'%'");
    assert_eq!(inspection.lacking(Statements::Dml), ["UPDATE", "DELETE"]);
    let files = "FILE ON *.* FROM 'writer'@'%', 'files@home'@'10.%'";
    assert_eq!(excess(&inspection, Statements::Dml), [files, "ROLE_ADMIN ON *.* FROM 'coordinator'@'%'"]);
    let insert = format!("INSERT ON `{name}`.* FROM 'writer'@'%', 'files@home'@'10.%'");
    let roles = "ROLE_ADMIN, XA_RECOVER_ADMIN ON *.* FROM 'coordinator'@'%'";
    assert_eq!(excess(&inspection, Statements::Read), [files, &insert, roles]);

    for line in excess(&inspection, Statements::Read) {
        schema.run(&format!("REVOKE IF EXISTS {line}")).await;
    }
    let inspection = inspect().await;
    assert_eq!(excess(&inspection, Statements::Read), [] as [&str; 0]);
    assert_eq!(inspection.lacking(Statements::Read), [] as [&str; 0]);

    schema.run("GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO app").await;
    schema.run(&format!("REVOKE UPDATE ON {name}.* FROM app")).await;
    let inspection = inspect().await;
    assert_eq!(inspection.partial_revokes[0].names, ["UPDATE"]);
    assert_eq!(inspection.lacking(Statements::Dml), ["UPDATE"]);
}

#[test]
fn configuration_lists_databases_and_grants() {
    let config = Config::from_toml(
        "[database.b]\nurl = 'mysql://u:hidden@localhost/b'\n[database.a]\nurl = 'mysql://v@[::1]:7/a'\n\
         [[grant]]\nguest = 'report'\ndatabase = 'b'\nstatements = 'read'\n[[grant]]\nguest = '*'\ndatabase = 'a'\n",
    )
    .unwrap();
    let databases: Vec<(&str, String)> = config.databases().map(|(name, opened)| (name, opened.location())).collect();
    assert_eq!(databases, [("a", "v@[::1]:7/a".to_owned()), ("b", "u@localhost:3306/b".to_owned())]);
    let grants: Vec<_> = config.grants().map(|entry| (entry.guest, entry.database, entry.grant.statements())).collect();
    assert_eq!(grants, [("report", "b", Statements::Read), ("*", "a", Statements::Dml)]);
}
