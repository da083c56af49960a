//! Migrations: SQL files that a plugin owns, applied in order and recorded in a ledger.

mod apply;
mod error;
mod files;
mod ledger;
mod lock;
mod plan;
mod resolve;
mod run;
mod session;
mod statements;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use self::error::MigrationError;
pub use self::files::MigrationFile;
pub use self::plan::{MigrationState, MigrationStatus};
pub use self::resolve::Resolution;
use self::run::Control;
use crate::core::Database;

/// Longer than most runs, so that a second instance of a program waits for the first.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);
/// An ALTER of a large table takes minutes. A statement that takes longer probably waits for a
/// lock.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// The callback of [`Migrations::on_progress`].
type Callback = Arc<dyn Fn(MigrationProgress<'_>) + Send + Sync>;

/// The migration files of a plugin, and the options of their runs.
///
/// A file is named `0001_create_visits.sql`: a version, `_`, and a name of ASCII letters, digits,
/// `_` and `-`. Files are applied in the order of their versions. A file consists of statements as
/// for the `mysql` client, including `DELIMITER` lines. All files are read and checked before a
/// statement is sent.
///
/// The ledger is a table in the schema of the database: `wasmysql_migrations`, or
/// `wasmysql_migrations_NAME` with [`plugin`](Self::plugin). It records version, name, checksum,
/// time and duration of each file. An applied file must not be changed, renamed or removed, and a
/// new file must have a higher version than all applied files.
///
/// Clones are cheap and share the files.
///
/// # Examples
///
/// ```no_run
/// use wasmysql_host::{Database, DatabaseOptions, Migrations};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// // An account of its own, which may create tables. Guests get another account.
/// let owner = DatabaseOptions::from_url("mysql://owner:secret@127.0.0.1:3306/shop")?;
/// let migrations = Migrations::from_directory("migrations")?.plugin("visits");
/// for applied in Database::new(owner)?.migrate(&migrations).await? {
///     println!("{} in {:?}", applied.name, applied.duration);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Migrations {
    files: Arc<[MigrationFile]>,
    plugin: Option<String>,
    lock_timeout: Duration,
    statement_timeout: Duration,
    progress: Option<Callback>,
}

/// A migration that a run has applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedMigration {
    /// The version.
    pub version: u64,
    /// The file name.
    pub name: String,
    /// The number of statements.
    pub statements: usize,
    /// The duration of the statements, including the updates of the ledger.
    pub duration: Duration,
}

/// The progress of a run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum MigrationProgress<'m> {
    /// The statements of the file begin.
    Started(&'m MigrationFile),
    /// The file is applied.
    Applied(&'m AppliedMigration),
}

impl Migrations {
    /// Reads the migrations of a directory. Ignores files without the extension `.sql` and hidden
    /// files.
    ///
    /// # Errors
    ///
    /// - [`MigrationError::Read`] if the directory or a file can't be read, and
    ///   [`NoFiles`](MigrationError::NoFiles) if it has no migrations.
    /// - [`FileName`](MigrationError::FileName),
    ///   [`DuplicateVersion`](MigrationError::DuplicateVersion),
    ///   [`FileTooLarge`](MigrationError::FileTooLarge) (more than 16 MiB),
    ///   [`NotUtf8`](MigrationError::NotUtf8) and [`Syntax`](MigrationError::Syntax) for files that
    ///   can't be used.
    pub fn from_directory(directory: impl AsRef<Path>) -> Result<Self, MigrationError> {
        Ok(Self::of(files::read_directory(directory.as_ref())?))
    }

    /// Takes the names and texts of migrations, for example from `include_str!`.
    ///
    /// # Errors
    ///
    /// The errors of [`from_directory`](Self::from_directory) about files.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::Migrations;
    ///
    /// let text = "CREATE TABLE visits (id INT PRIMARY KEY);";
    /// assert!(Migrations::from_files([("0001_create_visits.sql", text)]).is_ok());
    /// assert!(Migrations::from_files([("visits.sql", text)]).is_err());
    /// ```
    pub fn from_files<N: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, MigrationError> {
        let parse = |(name, text): (N, T)| MigrationFile::parse(name.as_ref(), name.as_ref().to_owned(), text.as_ref());
        let files = files.into_iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self::of(files::ordered(files)?))
    }

    fn of(files: Vec<MigrationFile>) -> Self {
        let (lock_timeout, statement_timeout) = (LOCK_TIMEOUT, STATEMENT_TIMEOUT);
        Self { files: files.into(), plugin: None, lock_timeout, statement_timeout, progress: None }
    }

    /// Sets the name of the plugin that owns the migrations. Its ledger is
    /// `wasmysql_migrations_NAME`.
    ///
    /// By default the ledger is `wasmysql_migrations`. Plugins that share a schema need different
    /// names. A name has up to 44 ASCII letters, digits, `_` and `-`; runs reject other names.
    #[must_use]
    pub fn plugin(mut self, name: impl Into<String>) -> Self {
        self.plugin = Some(name.into());
        self
    }

    /// Sets the maximum time to wait for other runs with the same ledger.
    ///
    /// The default is 60 s. With zero, a run fails at once if another run is active.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// Sets the maximum time of each statement. After it, the host kills the statement.
    ///
    /// The default is one hour.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Sets a function that is called when the statements of a file begin, and when a file is
    /// applied. It must not block.
    #[must_use]
    pub fn on_progress(mut self, callback: impl Fn(MigrationProgress<'_>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(callback));
        self
    }

    /// Returns the files, in the order of their versions.
    #[must_use]
    pub fn files(&self) -> &[MigrationFile] {
        &self.files
    }

    fn validate(&self) -> Result<(), MigrationError> {
        match self.statement_timeout.is_zero() {
            false => Ok(()),
            true => Err(MigrationError::InvalidOption { problem: "statement_timeout must be more than 0".to_owned() }),
        }
    }

    fn report(&self, progress: MigrationProgress<'_>) {
        if let Some(callback) = &self.progress {
            callback(progress);
        }
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrations")
            .field("files", &self.files)
            .field("plugin", &self.plugin)
            .field("lock_timeout", &self.lock_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Applies the pending migrations, in order, and returns them. Returns an empty list if all are
    /// applied.
    ///
    /// The account of this database runs the statements, so use an account of its own with the
    /// privileges that they need. On the ledger it needs CREATE, SELECT, INSERT and UPDATE. With
    /// several servers, the statements run at the server that accepts changes.
    ///
    /// The run uses two connections outside of the pool. `GET_LOCK` serializes runs with the same
    /// ledger at a server. Each file begins with the session defaults of guests.
    ///
    /// # Errors
    ///
    /// The run stops at the first error. **MySQL and MariaDB commit each DDL statement, so applied
    /// statements stay applied**, except those of a transaction that the file began and that was
    /// still open.
    ///
    /// - [`MigrationError::Statement`] if the server refused a statement. The ledger records the
    ///   file as failed, and later runs fail with [`Unresolved`](MigrationError::Unresolved) until
    ///   [`resolve_migration`](Self::resolve_migration). If nothing of the file was applied, the
    ///   next run tries it again, also with another text.
    /// - [`InDoubt`](MigrationError::InDoubt) if a statement exceeded its time, was interrupted, or
    ///   the connection was lost. Later runs fail with
    ///   [`Interrupted`](MigrationError::Interrupted).
    /// - [`OpenTransaction`](MigrationError::OpenTransaction) if a file ends in a transaction.
    /// - [`Changed`](MigrationError::Changed), [`Renamed`](MigrationError::Renamed),
    ///   [`Missing`](MigrationError::Missing) and [`OutOfOrder`](MigrationError::OutOfOrder) if
    ///   files and ledger disagree. Nothing is applied.
    /// - [`LockTimeout`](MigrationError::LockTimeout) and
    ///   [`StatementStillRuns`](MigrationError::StatementStillRuns) if another run did not end in
    ///   time, and the other cases of [`MigrationError`] about the server, the ledger and options.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future is safe: the host kills the running statement, and later runs fail with
    /// [`Interrupted`](MigrationError::Interrupted) if a file was applied in part. The same holds
    /// if the process is killed. Then its statement runs on at the server, and the next run waits
    /// for its end.
    pub async fn migrate(&self, migrations: &Migrations) -> Result<Vec<AppliedMigration>, MigrationError> {
        migrations.validate()?;
        apply::migrate(self, migrations).await
    }

    /// Compares the migrations with the ledger, and returns the state of each version in order.
    /// Changes nothing, and waits for no other run.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Connect`], [`NoSchema`](MigrationError::NoSchema) or
    /// [`Ledger`](MigrationError::Ledger) if the ledger can't be read. Files that disagree with the
    /// ledger are no error, but a [`MigrationState`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future is safe.
    pub async fn migration_status(&self, migrations: &Migrations) -> Result<Vec<MigrationStatus>, MigrationError> {
        let rows = Control::connect(self, migrations).await?.read().await?;
        Ok(plan::status(&migrations.files, &rows))
    }

    /// Marks a migration as applied or as pending, after you have mended the schema by hand.
    ///
    /// It is for failed and interrupted migrations. A pending migration can be marked as applied if
    /// all earlier ones are applied, for a schema that already has its tables. Needs the privilege
    /// DELETE on the ledger too.
    ///
    /// # Errors
    ///
    /// [`MigrationError::NotResolvable`] for an applied migration, for a migration whose file is
    /// missing, and if an earlier one is not applied. Also the errors of [`migrate`](Self::migrate)
    /// about the server, the ledger and other runs.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future is safe. The mark is then set or not.
    pub async fn resolve_migration(
        &self,
        migrations: &Migrations,
        version: u64,
        resolution: Resolution,
    ) -> Result<(), MigrationError> {
        resolve::resolve(self, migrations, version, resolution).await
    }
}
