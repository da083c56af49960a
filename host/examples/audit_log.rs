//! Shows an audit log: one JSON line for each statement that a plugin runs, before it is sent.
//!
//! The log has the texts of statements, so treat it like the data itself: a text can contain values
//! that the plugin did not pass as parameters. Statements that change the schema get a shorter
//! deadline than the grant allows.
//!
//! ```console
//! $ cargo run --example audit_log -- visits.wasm mysql://app:secret@127.0.0.1/shop audit.jsonl
//! ```

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::json;
use wasmysql_host::{Database, DatabaseOptions, Grant, StatementDecision, Statements, WasmysqlCtx};

/// The number of lines that wait for the file. Statements are denied while that many wait.
const WAITING: usize = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, url, log, rest @ ..] = &*arguments else {
        return Err("usage: audit_log PLUGIN.wasm URL LOG.jsonl [ARGUMENTS]".into());
    };
    // The check must not block, so a thread writes the file.
    let mut file = OpenOptions::new().create(true).append(true).open(log)?;
    let (lines, received) = mpsc::sync_channel::<serde_json::Value>(WAITING);
    let writer = thread::spawn(move || received.iter().try_for_each(|line| writeln!(file, "{line}")));

    let grant = Grant::new(Statements::Ddl).on_statement(move |statement| {
        let line = json!({
            "time": SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs_f64(),
            "guest": statement.guest,
            "database": statement.database,
            "operation": format!("{:?}", statement.operation),
            "kind": statement.kind.to_string(),
            "sql": statement.sql,
            "parameters": statement.parameters,
            "rows": statement.rows,
        });
        match lines.try_send(line) {
            Ok(()) if statement.kind == Statements::Ddl => StatementDecision::AllowWithin(Duration::from_secs(10)),
            Ok(()) => StatementDecision::Allow,
            // No statement runs without its line.
            Err(_) => StatementDecision::Deny("the audit log can't be written; try again later".to_owned()),
        }
    });
    let database = Database::new(DatabaseOptions::from_url(url)?)?;
    let mysql = WasmysqlCtx::builder().guest("visits").database("main", &database, grant);
    let outcome = wasmysql_example_command::run(plugin, rest, mysql.build()).await;
    database.shutdown(Duration::from_secs(5)).await;
    // The context has dropped the check, and with it the sender of the lines.
    drop(database);
    writer.join().map_err(|_| "the writer of the log failed")??;
    outcome
}
