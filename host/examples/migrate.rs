//! Shows a host that applies the migrations of a plugin before it runs the plugin.
//!
//! - The migrations have a database of their own, with an account that may change tables. The
//!   plugin has another one, and a grant that allows no DDL.
//! - The files are part of the program. `Migrations::from_directory` reads a directory instead.
//! - Several instances of this program can start at once: they apply each file once.
//! - A file that was applied in part stops the program. The error names the file, the line and the
//!   remedy.
//!
//! The plugin is a component of `wasmysql new`. `OWNER` is the URL with the account of the
//! migrations. Further arguments are those of the plugin:
//!
//! ```console
//! $ cargo run --example migrate -- visits.wasm mysql://app:secret@127.0.0.1/shop OWNER
//! ```

use std::error::Error;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, MigrationProgress, Migrations, Statements, WasmysqlCtx};

/// The name and the text of each file.
const FILES: [(&str, &str); 1] =
    [("0001_create_visits.sql", include_str!("../../guest/templates/command/migrations/0001_create_visits.sql"))];

/// Applies the pending migrations. Returns the number of applied files.
async fn migrate(owner: &str) -> Result<usize, Box<dyn Error>> {
    let database = Database::new(DatabaseOptions::from_url(owner)?.name("migrations"))?;
    let migrations = Migrations::from_files(FILES)?
        // Plugins that share a schema have separate ledgers.
        .plugin("visits")
        .lock_timeout(Duration::from_secs(300))
        .on_progress(|progress| {
            if let MigrationProgress::Started(file) = progress {
                println!("applying {} ({} statements)", file.name(), file.statements().len());
            }
        });
    let applied = database.migrate(&migrations).await;
    // Closes the sessions of the owner before the plugin runs.
    database.shutdown(Duration::from_secs(1)).await;
    Ok(applied?.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, app, owner, arguments @ ..] = arguments.as_slice() else {
        return Err("usage: migrate PLUGIN.wasm URL OWNER [ARGUMENTS]".into());
    };
    println!("{} migrations applied", migrate(owner).await?);

    let database = Database::new(DatabaseOptions::from_url(app)?)?;
    let mysql = WasmysqlCtx::builder().guest("visits").database("main", &database, Grant::new(Statements::Dml));
    let outcome = wasmysql_example_command::run(plugin, arguments, mysql.build()).await;
    database.shutdown(Duration::from_secs(5)).await;
    outcome
}
