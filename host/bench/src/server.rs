//! A private server, and connections and pools to it.

use std::collections::HashSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts};
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use tokio::sync::Mutex;
use wasmtime::Result;
use wasmtime::error::Context;
use wasmysql_host::{Database, DatabaseOptions};
use wasmysql_private_server::{Flavor, Installation, PrivateServer, ServerChoice};

use crate::tables;

pub(crate) struct Server {
    /// The shared native connection.
    pub(crate) native: Mutex<Conn>,
    /// The names of the tables that exist.
    tables: Mutex<HashSet<&'static str>>,
    process: PrivateServer,
}

impl Server {
    pub(crate) async fn start() -> Result<Server> {
        let start = || {
            let flavor = Installation::find(&ServerChoice::from_env())?.flavor();
            let mut server = PrivateServer::builder()
                .arg("--innodb-buffer-pool-size=512M")
                // The benchmarks do not measure the disk.
                .arg("--innodb-flush-log-at-trx-commit=0")
                .arg("--max-connections=500");
            for argument in arguments(flavor) {
                server = server.arg(argument);
            }
            server.start()
        };
        let process = tokio::task::spawn_blocking(start).await??;
        let native = Conn::new(options(&process)?).await?;
        Ok(Server { native: Mutex::new(native), tables: Mutex::default(), process })
    }

    pub(crate) fn url(&self) -> String {
        self.process.url()
    }

    /// Returns the host, the port, the user, the password and the schema.
    pub(crate) fn address(&self) -> [String; 5] {
        let Self { process, .. } = self;
        ["127.0.0.1", &process.port().to_string(), process.user(), process.password(), process.schema()]
            .map(str::to_owned)
    }

    /// Creates a table unless it exists.
    pub(crate) async fn table(&self, name: &'static str) -> Result<()> {
        if !self.tables.lock().await.insert(name) {
            return Ok(());
        }
        let mut conn = self.native.lock().await;
        for statement in tables::statements(name).with_context(|| format!("unknown table '{name}'"))? {
            conn.query_drop(statement).await?;
        }
        conn.query_drop(format!("ANALYZE TABLE {name}")).await?;
        Ok(())
    }

    /// Returns a database with a pool of this size. As in the native pools, one guest may hold all
    /// connections.
    pub(crate) fn database(&self, connections: usize) -> Result<Database> {
        let options = DatabaseOptions::from_url(&self.url())?.max_connections(connections).guest_share(100);
        Ok(Database::new(options)?)
    }

    /// Returns a native pool of this size. `reset` resets sessions before they are acquired again.
    pub(crate) fn pool(&self, connections: usize, reset: bool) -> Result<Pool> {
        let constraints =
            PoolConstraints::new(connections, connections).context("a pool needs at least one connection")?;
        let pool = PoolOpts::new().with_constraints(constraints).with_reset_connection(reset);
        Ok(Pool::new(options(&self.process)?.pool_opts(pool)))
    }

    /// Connects with sqlx.
    pub(crate) async fn sqlx(&self) -> Result<MySqlConnection> {
        let options: MySqlConnectOptions = self.url().parse()?;
        Ok(options.ssl_mode(MySqlSslMode::Disabled).connect().await?)
    }
}

/// Returns the arguments whose names depend on the server: a large log, and joins without buffers.
/// A table that is joined with ten rows is then read ten times, like a table of ten times the size.
fn arguments(flavor: Flavor) -> [&'static str; 2] {
    match flavor {
        Flavor::MariaDb => ["--innodb-log-file-size=256M", "--join-cache-level=0"],
        Flavor::MySql => ["--innodb-redo-log-capacity=256M", "--optimizer-switch=block_nested_loop=off"],
    }
}

/// Returns the driver's options for TCP. By default the driver would switch to the unix socket.
fn options(process: &PrivateServer) -> Result<OptsBuilder> {
    Ok(OptsBuilder::from_opts(Opts::from_url(&process.url())?).prefer_socket(false))
}
