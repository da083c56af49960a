//! Shows an allow-list: a plugin may run the statements of a file, and no others.
//!
//! The file has a line `-- name: NAME` before each statement. The host compares whole texts, so no
//! parser has to understand what a plugin sends:
//!
//! ```sql
//! -- name: find_visitor
//! SELECT id FROM visits WHERE who = ?
//! -- name: add_visitor
//! INSERT INTO visits (who) VALUES (?)
//! ```
//!
//! ```console
//! $ cargo run --example allow_list -- visits.wasm mysql://app:secret@127.0.0.1/shop statements.sql
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, StatementDecision, Statements, WasmysqlCtx};

/// Returns the names of the statements, by their texts.
fn named_statements(file: &str) -> HashMap<String, String> {
    let statements = file.split("-- name:").skip(1).filter_map(|statement| statement.split_once('\n'));
    statements.map(|(name, sql)| (sql.trim().trim_end_matches(';').to_owned(), name.trim().to_owned())).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, url, file, rest @ ..] = &*arguments else {
        return Err("usage: allow_list PLUGIN.wasm URL STATEMENTS.sql [ARGUMENTS]".into());
    };
    let named = named_statements(&fs::read_to_string(file)?);
    let grant = Grant::new(Statements::Dml).on_statement(move |statement| match named.get(statement.sql) {
        Some(name) => {
            eprintln!("{} runs {name} with {} parameters", statement.guest, statement.parameters);
            StatementDecision::Allow
        }
        None => StatementDecision::Deny("it is not in the file of named statements".to_owned()),
    });
    let database = Database::new(DatabaseOptions::from_url(url)?)?;
    let mysql = WasmysqlCtx::builder().guest("visits").database("main", &database, grant);
    let outcome = wasmysql_example_command::run(plugin, rest, mysql.build()).await;
    database.shutdown(Duration::from_secs(5)).await;
    outcome
}
