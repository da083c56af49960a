//! Creates a schema for each test on one private server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wasmysql_host::{Database, DatabaseOptions, Grant, Migrations, Statements, WasmysqlCtx, WasmysqlCtxBuilder};
use wasmysql_private_server::PrivateServer;

use crate::databases::PRIVATE;
use crate::exit::Failure;
use crate::migrations;
use crate::schema::{Administrator, Login, SchemaFile};

/// Creates schemas.
pub(crate) struct Schemas {
    server: Arc<PrivateServer>,
    file: Option<SchemaFile>,
    migrations: Option<Migrations>,
    /// Builds the context of a test, without its database.
    context: WasmysqlCtxBuilder,
    created: AtomicU32,
}

/// The schema of a test.
pub(crate) struct Schema {
    name: String,
    url: String,
    administrator: Administrator,
    context: WasmysqlCtxBuilder,
}

impl Schemas {
    pub(crate) fn new(
        server: Arc<PrivateServer>,
        file: Option<SchemaFile>,
        migrations: Option<Migrations>,
        context: WasmysqlCtxBuilder,
    ) -> Self {
        Self { server, file, migrations, context, created: AtomicU32::new(0) }
    }

    /// Creates a schema, loads the file into it and applies the migrations.
    pub(crate) async fn fresh(&self) -> Result<Schema, Failure> {
        let name = format!("test_{}", self.created.fetch_add(1, Ordering::Relaxed));
        let login = Login::of(&self.server);
        let mut administrator = Administrator::log_in(&login).await?;
        administrator.create(&name, self.server.user()).await?;
        if let Some(file) = &self.file {
            administrator.load(&name, file).await?;
        }
        if let Some(migrations) = &self.migrations {
            migrations::apply(&login, &name, migrations).await?;
        }
        Ok(Schema { name, url: self.server.url(), administrator, context: self.context.clone() })
    }
}

impl Schema {
    /// Returns the context of the test, with this schema granted as `main`.
    pub(crate) fn context(&self) -> Result<WasmysqlCtx, Failure> {
        let options = DatabaseOptions::from_url(&self.url).map_err(Failure::host)?.schema(&self.name);
        let database = Database::new(options).map_err(Failure::host)?;
        let grant = Grant::new(Statements::Ddl);
        Ok(self.context.clone().guest(&self.name).database(PRIVATE, &database, grant).build())
    }

    /// Drops the schema after the test has ended.
    pub(crate) async fn remove(mut self) {
        self.administrator.remove(&self.name).await;
    }
}
