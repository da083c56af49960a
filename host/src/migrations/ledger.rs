//! The ledger: the table with the applied files.

use std::time::Duration;

use super::error::MigrationError;
use super::files::MigrationFile;

/// The name of the table. `_` and the name of the plugin follow, if there is one.
const TABLE: &str = "wasmysql_migrations";
/// The maximum length of a table name.
const MAX_TABLE_CHARACTERS: usize = 64;
/// The maximum length of a recorded error, in characters. The column has 64 KiB.
const MAX_ERROR_CHARACTERS: usize = 2000;

/// The server's code for a table that does not exist.
pub(super) const NO_SUCH_TABLE: u16 = 1146;

/// The state of a file in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowState {
    /// Its statements are running, or the run was interrupted.
    Running,
    Applied,
    Failed,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LedgerRow {
    pub(super) version: u64,
    pub(super) name: String,
    pub(super) checksum: String,
    pub(super) state: RowState,
    /// The number of statements, from the first, that are applied.
    pub(super) statements_applied: usize,
    pub(super) statements: usize,
    /// Whether later statements may be applied too.
    pub(super) in_doubt: bool,
    pub(super) started_at: String,
    pub(super) duration: Option<Duration>,
    pub(super) line: Option<usize>,
    pub(super) error: Option<String>,
}

/// The SQL for the ledger of one plugin. All values are in the text, because the text protocol has
/// no parameters.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) table: String,
}

impl Ledger {
    /// Checks the name of the plugin.
    pub(super) fn of(plugin: Option<&str>) -> Result<Self, MigrationError> {
        let Some(plugin) = plugin else { return Ok(Self { table: TABLE.to_owned() }) };
        let invalid = |problem: String| MigrationError::InvalidOption { problem };
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if plugin.is_empty() || !plugin.chars().all(is_part) {
            return Err(invalid(format!("invalid plugin name '{plugin}'; use letters, digits, _ and -")));
        }
        let table = format!("{TABLE}_{plugin}");
        match table.len() > MAX_TABLE_CHARACTERS {
            false => Ok(Self { table }),
            true => Err(invalid(format!(
                "the plugin name '{plugin}' is too long: the ledger {table} would have more than \
                 {MAX_TABLE_CHARACTERS} characters"
            ))),
        }
    }

    fn quoted(&self) -> String {
        format!("`{}`", self.table)
    }

    pub(super) fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\
             version BIGINT UNSIGNED NOT NULL PRIMARY KEY, \
             name VARCHAR(255) NOT NULL, \
             checksum CHAR(64) NOT NULL COMMENT 'SHA-256 of the text, with LF for CRLF', \
             state ENUM('running', 'applied', 'failed') NOT NULL, \
             statements_applied INT UNSIGNED NOT NULL, \
             statements INT UNSIGNED NOT NULL, \
             in_doubt BOOLEAN NOT NULL COMMENT 'whether later statements may be applied too', \
             started_at DATETIME(6) NOT NULL COMMENT 'UTC', \
             duration_ms BIGINT UNSIGNED, \
             failed_line INT UNSIGNED, \
             error TEXT\
             ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='The migrations of wasmysql'",
            self.quoted()
        )
    }

    pub(super) fn select(&self) -> String {
        format!(
            "SELECT version, name, checksum, state, statements_applied, statements, in_doubt, started_at, duration_ms, \
             failed_line, error FROM {} ORDER BY version",
            self.quoted()
        )
    }

    /// Selects the row of a file.
    pub(super) fn find(&self, version: u64) -> String {
        format!("SELECT version FROM {} WHERE version={version}", self.quoted())
    }

    /// Records that the statements of a file begin. Replaces the row of a failed attempt.
    pub(super) fn start(&self, file: &MigrationFile) -> String {
        self.write(file, "running", 0)
    }

    /// Records a file as applied although its statements were not run.
    pub(super) fn mark_applied(&self, file: &MigrationFile) -> String {
        self.write(file, "applied", file.statements.len())
    }

    fn write(&self, file: &MigrationFile, state: &str, applied: usize) -> String {
        let values = format!(
            "name={},checksum={},state='{state}',statements_applied={applied},statements={},in_doubt=0,\
             started_at=UTC_TIMESTAMP(6),duration_ms=NULL,failed_line=NULL,error=NULL",
            text(file.name()),
            text(file.checksum()),
            file.statements.len(),
        );
        let (table, version) = (self.quoted(), file.version());
        format!("INSERT INTO {table} SET version={version},{values} ON DUPLICATE KEY UPDATE {values}")
    }

    pub(super) fn progress(&self, version: u64, applied: usize) -> String {
        format!("UPDATE {} SET statements_applied={applied} WHERE version={version}", self.quoted())
    }

    pub(super) fn applied(&self, file: &MigrationFile, duration: Duration) -> String {
        format!(
            "UPDATE {} SET state='applied',statements_applied=statements,duration_ms={} WHERE version={}",
            self.quoted(),
            duration.as_millis(),
            file.version()
        )
    }

    /// Records a failure. The state is `failed` if the result of each statement is known, or if
    /// `state` is [`RowState::Running`], the row stays that of an interrupted run.
    pub(super) fn failed(&self, version: u64, state: RowState, failure: &Failure<'_>, duration: Duration) -> String {
        let state = if state == RowState::Running { "running" } else { "failed" };
        let error: String = failure.message.chars().take(MAX_ERROR_CHARACTERS).collect();
        format!(
            "UPDATE {} SET state='{state}',statements_applied={},in_doubt={},duration_ms={},failed_line={},error={} \
             WHERE version={version}",
            self.quoted(),
            failure.applied,
            u8::from(failure.in_doubt),
            duration.as_millis(),
            failure.line,
            text(&error),
        )
    }

    pub(super) fn delete(&self, version: u64) -> String {
        format!("DELETE FROM {} WHERE version={version}", self.quoted())
    }
}

/// A failure as the ledger records it.
#[derive(Debug)]
pub(super) struct Failure<'m> {
    pub(super) applied: usize,
    pub(super) in_doubt: bool,
    pub(super) line: usize,
    pub(super) message: &'m str,
}

/// Returns a string literal. It contains no character of the text, so nothing needs to be escaped.
pub(super) fn text(value: &str) -> String {
    format!("_utf8mb4 X'{}'", super::files::hexadecimal(value.as_bytes()))
}

impl LedgerRow {
    /// Parses the values of `Ledger::select`. `None` if a value is invalid.
    pub(super) fn parse(values: &[Option<String>]) -> Option<Self> {
        let [version, name, checksum, state, applied, statements, in_doubt, started_at, duration, line, error] = values
        else {
            return None;
        };
        let state = match state.as_deref()? {
            "running" => RowState::Running,
            "applied" => RowState::Applied,
            "failed" => RowState::Failed,
            _ => return None,
        };
        let duration = duration.as_deref().map(str::parse).transpose().ok()?;
        Some(Self {
            version: version.as_deref()?.parse().ok()?,
            name: name.clone()?,
            checksum: checksum.clone()?,
            state,
            statements_applied: applied.as_deref()?.parse().ok()?,
            statements: statements.as_deref()?.parse().ok()?,
            in_doubt: in_doubt.as_deref()? != "0",
            started_at: started_at.clone()?,
            duration: duration.map(Duration::from_millis),
            line: line.as_deref().map(str::parse).transpose().ok()?,
            error: error.clone(),
        })
    }

    /// Returns whether a failed attempt changed nothing, so that the file can be run again.
    pub(super) fn changed_nothing(&self) -> bool {
        self.state == RowState::Failed && self.statements_applied == 0 && !self.in_doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_the_name_of_the_plugin() {
        let table =
            |plugin: Option<&str>| Ledger::of(plugin).map(|ledger| ledger.table).map_err(|error| error.to_string());
        assert_eq!(table(None).as_deref(), Ok("wasmysql_migrations"));
        assert_eq!(table(Some("page-visits_2")).as_deref(), Ok("wasmysql_migrations_page-visits_2"));
        assert_eq!(table(Some(&"a".repeat(44))).map(|table| table.len()), Ok(64));
        for (plugin, words) in [("", "letters"), ("a`b", "letters"), ("a.b", "letters"), (&*"a".repeat(45), "too long")]
        {
            assert!(table(Some(plugin)).is_err_and(|error| error.contains(words)), "{plugin}");
        }
    }

    #[test]
    fn texts_of_errors_are_no_sql() {
        let ledger = Ledger::of(None).unwrap();
        let failure = Failure { applied: 1, in_doubt: false, line: 7, message: "it's \\ `bad`" };
        let sql = ledger.failed(2, RowState::Failed, &failure, Duration::from_millis(3));
        assert_eq!(
            sql,
            "UPDATE `wasmysql_migrations` SET state='failed',statements_applied=1,in_doubt=0,duration_ms=3,\
             failed_line=7,error=_utf8mb4 X'69742773205c206062616460' WHERE version=2"
        );
    }
}
