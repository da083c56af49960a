//! Grants and options of a configuration file take effect for each guest.

use wasmysql_host::Config;
use wasmysql_tests::{Schema, guest, shared_server};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn config_file_grants_apply_to_each_guest() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT)").await;
    let directory = tempfile::tempdir().unwrap();
    let password = directory.path().join("password");
    std::fs::write(&password, format!("{}\n", shared_server().password())).unwrap();
    let file = directory.path().join("databases.toml");
    let text = format!(
        "
        [database.shop]
        url = 'mysql://{user}@127.0.0.1:{port}/{schema}'
        password_file = '{password}'
        max_connections = 2

        [[grant]]
        guest = '*'
        database = 'shop'
        statements = 'read'

        [[grant]]
        guest = 'writer'
        database = 'shop'
        statement_timeout_ms = 1000
        ",
        user = shared_server().user(),
        port = shared_server().port(),
        schema = schema.name(),
        password = password.display(),
    );
    std::fs::write(&file, text.replace("shop", "main")).unwrap();
    let config = Config::from_file(&file).unwrap();
    let run = async |name: &str| {
        let statements = ["SELECT id FROM t", "INSERT INTO t VALUES (1)", "DROP TABLE t", "SELECT SLEEP(1.2)"];
        let guest = guest(programs::RUNS_EACH_STATEMENT).context(config.context(name));
        let printed = guest.args(statements).run().await.success();
        printed.lines().map(|line| line.split(": ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };

    let (done, denied) = ("done, 0 rows", "StatementDenied");
    assert_eq!(run("reader").await, [done, denied, denied, done]);
    assert_eq!(run("writer").await, [done, "done, 1 rows", denied, "Timeout(Execute)"]);
}

#[test]
fn empty_password_file_is_refused_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display();
    let config = format!("[database.a]\nurl = 'mysql://u@localhost/a'\npassword_file = '{path}'");
    for content in ["", "\n", "\r\n"] {
        std::fs::write(file.path(), content).unwrap();
        let error = Config::from_toml(&config).expect_err(content).to_string();
        assert!(error.contains(&format!("password_file {path} is empty")), "{error}");
    }
    std::fs::write(file.path(), " \n").unwrap();
    assert!(Config::from_toml(&config).is_ok(), "a space is a valid password");
}
