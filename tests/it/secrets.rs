//! No error tells a guest where its database is, or how to log in.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, Tls};
use wasmysql_tests::{PATIENCE, Schema, guest, start_server};

use crate::programs;

const PASSWORD: &str = "a-secret-of-the-host";
const STATEMENTS: [&str; 8] = [
    "SELECT * FROM mysql.user",
    "SELECT * FROM other.t",
    "CREATE USER intruder",
    "SHOW GRANTS FOR 'root'@'localhost'",
    "SELECT * FROM nowhere",
    "SELECT LOAD_FILE('/etc/passwd') FROM nowhere",
    "SET PASSWORD = ''",
    "SELEC 1",
];

#[tokio::test(flavor = "multi_thread")]
async fn errors_hold_neither_passwords_nor_addresses() {
    let server = start_server(&[]);
    let schema = Schema::on(&server).await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let at = |port| DatabaseOptions::tcp("127.0.0.1", port).user("app").password(PASSWORD);
    let mut secrets = vec![PASSWORD.to_owned(), server.password().to_owned(), "127.0.0.1".to_owned()];
    secrets.extend(["localhost".to_owned(), "'@'".to_owned(), "/run/secret".to_owned()]);
    secrets.extend([server.port(), silent_port, 1].map(|port| format!(":{port}")));

    let mut told = Vec::new();
    for options in [
        schema.options(),
        schema.options().password(PASSWORD),
        schema.options().schema("no_such_schema"),
        schema.options().tls(Tls::Required { ca: None }),
        at(server.port()),
        at(1),
        at(silent_port).connect_timeout(Duration::from_millis(100)),
        DatabaseOptions::socket(Path::new("/run/secret/mysql.sock")).user("app").password(PASSWORD),
    ] {
        let database = Database::new(options).unwrap();
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(Statements::Any));
        told.push(guest.args(STATEMENTS).run().await.success());
    }
    told.push(of_a_server_that_dies(schema, server).await);

    let lines: Vec<_> = told.iter().flat_map(|told| told.lines()).collect();
    assert_eq!(lines.len(), STATEMENTS.len() + 7 + 2, "{lines:#?}");
    for line in lines {
        assert!(line.contains(": "), "not an error: {line}");
        for secret in &secrets {
            assert!(!line.contains(secret.as_str()), "'{secret}' is told: {line}");
        }
    }
}

/// A statement on a connection that breaks, and one on the connection that broke.
async fn of_a_server_that_dies(mut schema: Schema, mut server: wasmysql_mariadb::PrivateServer) -> String {
    let running = schema.guest(programs::RUNS_EACH_STATEMENT).args(["DO SLEEP(30)", "DO 1"]).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    server.kill();
    let told = running.ended().await.success();
    assert!(told.starts_with("ConnectionLost: "), "{told}");
    told
}
