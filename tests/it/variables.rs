//! The host sets user variables on the sessions of a guest, and the guest can't change them.

use wasmysql_host::{Config, Database, Grant, Statements, WasmysqlCtx, WasmysqlCtxBuilder};
use wasmysql_tests::{Api, Schema, guest, shared_server};

use crate::programs;

/// Returns a context whose guest has `@tenant`, unless the tenant is empty.
fn of_tenant(tenant: &str, database: &Database, statements: Statements) -> WasmysqlCtxBuilder {
    let context = WasmysqlCtx::builder().guest("test").database("main", database, Grant::new(statements));
    if tenant.is_empty() { context } else { context.variable("tenant", tenant).unwrap() }
}

async fn printed(context: &WasmysqlCtxBuilder, api: Api, statements: &[&str]) -> String {
    let guest = guest(programs::PRINTS_EACH_RESULT).api(api).args(statements.iter().copied());
    guest.context(context.clone()).run().await.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_guest_has_its_own_variables_on_a_shared_session() {
    let schema = Schema::new().await;
    let database = schema.database_of(1);
    for api in Api::BOTH {
        // The repetition uses the session after its reset, with the variables of the same guest.
        for (tenant, expected) in [
            ("acme", "acme"),
            ("acme", "acme"),
            ("o'neil \\ \" `", "o'neil \\ \" `"),
            ("", "NULL"),
            ("Ünïcode", "Ünïcode"),
            ("", "NULL"),
        ] {
            let context = of_tenant(tenant, &database, Statements::Read);
            assert_eq!(printed(&context, api, &["SELECT @tenant"]).await, format!("{expected}\n"), "{api:?}");
        }
        let context = of_tenant("acme", &database, Statements::Read)
            .variable("Shard", -7)
            .and_then(|context| context.variable("top", u64::MAX))
            .and_then(|context| context.variable("tenant", "last"))
            .unwrap();
        let cells = ["SELECT CAST(@shard AS CHAR)", "SELECT CAST(@top AS CHAR)", "SELECT @TENANT"];
        assert_eq!(printed(&context, api, &cells).await, "-7\n18446744073709551615\nlast\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_are_set_again_on_a_new_session() {
    let mut schema = Schema::new().await;
    let database = schema.database_of(1);
    for api in Api::BOTH {
        let context = of_tenant("acme", &database, Statements::Read);
        let id = printed(&context, api, &["SELECT CAST(CONNECTION_ID() AS CHAR)"]).await;
        schema.run(&format!("KILL {id}")).await;
        let answers = printed(&context, api, &["SELECT @tenant", "SELECT CAST(CONNECTION_ID() AS CHAR)"]).await;
        let (tenant, new) = answers.split_once('\n').unwrap();
        assert_eq!(tenant, "acme", "{api:?}");
        assert_ne!(new, id, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_views_and_triggers_filter_by_the_tenant() {
    let mut schema = Schema::new().await;
    for sql in [
        "CREATE TABLE all_notes (id INT AUTO_INCREMENT PRIMARY KEY, tenant VARCHAR(40) NOT NULL DEFAULT '', \
         note VARCHAR(40), KEY (tenant))",
        "CREATE FUNCTION tenant() RETURNS VARCHAR(40) DETERMINISTIC NO SQL RETURN @tenant",
        "CREATE VIEW notes AS SELECT id, note FROM all_notes WHERE tenant = tenant()",
        "CREATE TRIGGER sets_tenant BEFORE INSERT ON all_notes FOR EACH ROW SET NEW.tenant = @tenant",
        "SET @tenant = 'other'",
        "INSERT INTO all_notes (note) SELECT CONCAT('note ', seq.n) FROM \
         (WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT n FROM r) AS seq",
        "ANALYZE TABLE all_notes",
    ] {
        schema.run(sql).await;
    }
    let database = schema.database_of(1);
    for api in Api::BOTH {
        let context = of_tenant("acme", &database, Statements::Dml);
        let statements = [
            "INSERT INTO all_notes (note, tenant) VALUES ('mine', 'other')",
            "SELECT note FROM notes",
            "SELECT note FROM all_notes WHERE tenant = @tenant",
            "DELETE FROM all_notes WHERE tenant = @tenant",
        ];
        let printed = printed(&context, api, &statements).await;
        let lines: Vec<_> = printed.lines().collect();
        assert_eq!(lines[..3], ["1 rows", "mine", "mine"], "{api:?}");
        assert_eq!(lines[3], "1 rows", "{api:?}");
    }
    // The host sets this text. The server must find the rows by the index of the column.
    schema.run("SET @tenant = _ascii 0x61636d65").await;
    let plan: String = schema.value("EXPLAIN FORMAT=JSON SELECT note FROM all_notes WHERE tenant = @tenant").await;
    let key = if cfg!(feature = "mysql") { "\"index_name\": \"tenant\"" } else { "\"key\": \"tenant\"" };
    assert!(plan.contains(key), "{plan}");
}

/// Statements that would change a variable, with the least grant that allows the rest of them.
const CHANGES: &[(Statements, &str)] = &[
    (Statements::Read, "SELECT @tenant := 'other'"),
    (Statements::Read, "SELECT @other := 'x'"),
    (Statements::Read, "SELECT @`tenant`:='other'"),
    (Statements::Read, "(SELECT (@tenant /* c */ := 'other'))"),
    (Statements::Read, "WITH c AS (SELECT @tenant := 'other' AS x) SELECT * FROM c"),
    (Statements::Read, "SELECT 'other' INTO @tenant"),
    (Statements::Read, "SELECT 1, 'other' INTO @a, @tenant"),
    (Statements::Read, "SELECT 'other' INTO @'tenant'"),
    (Statements::Dml, "DO @tenant := 'other'"),
    (Statements::Dml, "CALL sets(@tenant)"),
    (Statements::Dml, "INSERT INTO t VALUES (@tenant := 1)"),
    (Statements::Dml, "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE id = (@tenant := 2)"),
    (Statements::Dml, "UPDATE t SET id = (@tenant := id)"),
    (Statements::Dml, "DELETE FROM t WHERE (@tenant := 2) = 3"),
    (Statements::Ddl, "CREATE TABLE copied AS SELECT @tenant := 'other' AS x"),
    (Statements::Any, "GET DIAGNOSTICS @tenant = NUMBER"),
    (Statements::Any, "LOAD DATA INFILE '/nothing' INTO TABLE t (@tenant)"),
    (Statements::Any, "CREATE PROCEDURE p() SET @tenant = 'other'"),
    (Statements::Any, "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1, @tenant = 'other'"),
    // Reserved for the host in any case.
    (Statements::Any, "SET @tenant = 'other'"),
    (Statements::Any, "PREPARE s FROM 'SET @tenant = 1'"),
    (Statements::Any, "EXECUTE IMMEDIATE 'SET @tenant = 1'"),
    (Statements::Any, "/*! SET @tenant = 1 */"),
];

#[tokio::test(flavor = "multi_thread")]
async fn guest_with_variables_can_not_change_any() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
    schema.run("INSERT INTO t VALUES (1)").await;
    schema.run("CREATE PROCEDURE sets(OUT v VARCHAR(10)) SET v = 'other'").await;
    let database = schema.database_of(1);
    for api in Api::BOTH {
        for &(statements, sql) in CHANGES {
            let context = of_tenant("acme", &database, statements);
            let guest = |program, arguments: &[&str]| {
                guest(program).api(api).context(context.clone()).args(arguments.iter().copied())
            };
            let printed = guest(programs::RUNS_EACH_STATEMENT, &[sql]).run().await.success();
            assert!(printed.starts_with("StatementDenied: "), "{api:?}, {sql}: {printed}");
            let ways = guest(programs::RUNS_IN_EVERY_WAY, &[sql]).run().await.success();
            assert_eq!(ways.matches(": StatementDenied: ").count(), 4, "{api:?}, {sql}: {ways}");
            let after = guest(programs::PRINTS_EACH_RESULT, &["SELECT @tenant"]).run().await.success();
            assert_eq!(after, "acme\n", "{api:?}, {sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn file_with_variables_lets_no_guest_change_one() {
    let config = format!(
        "[database.main]\nurl = '{}'\n[[grant]]\nguest = '*'\ndatabase = 'main'\n[variables.acme]\ntenant = 'acme'",
        shared_server().url()
    );
    let config = Config::from_toml(&config).unwrap();
    for api in Api::BOTH {
        let statements = ["SELECT @tenant := 'acme'", "SELECT @tenant"];
        let other = printed(&config.context("misspelt"), api, &statements).await;
        assert!(other.starts_with("the host sets variables") && other.ends_with("\nNULL\n"), "{api:?}: {other}");
        assert!(printed(&config.context("acme"), api, &statements).await.ends_with("\nacme\n"), "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_without_variables_can_use_its_own() {
    let schema = Schema::new().await;
    let context = of_tenant("", &schema.database_of(1), Statements::Read);
    for api in Api::BOTH {
        let statements = ["SELECT @tenant := 'mine'", "SELECT @tenant"];
        assert_eq!(printed(&context, api, &statements).await, "mine\nmine\n", "{api:?}");
    }
}
