//! Errors and warnings reveal neither the location of a database nor its credentials.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, Tls};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, start_server};

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
async fn errors_contain_no_passwords_or_addresses() {
    let server = start_server(&[]);
    let schema = Schema::on(&server).await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let at = |port| DatabaseOptions::tcp("127.0.0.1", port).user("app").password(PASSWORD);
    let mut secrets = vec![PASSWORD.to_owned(), server.password().to_owned(), "127.0.0.1".to_owned()];
    secrets.extend(["localhost".to_owned(), "'@'".to_owned(), "/run/secret".to_owned()]);
    secrets.extend([server.port(), silent_port, 1].map(|port| format!(":{port}")));

    let mut outputs = Vec::new();
    for options in [
        schema.options(),
        schema.options().password(PASSWORD),
        schema.options().schema("no_such_schema"),
        schema.options().tls(Tls::verify_identity()),
        at(server.port()),
        at(1),
        at(silent_port).connect_timeout(Duration::from_millis(100)),
        DatabaseOptions::socket(Path::new("/run/secret/mysql.sock")).user("app").password(PASSWORD),
    ] {
        let database = Database::new(options).unwrap();
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::new(Statements::Any));
        outputs.push(guest.args(STATEMENTS).run().await.success());
    }
    outputs.push(output_at_killed_server(schema, server).await);

    let lines: Vec<_> = outputs.iter().flat_map(|output| output.lines()).collect();
    assert_eq!(lines.len(), STATEMENTS.len() + 7 + 2, "{lines:#?}");
    for line in lines {
        assert!(line.contains(": "), "not an error: {line}");
        for secret in &secrets {
            assert!(!line.contains(secret.as_str()), "'{secret}' is revealed: {line}");
        }
    }
}

/// Statements for an account whose privileges make the server name files and accounts.
const PROVOCATIONS: [&str; 24] = [
    "SELECT * FROM mysql.user",
    "UPDATE mysql.user SET user = 'x'",
    "SELECT * FROM of_nobody",
    "CALL of_nobody()",
    "SHOW GRANTS FOR 'root'@'localhost'",
    "GRANT ALL ON *.* TO nobody",
    "CREATE USER nobody",
    "ALTER USER CURRENT_USER() ACCOUNT LOCK",
    "CREATE DEFINER = 'root'@'localhost' VIEW v AS SELECT 1",
    "KILL 1",
    "SELECT 1 INTO OUTFILE 'made'",
    "SELECT 1 INTO OUTFILE 'made'",
    "LOAD DATA INFILE 'nowhere' INTO TABLE t",
    "CREATE TABLE m (a INT, KEY (a)) ENGINE = MyISAM INDEX DIRECTORY '/nowhere'",
    "INSTALL SONAME 'nothing'",
    "CREATE TABLE i (a INT) ENGINE = InnoDB",
    "ALTER TABLE i DISCARD TABLESPACE",
    "SELECT * FROM i",
    "ALTER TABLE i IMPORT TABLESPACE",
    "DROP TABLE i",
    "DROP DATABASE mysql",
    "FLUSH LOGS",
    "SHOW MASTER STATUS",
    "CHANGE MASTER TO MASTER_HOST = 'x'",
];

#[tokio::test(flavor = "multi_thread")]
async fn server_messages_reveal_no_accounts_hosts_or_paths() {
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    let account = "zacharias@127.0.0.1";
    for sql in [
        &*format!("CREATE USER {account} IDENTIFIED BY '{PASSWORD}'"),
        &format!("GRANT ALL ON {}.* TO {account}", schema.name()),
        &format!("GRANT FILE ON *.* TO {account}"),
        &format!("GRANT INSERT ON mysql.plugin TO {account}"),
        "CREATE TABLE t (a VARCHAR(40) PRIMARY KEY)",
        "INSERT INTO t VALUES ('/home/ada'), ('ada@example.org')",
        "CREATE DEFINER = 'otto'@'10.9.8.7' VIEW of_nobody AS SELECT 1",
        "CREATE DEFINER = 'otto'@'10.9.8.7' PROCEDURE of_nobody() SELECT 1",
        "CREATE PROCEDURE says() SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it is ''ada''@''home'' in /home/ada'",
    ] {
        schema.run(sql).await;
    }
    let mut secrets = ["zacharias", "127.0.0.1", "otto", "10.9.8.7", "localhost", PASSWORD].map(str::to_owned).to_vec();
    for variable in ["@@datadir", "@@tmpdir", "@@plugin_dir", "@@socket", "@@port"] {
        secrets.push(schema.value(&format!("SELECT CAST({variable} AS CHAR)")).await);
    }
    let database = Database::new(schema.options().user("zacharias").password(PASSWORD)).unwrap();
    for api in Api::BOTH {
        let guest = guest(programs::PRINTS_WARNINGS).api(api);
        let printed =
            guest.database("main", &database, Grant::new(Statements::Any)).args(PROVOCATIONS).run().await.success();
        for line in printed.lines() {
            for secret in &secrets {
                assert!(!line.contains(secret.as_str()), "'{secret}' is revealed: {line}");
            }
        }
        // Each error is also a warning.
        for code in [1044, 1045, 1142, 1227, 1449] {
            assert!(printed.matches(&format!("{code}: ")).count() >= 2, "{code} was not provoked: {printed}");
        }
        assert!(printed.matches("(left out)").count() >= 10, "{printed}");
    }

    let own = ["INSERT INTO t VALUES ('/home/ada')", "INSERT INTO t VALUES ('ada@example.org')", "CALL says()"];
    let guest = guest(programs::PRINTS_WARNINGS).database("main", &database, Grant::new(Statements::Dml));
    let printed = guest.args(own).run().await.success();
    for words in ["'/home/ada'", "'ada@example.org'", "it is 'ada'@'home' in /home/ada"] {
        assert_eq!(printed.matches(words).count(), 2, "{words}: {printed}");
    }
}

/// Returns the output of a statement whose server is killed, and of the next statement on the same
/// connection.
async fn output_at_killed_server(mut schema: Schema, mut server: wasmysql_private_server::PrivateServer) -> String {
    let running = schema.guest(programs::RUNS_EACH_STATEMENT).args(["DO SLEEP(30)", "DO 1"]).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    server.kill();
    let printed = running.ended().await.success();
    assert!(printed.starts_with("ConnectionLost: "), "{printed}");
    printed
}
