//! Databases are compared with their grants, on a real server.

use std::fs;
use std::net::TcpListener;

use tempfile::TempDir;
use wasmysql_mariadb::PrivateServer;
use wasmysql_tests::{Authority, Root, shared_server, start_server};

use crate::{Checked, check, check_with};

const PASSWORD: &str = "5e9ad53c2f";
const DML: &str = "SELECT, INSERT, UPDATE, DELETE ON main.*";

/// An account of this name with these privileges, each a GRANT without its TO.
async fn make_account(server: &PrivateServer, name: &str, options: &str, privileges: &[&str]) {
    let mut root = Root::connect(&server.socket()).await;
    root.run(&format!("CREATE OR REPLACE USER '{name}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}' {options}")).await;
    for privilege in privileges {
        root.run(&format!("GRANT {privilege} TO '{name}'@'127.0.0.1'")).await;
    }
}

fn url(server: &PrivateServer, user: &str, schema: &str) -> String {
    format!("shop=mysql://{user}:{PASSWORD}@127.0.0.1:{}/{schema}", server.port())
}

/// Checks a database as an account that has these privileges, in the schema `main`.
async fn check_account(name: &str, privileges: &[&str], statements: &str) -> Checked {
    let server = shared_server();
    make_account(server, name, "", privileges).await;
    let checked = check(["--database", &url(server, name, "main"), "--grant", &format!("shop={statements}")]);
    let hash: String = Root::connect(&server.socket()).await.value(&format!("SELECT PASSWORD('{PASSWORD}')")).await;
    checked.never_says(&[PASSWORD, &hash, "IDENTIFIED BY PASSWORD"]);
    checked
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_database_is_is_told() {
    let server = shared_server();
    make_account(server, "c_all", "WITH MAX_USER_CONNECTIONS 11", &[DML]).await;
    check(["--database", &url(server, "c_all", "main")]).says(
        0,
        &[
            "database shop: c_all@127.0.0.1:",
            "server MariaDB 1",
            "TLS off; the server is on this machine",
            "account 'c_all'@'127.0.0.1'",
            "schema main",
            "connections pool: 10, and 1 to stop statements; account: 11; server: 500",
            "privileges SELECT, INSERT, UPDATE, DELETE on `main`.*",
            "grants dml to every plugin",
            "check: all is well",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_what_is_needed_is_well() {
    for (statements, privileges) in [
        ("read", "SELECT, SHOW VIEW, EXECUTE ON main.*"),
        ("dml", DML),
        ("ddl", "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, REFERENCES ON main.*"),
        ("any", "ALL PRIVILEGES ON main.*"),
    ] {
        check_account(&format!("c_{statements}"), &[privileges], statements).await.says(0, &["check: all is well"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_told_with_the_statements_that_take_it_away() {
    let privileges = ["SELECT, INSERT, EVENT ON main.*", "SELECT ON `other%`.*", "FILE, PROCESS ON *.*"];
    check_account("c_wide", &privileges, "read").await.says(
        0,
        &[
            "warning the account may do more than grants of `read` need",
            "REVOKE PROCESS, FILE ON *.* FROM 'c_wide'@'127.0.0.1'; -- reads and writes files of the server; sees the",
            "REVOKE SELECT ON `other%`.* FROM 'c_wide'@'127.0.0.1'; -- more than one schema",
            "REVOKE INSERT, EVENT ON `main`.* FROM 'c_wide'@'127.0.0.1'; -- runs statements later",
            "check: 1 warning",
        ],
    );
    check_account("c_owner", &["ALL PRIVILEGES ON main.*"], "dml").await.says(
        0,
        &["REVOKE ALL PRIVILEGES ON `main`.* FROM 'c_owner'@'127.0.0.1'; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON `main`.* TO 'c_owner'@'127.0.0.1';"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_that_it_suggests_are_right() {
    let server = shared_server();
    let privileges = [
        "SELECT, INSERT, EVENT ON main.*",
        "SELECT ON `other%`.*",
        "SELECT, INSERT (host) ON mysql.db",
        "PROXY ON 'nobody'@'%'",
        "FILE, PROCESS ON *.*",
    ];
    let wide = check_account("c_mended", &privileges, "read").await;
    let mut root = Root::connect(&server.socket()).await;
    let statements = wide.printed.lines().filter_map(|line| line.split_once(';')).map(|(sql, _)| sql.trim());
    for sql in statements.filter(|sql| sql.starts_with("REVOKE") || sql.starts_with("GRANT")) {
        root.run(sql).await;
    }
    check(["--database", &url(server, "c_mended", "main"), "--grant", "shop=read"]).says(0, &["check: all is well"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_no_account_for_plugins() {
    let everything = ["ALL PRIVILEGES ON *.*"];
    let advice = "CREATE USER 'shop'@'%' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 11; GRANT SELECT ON `main`.* TO 'shop'@'%';";
    check_account("c_admin", &everything, "read").await.says(0, &["the account of an administrator", advice]);
    check_account("c_admin_any", &everything, "any").await.says(0, &["and plugins with grants of `any` are then"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_counts_when_its_account_has_it() {
    let server = shared_server();
    let mut root = Root::connect(&server.socket()).await;
    root.run("CREATE OR REPLACE ROLE c_reporter").await;
    root.run("GRANT SELECT ON mysql.* TO c_reporter").await;
    make_account(server, "c_role", "", &["SELECT ON main.*", "c_reporter"]).await;
    let arguments = ["--database", &url(server, "c_role", "main"), "--grant", "shop=read"];
    check(arguments).says(0, &["check: all is well"]);
    root.run("SET DEFAULT ROLE c_reporter FOR 'c_role'@'127.0.0.1'").await;
    check(arguments).says(0, &["REVOKE SELECT ON `mysql`.* FROM 'c_reporter'; -- another schema; by a role"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_little_is_told() {
    let some = check_account("c_some", &["SELECT, INSERT ON main.*"], "dml").await;
    some.says(0, &["the server refuses what needs UPDATE, DELETE", "GRANT UPDATE, DELETE ON `main`.* TO 'c_some'"]);
    let none = check_account("c_nothing", &["SHOW VIEW ON main.*"], "read").await;
    none.says(3, &["error the account can do nothing there", "GRANT SELECT ON `main`.* TO 'c_nothing'@'127.0.0.1';"]);
    check_account("c_calls", &["EXECUTE ON main.*"], "dml").await.says(0, &["check: 1 warning"]);
    let elsewhere = check_account("c_elsewhere", &["SELECT ON `other%`.*"], "read").await;
    elsewhere.says(3, &["error Access denied", "GRANT SELECT ON `main`.* TO 'c_elsewhere'@'%';"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_counted() {
    let server = shared_server();
    make_account(server, "c_few", "WITH MAX_USER_CONNECTIONS 10", &[DML]).await;
    let few = check(["--database", &url(server, "c_few", "main")]);
    few.says(0, &["11 are wanted", "ALTER USER 'c_few'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 11;", "check: 1 warning"]);
    let small = start_server(&["--max-connections=10", "--read-only", "--sql-mode=ANSI_QUOTES"]);
    make_account(&small, "c_small", "", &[DML]).await;
    let small = check(["--database", &url(&small, "c_small", "main")]);
    small.says(0, &["the server takes 10 connections", "the server is read-only", "the server's has ANSI_QUOTES"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_connected_to_is_told_and_the_others_are_checked() {
    let server = shared_server();
    make_account(server, "c_good", "", &[DML]).await;
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.port();
    let config = format!(
        "[database.a]\nurl = 'mysql://c_good:{PASSWORD}x@127.0.0.1:{port}/main'\n\
         [database.b]\nurl = 'mysql://u:{PASSWORD}@127.0.0.1:1/main'\n\
         [database.c]\nurl = 'mysql://u:{PASSWORD}@127.0.0.1:{}/main'\nconnect_timeout_ms = 300\n\
         [database.d]\nurl = 'mysql://c_good:{PASSWORD}@127.0.0.1:{port}/main'\n\
         [database.e]\nurl = 'mysql://c_good:{PASSWORD}@127.0.0.1:{port}/main?tls=required'\n\
         [[grant]]\nguest = 'report'\ndatabase = 'd'\n",
        silent.local_addr().unwrap().port()
    );
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("hosts.toml");
    fs::write(&path, config).unwrap();
    check(["--config", path.to_str().unwrap()])
        .says(
            3,
            &[
                "database a: c_good@127.0.0.1:",
                "refused the account configured for this database (1045); are the user and the password right",
                "CREATE USER 'c_good'@'%' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 11;",
                "error the database server can't be reached: connection refused",
                "error the database server did not answer within 300 ms",
                "grants dml to report",
                "error TLS is required for this database and could not be had: the server does not offer it",
                "check: 4 errors, 4 warnings",
            ],
        )
        .never_says(&[PASSWORD]);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("hosts.toml");
    fs::write(&path, "[database.a]\nurl = 'mysql://u:hidden@localhost/a'\npool = 3\n").unwrap();
    let path = path.to_str().unwrap();
    check(["--config", path]).says(3, &["hosts.toml", "line 3", "unknown field `pool`"]).never_says(&["hidden"]);
    for line in [
        "url = 'mysql://u:hidden@localhost/b'",
        "pasword = 'hidden'",
        "password = 'hidden",
        "password_env = 'hidden'",
        "tls_ca = 5",
    ] {
        fs::write(path, format!("[database.a]\nurl = 'mysql://u:hidden@localhost/a'\n{line}\n")).unwrap();
        check(["--config", path]).says(3, &["hosts.toml", "error"]).never_says(&["hidden"]);
    }
    let grant = "[[grant]]\nguest = 'report'\ndatabase = 'a'\n";
    fs::write(path, format!("[database.a]\nurl = 'mysql://u@localhost/a'\n{grant}{grant}")).unwrap();
    check(["--config", path]).says(3, &["grant of 'a' to 'report': there are two of them"]);
    fs::write(path, "").unwrap();
    check(["--config", path]).says(0, &["it has no databases"]);
    check(["--config", "/no/such.toml"]).says(3, &["/no/such.toml", "No such file"]);
    let urls = ["--database", "a=http://x", "--database", "b=mysql://u@db.example/x?tls=off"];
    check(urls).says(3, &["--database a: ", "its scheme is neither mysql nor mariadb", "--database b: tls is off"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_the_environment() {
    let server = shared_server();
    make_account(server, "c_secret", "", &[DML]).await;
    let url = format!("shop=mysql://c_secret@127.0.0.1:{}/main", server.port());
    check(["--database", &url]).says(3, &["(1045)"]);
    check_with(["--database", &url], &[("WASMYSQL_PASSWORD_SHOP", PASSWORD)]).says(0, &["check: all is well"]);
    check_with(["--database", &url], &[("WASMYSQL_PASSWORD_SHOP", "")])
        .says(3, &["WASMYSQL_PASSWORD_SHOP is set and empty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_and_the_cipher_of_tls_are_told() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    make_account(&server, "c_tls", "REQUIRE SSL", &[DML]).await;
    let at = |ca: &str| format!("shop=mysql://c_tls:{PASSWORD}@localhost:{}/main?tls=required{ca}", server.port());
    let trusted = at(&format!("&tls-ca={}", authority.certificate().display()));
    check(["--database", &trusted]).says(0, &["TLS TLSv1.", ", TLS_AES_", "check: all is well"]);
    check(["--database", &at("")]).says(3, &["error TLS is required", "named by tls-ca"]);
}
