//! The session defaults: variables that every session sets, so that statements have the same
//! results on each server, account and session. They are set at login and again after each reset,
//! because a reset restores the server's own defaults.
//!
//! Some variables keep the server's value, because operators set them on purpose and they change no
//! result of a single statement:
//!
//! - `transaction_isolation`, which an engine can override, and `innodb_snapshot_isolation`
//! - `auto_increment_increment` and `wsrep_sync_wait`, for clusters
//! - `block_encryption_mode`, with which existing data is encrypted
//! - `max_sp_recursion_depth`, the storage engines of tables, buffer sizes, logging, and the
//!   optimizer settings
//! - on MySQL `explicit_defaults_for_timestamp`, `innodb_strict_mode` and `max_error_count`, which
//!   only privileged accounts may set in every version

use super::options::DatabaseOptions;
use super::server_flavour::ServerFlavour;

/// The character set, without which text would be converted. For the collation see
/// `DatabaseOptions::collation`. A separate statement, because the values of a SET statement are
/// computed before it assigns any of them.
const NAMES: &str = "SET NAMES utf8mb4";
/// The server's own collation if it is a `utf8mb4` collation, else the collation that `SET NAMES`
/// has set.
const SERVER_COLLATION: &str = ",collation_connection=IF(@@GLOBAL.collation_server LIKE 'utf8mb4%',\
     @@GLOBAL.collation_server,@@collation_connection)";

/// The beginning of each statement that assigns variables: autocommit is on. All other assignments
/// begin with a comma, also those in executable comments.
const SET: &str = "SET autocommit=1";

/// The variables and their values. The list must stay short, because the packet size of a server
/// can be as low as 1 KiB.
const VARIABLES: &[(&str, &str)] = &[
    // No chained transactions.
    ("completion_type", "0"),
    // Strict mode: a value that does not fit its column is an error.
    ("sql_mode", "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"),
    // UTC, so that a TIMESTAMP has the same value everywhere.
    ("time_zone", "'+00:00'"),
    // A lock wait ends before the statement's deadline.
    ("innodb_lock_wait_timeout", "CAST(LEAST(@@GLOBAL.innodb_lock_wait_timeout, 10) AS UNSIGNED)"),
    // Complete results: no implicit LIMIT, no error for the optimizer's estimate of a large join
    // (max_join_size), and no error for a missing WHERE.
    ("sql_select_limit", "18446744073709551615"),
    ("sql_big_selects", "1"),
    ("sql_safe_updates", "0"),
    // `id IS NULL` finds NULL values, not the last inserted row.
    ("sql_auto_is_null", "0"),
    // Constraints are enforced.
    ("foreign_key_checks", "1"),
    ("unique_checks", "1"),
    ("updatable_views_with_limit", "1"),
    ("sql_quote_show_create", "1"),
    // Notes are recorded as warnings.
    ("sql_notes", "1"),
    // The documented defaults of the servers.
    ("max_sort_length", "1024"),
    ("div_precision_increment", "4"),
    ("default_week_format", "0"),
    // MariaDB's default. MySQL's default is 1,024 bytes; a longer GROUP_CONCAT is truncated with
    // only a warning.
    ("group_concat_max_len", "1048576"),
    // The language of messages, and of the names of months and days.
    ("lc_messages", "'en_US'"),
    ("lc_time_names", "'en_US'"),
];

/// Variables of MariaDB from 10.6 on, and from 10.8.2 on, in executable comments that MySQL
/// ignores.
///
/// `max_recursive_iterations` has its maximum: a deadline stops a recursive query. A lower value
/// would truncate the result with only a warning. DEFAULT for `system_versioning_asof` means the
/// current time, not the server's default. 64 is the default number of stored warnings; MySQL's is
/// 1024, and there only privileged accounts may set it.
const MARIADB: &[&str] = &[
    "/*M!100601 ,old_mode='UTF8_IS_UTF8MB3',check_constraint_checks=1,standard_compliant_cte=1,\
     max_recursive_iterations=4294967295,default_regex_flags='',sql_if_exists=0,innodb_strict_mode=1,\
     system_versioning_asof=DEFAULT,max_error_count=64*/",
    "/*M!100802 ,explicit_defaults_for_timestamp=1*/",
];
/// Variables of MySQL that an account without privileges may set, in executable comments that
/// MariaDB ignores. The recursion depth has its maximum, like MariaDB's. EXPLAIN returns the rows
/// of a table, as on MariaDB; the default of MySQL 9 is a single text.
const MYSQL: &[&str] = &[
    "/*!80000 ,cte_max_recursion_depth=4294967295,windowing_use_high_precision=1,show_create_table_verbosity=0*/",
    "/*!80032 ,explain_format=TRADITIONAL*/",
];

/// The statements that set the session defaults.
#[derive(Debug)]
pub(super) struct SessionDefaults {
    /// Statements before the assignments.
    first: Vec<String>,
    /// Assignments of variables, each with a comma before it.
    assignments: Vec<String>,
    /// The active roles of the login, as the server reports them.
    roles: String,
    /// The statement that makes these roles active.
    set_role: String,
}

impl SessionDefaults {
    /// Creates the statements. They also set the default schema, because a reset keeps it. `roles`
    /// are the active roles of the login, as the server reports them.
    pub(super) fn new(options: &DatabaseOptions, server: ServerFlavour, roles: String) -> Self {
        let schema = options.namespace().map(|schema| format!("USE `{}`", schema.replace('`', "``")));
        let (names, collation) = match options.collation_name() {
            // `validate` has checked it: letters, digits and underscores.
            Some(collation) => (format!("{NAMES} COLLATE {collation}"), None),
            None => (NAMES.to_owned(), Some(SERVER_COLLATION.to_owned())),
        };
        let variables = VARIABLES.iter().map(|(name, value)| format!(",{name}={value}"));
        let of_servers = [MARIADB, MYSQL].into_iter().flatten().map(|text| (*text).to_owned());
        Self {
            first: schema.into_iter().chain([names]).collect(),
            assignments: collation.into_iter().chain(variables).chain(of_servers).collect(),
            set_role: format!("SET ROLE {}", server.role_list(&roles)),
            roles,
        }
    }

    /// Returns the statement that restores the roles of the login, because a reset keeps the roles
    /// that a procedure has set. `None` if these roles are still active. `active` are the roles as
    /// the server reports them, in any character set.
    pub(super) fn restoring_roles(&self, active: &[u8]) -> Option<String> {
        (self.roles.as_bytes() != active).then(|| self.set_role.clone())
    }

    /// Joins the statements, and the assignments of `settings` as the last ones, to texts that each
    /// fit into a packet. The result is a single text, unless the packet size is below every
    /// server's default.
    ///
    /// All assignments are one statement, because the server sends a packet for each statement.
    pub(super) fn texts(&self, settings: &[String], packet: usize) -> Vec<String> {
        let settings: Vec<String> = settings.iter().map(|assignment| format!(",{assignment}")).collect();
        let mut texts = vec![format!("{}; {SET}", self.first.join("; "))];
        for assignment in self.assignments.iter().chain(&settings) {
            match texts.last_mut() {
                // The command takes one byte of the packet.
                Some(text) if text.len() + 1 + assignment.len() < packet => text.push_str(assignment),
                _ => texts.push(format!("{SET}{assignment}")),
            }
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest packet size that a server can have.
    const SMALLEST_PACKET: usize = 1024;

    fn options() -> DatabaseOptions {
        DatabaseOptions::tcp("localhost", 3306)
    }

    fn defaults(options: DatabaseOptions) -> SessionDefaults {
        SessionDefaults::new(&options, ServerFlavour::parse("10.11.6-MariaDB"), "reader".to_owned())
    }

    #[test]
    fn schema_is_quoted_and_collation_is_set() {
        let text = |options: DatabaseOptions| defaults(options).texts(&[], 1 << 20).remove(0);
        let beginning = "SET NAMES utf8mb4; SET autocommit=1,collation_connection=IF(";
        assert!(text(options().schema("a`b")).starts_with(&format!("USE `a``b`; {beginning}")));
        assert!(text(options()).starts_with(beginning));
        let with_collation = text(options().collation("utf8mb4_bin"));
        let beginning = "SET NAMES utf8mb4 COLLATE utf8mb4_bin; SET autocommit=1,completion_type=0,";
        assert!(with_collation.starts_with(beginning), "{with_collation}");
    }

    #[test]
    fn defaults_are_split_only_for_small_packets() {
        let defaults = defaults(options().schema("s".repeat(64)));
        let settings = ["SESSION tx_read_only=1".to_owned()];
        assert_eq!(defaults.texts(&settings, 16 * 1024).len(), 1);
        let small = defaults.texts(&settings, SMALLEST_PACKET);
        assert!(small.iter().all(|text| text.len() < SMALLEST_PACKET), "{small:?}");
        let rest: Vec<_> = small[1..].iter().map(|text| text.strip_prefix(SET).unwrap()).collect();
        assert_eq!(small[0].clone() + &rest.concat(), defaults.texts(&settings, 16 * 1024)[0]);
    }

    #[test]
    fn roles_are_restored_only_if_they_changed() {
        let defaults = defaults(options());
        assert_eq!(defaults.restoring_roles(b"reader"), None);
        for active in ["", "other"] {
            let restoring = defaults.restoring_roles(active.as_bytes());
            assert_eq!(restoring.as_deref(), Some("SET ROLE `reader`"), "{active}");
        }
    }
}
