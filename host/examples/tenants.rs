//! Shows tenants that share tables: the host tells the server which tenant a plugin works for.
//!
//! - The host sets the user variable `@tenant` on each session of the plugin.
//! - A view shows the rows of the tenant only, and a trigger gives new rows their tenant.
//! - The plugin can read the variable, but not change it.
//!
//! ```console
//! $ cargo run --example tenants -- notes.wasm mysql://app:secret@127.0.0.1/shop acme
//! ```
//!
//! The tables, which an operator creates. A view can't contain a variable, so a function returns
//! it:
//!
//! ```sql
//! CREATE TABLE all_notes (
//!     tenant VARBINARY(40) NOT NULL DEFAULT '', id INT AUTO_INCREMENT, note TEXT, PRIMARY KEY (tenant, id), KEY (id)
//! );
//! CREATE FUNCTION tenant() RETURNS VARBINARY(40) DETERMINISTIC NO SQL RETURN @tenant;
//! CREATE VIEW notes AS SELECT id, note FROM all_notes WHERE tenant = tenant() WITH CHECK OPTION;
//! CREATE TRIGGER sets_tenant BEFORE INSERT ON all_notes FOR EACH ROW SET NEW.tenant = @tenant;
//! -- The account of the plugins can use the view, but not the table.
//! GRANT SELECT, INSERT (note), UPDATE (note), DELETE ON shop.notes TO app;
//! GRANT EXECUTE ON FUNCTION shop.tenant TO app;
//! ```

use std::error::Error;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, WasmysqlCtx};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, url, tenant, rest @ ..] = &*arguments else {
        return Err("usage: tenants PLUGIN.wasm URL TENANT [ARGUMENTS]".into());
    };
    // All tenants share the pool of the database.
    let database = Database::new(DatabaseOptions::from_url(url)?)?;
    let mysql = WasmysqlCtx::builder()
        .guest("notes")
        .database("main", &database, Grant::new(Statements::Dml))
        .variable("tenant", tenant.as_str())?;
    let outcome = wasmysql_example_command::run(plugin, rest, mysql.build()).await;
    database.shutdown(Duration::from_secs(5)).await;
    outcome
}
