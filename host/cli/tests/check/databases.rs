//! Tests of `wasmysql check` with databases on a server.

use std::fs;
use std::net::TcpListener;

use tempfile::TempDir;
use wasmysql_private_server::{Flavor, PrivateServer};
use wasmysql_tests::{Authority, Root, shared_server, start_server};

use crate::{Checked, check, check_with};

const PASSWORD: &str = "5e9ad53c2f";
const DML: &str = "SELECT, INSERT, UPDATE, DELETE ON main.*";

/// Creates an account with these privileges, each a GRANT without `TO`.
async fn create_account(server: &PrivateServer, name: &str, options: &str, privileges: &[&str]) {
    let mut root = Root::connect(&server.socket()).await;
    root.run(&format!("DROP USER IF EXISTS '{name}'@'127.0.0.1'")).await;
    root.run(&format!("CREATE USER '{name}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}' {options}")).await;
    for privilege in privileges {
        root.run(&format!("GRANT {privilege} TO '{name}'@'127.0.0.1'")).await;
    }
}

fn url(server: &PrivateServer, user: &str, schema: &str) -> String {
    format!("shop=mysql://{user}:{PASSWORD}@127.0.0.1:{}/{schema}", server.port())
}

/// Checks the schema `main` with an account that has these privileges.
async fn check_account(name: &str, privileges: &[&str], statements: &str) -> Checked {
    let server = shared_server();
    create_account(server, name, "", privileges).await;
    let checked = check(["--database", &url(server, name, "main"), "--grant", &format!("shop={statements}")]);
    let hash = format!("SELECT CONVERT(authentication_string USING ascii) FROM mysql.user WHERE user = '{name}'");
    let hash: String = Root::connect(&server.socket()).await.value(&hash).await;
    checked.never_prints(&[PASSWORD, &hash, "IDENTIFIED BY PASSWORD"]);
    checked
}

#[tokio::test(flavor = "multi_thread")]
async fn report_describes_server_account_and_grants() {
    let server = shared_server();
    create_account(server, "c_all", "WITH MAX_USER_CONNECTIONS 14", &[DML]).await;
    check(["--database", &url(server, "c_all", "main")]).prints(
        0,
        &[
            "database shop: c_all@127.0.0.1:",
            &format!("server {} ", server.installation().flavor()),
            "TLS off; the server is on this machine",
            "account 'c_all'@'127.0.0.1'",
            "schema main",
            "connections pool: 10, plus 4 beside it; account: 14; server: 500",
            "privileges SELECT, INSERT, UPDATE, DELETE on `main`.*",
            "grants dml to every plugin",
            "check: no problems found",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn account_with_the_required_privileges_passes() {
    for (statements, privileges) in [
        ("read", "SELECT, SHOW VIEW, EXECUTE ON main.*"),
        ("dml", DML),
        ("ddl", "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, REFERENCES ON main.*"),
        ("any", "ALL PRIVILEGES ON main.*"),
    ] {
        check_account(&format!("c_{statements}"), &[privileges], statements)
            .await
            .prints(0, &["check: no problems found"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn excess_privileges_are_reported_with_revoke_statements() {
    let privileges = ["SELECT, INSERT, EVENT ON main.*", "SELECT ON `other%`.*", "FILE, PROCESS ON *.*"];
    check_account("c_wide", &privileges, "read").await.prints(
        0,
        &[
            "warning the account has more privileges than grants of `read` need",
            "REVOKE PROCESS, FILE ON *.* FROM 'c_wide'@'127.0.0.1'; -- reads and writes files of the server; shows",
            "REVOKE SELECT ON `other%`.* FROM 'c_wide'@'127.0.0.1'; -- more than one schema",
            "REVOKE INSERT, EVENT ON `main`.* FROM 'c_wide'@'127.0.0.1'; -- runs statements later",
            "check: 1 warning",
        ],
    );
    check_account("c_owner", &["ALL PRIVILEGES ON main.*"], "dml").await.prints(
        0,
        &["REVOKE ALL PRIVILEGES ON `main`.* FROM 'c_owner'@'127.0.0.1'; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON `main`.* TO 'c_owner'@'127.0.0.1';"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn suggested_statements_fix_the_account() {
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
    check(["--database", &url(server, "c_mended", "main"), "--grant", "shop=read"])
        .prints(0, &["check: no problems found"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn administrator_account_is_reported() {
    let everything = ["ALL PRIVILEGES ON *.*"];
    let advice = "CREATE USER 'shop'@'%' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 14; GRANT SELECT ON `main`.* TO 'shop'@'%';";
    check_account("c_admin", &everything, "read").await.prints(0, &["this is an administrator account", advice]);
    check_account("c_admin_any", &everything, "any")
        .await
        .prints(0, &["so plugins with grants of `any` can administer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn privileges_of_active_roles_are_included() {
    let server = shared_server();
    let mut root = Root::connect(&server.socket()).await;
    root.run("DROP ROLE IF EXISTS c_reporter").await;
    root.run("CREATE ROLE c_reporter").await;
    root.run("GRANT SELECT ON mysql.* TO c_reporter").await;
    create_account(server, "c_role", "", &["SELECT ON main.*", "c_reporter"]).await;
    let arguments = ["--database", &url(server, "c_role", "main"), "--grant", "shop=read"];
    check(arguments).prints(0, &["check: no problems found"]);
    let (preposition, role) = match server.installation().flavor() {
        Flavor::MySql => ("TO", "'c_reporter'@'%'"),
        _ => ("FOR", "'c_reporter'"),
    };
    root.run(&format!("SET DEFAULT ROLE c_reporter {preposition} 'c_role'@'127.0.0.1'")).await;
    let revoke = format!("REVOKE SELECT ON `mysql`.* FROM {role};");
    check(arguments).prints(0, &[&format!("{revoke} -- another schema; through a role")]);
    root.run(&revoke).await;
    check(arguments).prints(0, &["check: no problems found"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_privileges_are_reported_with_grant_statements() {
    let some = check_account("c_some", &["SELECT, INSERT ON main.*"], "dml").await;
    some.prints(
        0,
        &["the server refuses statements that need UPDATE, DELETE", "GRANT UPDATE, DELETE ON `main`.* TO 'c_some'"],
    );
    let none = check_account("c_nothing", &["SHOW VIEW ON main.*"], "read").await;
    none.prints(
        3,
        &["error the account lacks every privilege", "GRANT SELECT ON `main`.* TO 'c_nothing'@'127.0.0.1';"],
    );
    check_account("c_calls", &["EXECUTE ON main.*"], "dml").await.prints(0, &["check: 1 warning"]);
    let elsewhere = check_account("c_elsewhere", &["SELECT ON `other%`.*"], "read").await;
    elsewhere.prints(3, &["error Access denied", "GRANT SELECT ON `main`.* TO 'c_elsewhere'@'%';"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn insufficient_connection_limits_are_reported() {
    let server = shared_server();
    create_account(server, "c_few", "WITH MAX_USER_CONNECTIONS 13", &[DML]).await;
    let few = check(["--database", &url(server, "c_few", "main")]);
    few.prints(
        0,
        &["the database needs 14", "ALTER USER 'c_few'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 14;", "check: 1 warning"],
    );
    let small = start_server(&["--max-connections=10", "--read-only", "--sql-mode=ANSI_QUOTES"]);
    create_account(&small, "c_small", "", &[DML]).await;
    let small = check(["--database", &url(&small, "c_small", "main")]);
    small.prints(
        0,
        &["the server accepts 10 connections", "the server is read-only", "the server default includes ANSI_QUOTES"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_connections_do_not_stop_the_check() {
    let server = shared_server();
    create_account(server, "c_good", "", &[DML]).await;
    create_account(server, "c_locked", "ACCOUNT LOCK", &[DML]).await;
    // Accepts connections but never replies.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.port();
    let config = format!(
        "[database.a]\nurl = 'mysql://c_good:{PASSWORD}x@127.0.0.1:{port}/main'\n\
         [database.b]\nurl = 'mysql://u:{PASSWORD}@127.0.0.1:1/main'\n\
         [database.c]\nurl = 'mysql://u:{PASSWORD}@127.0.0.1:{}/main'\nconnect_timeout_ms = 300\n\
         [database.d]\nurl = 'mysql://c_good:{PASSWORD}@127.0.0.1:{port}/main'\n\
         [database.e]\nurl = 'mysql://c_good:{PASSWORD}@127.0.0.1:{port}/main?tls=verify-identity'\n\
         [database.f]\nurl = 'mysql://c_locked:{PASSWORD}@127.0.0.1:{port}/main'\n\
         [[grant]]\nguest = 'report'\ndatabase = 'd'\n",
        silent.local_addr().unwrap().port()
    );
    // MySQL creates a certificate for itself.
    let tls = match server.installation().flavor() {
        Flavor::MySql => "the server's certificate is signed by no authority",
        _ => "the server does not offer it",
    };
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("hosts.toml");
    fs::write(&path, config).unwrap();
    check(["--config", path.to_str().unwrap()])
        .prints(
            3,
            &[
                "database a: c_good@127.0.0.1:",
                "refused the account configured for this database (1045); check the user and the password",
                "CREATE USER 'c_good'@'%' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 14;",
                "error the database server can't be reached: connection refused",
                "error the database server did not answer within 300 ms",
                "grants dml to report",
                &format!("error TLS is required for this database but could not be established: {tls}"),
                "is locked; unlock it with ALTER USER ... ACCOUNT UNLOCK (",
                "check: 5 errors, 5 warnings",
            ],
        )
        .never_prints(&[PASSWORD, "UNLOCK (3118);", "UNLOCK (4151);", "CREATE USER 'c_locked'"]);
}

#[test]
fn configuration_errors_include_their_location() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("hosts.toml");
    fs::write(&path, "[database.a]\nurl = 'mysql://u:hidden@localhost/a'\npool = 3\n").unwrap();
    let path = path.to_str().unwrap();
    check(["--config", path]).prints(3, &["hosts.toml", "line 3", "unknown field `pool`"]).never_prints(&["hidden"]);
    for line in [
        "url = 'mysql://u:hidden@localhost/b'",
        "pasword = 'hidden'",
        "password = 'hidden",
        "password_env = 'hidden'",
        "tls_ca = 5",
    ] {
        fs::write(path, format!("[database.a]\nurl = 'mysql://u:hidden@localhost/a'\n{line}\n")).unwrap();
        check(["--config", path]).prints(3, &["hosts.toml", "error"]).never_prints(&["hidden"]);
    }
    let grant = "[[grant]]\nguest = 'report'\ndatabase = 'a'\n";
    fs::write(path, format!("[database.a]\nurl = 'mysql://u@localhost/a'\n{grant}{grant}")).unwrap();
    check(["--config", path]).prints(3, &["grant of 'a' to 'report': the grant is defined twice"]);
    fs::write(path, "").unwrap();
    check(["--config", path]).prints(0, &["no databases are configured"]);
    check(["--config", "/no/such.toml"]).prints(3, &["/no/such.toml", "No such file"]);
    let urls = ["--database", "a=http://x", "--database", "b=mysql://u@db.example/x?tls=off"];
    check(urls).prints(3, &["--database a: ", "its scheme is neither mysql nor mariadb", "--database b: tls is off"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn password_is_read_from_the_environment() {
    let server = shared_server();
    create_account(server, "c_secret", "", &[DML]).await;
    let url = format!("shop=mysql://c_secret@127.0.0.1:{}/main", server.port());
    check(["--database", &url]).prints(3, &["(1045)"]);
    check_with(["--database", &url], &[("WASMYSQL_PASSWORD_SHOP", PASSWORD)]).prints(0, &["check: no problems found"]);
    check_with(["--database", &url], &[("WASMYSQL_PASSWORD_SHOP", "")])
        .prints(3, &["WASMYSQL_PASSWORD_SHOP is set but empty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_protocol_and_cipher_are_reported() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    create_account(&server, "c_tls", "REQUIRE SSL", &[DML]).await;
    let at =
        |ca: &str| format!("shop=mysql://c_tls:{PASSWORD}@localhost:{}/main?tls=verify-identity{ca}", server.port());
    let trusted = at(&format!("&tls-ca={}", authority.certificate().display()));
    check(["--database", &trusted]).prints(0, &["TLS TLSv1.", ", TLS_AES_", "check: no problems found"]);
    check(["--database", &at("")]).prints(3, &["error TLS is required", "the options tls, tls_ca"]);
}
