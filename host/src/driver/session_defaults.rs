//! What every session starts from, whatever the server's and the account's defaults are and whoever had it before: a guest's results
//! are the same on each server. Set at login, and again after each reset, which takes a session back to the server's defaults.
//!
//! Left as the server has them are variables that an operator sets on purpose and that change no result of one statement:
//! `transaction_isolation` (an engine can choose it), the engines of tables, `auto_increment_increment` and `wsrep_sync_wait` (of
//! clusters), `innodb_snapshot_isolation`, `block_encryption_mode` (the data that are there were encrypted by it), `max_sp_recursion_depth`,
//! sizes of buffers, what is logged, and the optimizer.

use super::options::DatabaseOptions;

/// StatementCache without which text is not what it was. `utf8mb4` and its collation, see `DatabaseOptions::collation`.
const NAMES: &str = "SET NAMES utf8mb4";
/// The server's own collation, where it is one of `utf8mb4`; else what `SET NAMES` has chosen.
const SERVER_COLLATION: &str = "SET collation_connection=IF(@@GLOBAL.collation_server LIKE 'utf8mb4%',\
     @@GLOBAL.collation_server,@@collation_connection)";

/// Each variable with what it would change. Short, since a server's packet may have no more than a kilobyte.
const VARIABLES: &[(&str, &str)] = &[
    // Each statement is committed by itself, and no transaction is begun by the end of another.
    ("autocommit", "1"),
    ("completion_type", "0"),
    // Strict: what does not fit is an error.
    ("sql_mode", "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"),
    // A TIMESTAMP is the same moment everywhere.
    ("time_zone", "'+00:00'"),
    // Locks are given up before a statement's deadline.
    ("innodb_lock_wait_timeout", "LEAST(@@GLOBAL.innodb_lock_wait_timeout, 10)"),
    // Results are whole: no LIMIT that nobody wrote, no refusal for the optimizer's guess of their size (max_join_size), or for a
    // missing WHERE.
    ("sql_select_limit", "18446744073709551615"),
    ("sql_big_selects", "1"),
    ("sql_safe_updates", "0"),
    // `id IS NULL` finds NULLs, not the row that was inserted last.
    ("sql_auto_is_null", "0"),
    // Constraints hold.
    ("foreign_key_checks", "1"),
    ("unique_checks", "1"),
    ("updatable_views_with_limit", "1"),
    ("sql_quote_show_create", "1"),
    // Warnings are counted and can be read: as many as MariaDB keeps, all of them.
    ("sql_notes", "1"),
    ("max_error_count", "64"),
    // The servers' documented defaults.
    ("max_sort_length", "1024"),
    ("div_precision_increment", "4"),
    ("default_week_format", "0"),
    // MariaDB's default. MySQL's is 1,024 bytes, at which GROUP_CONCAT is cut with no more than a warning.
    ("group_concat_max_len", "1048576"),
    // Messages, and the names of months and days.
    ("lc_messages", "'en_US'"),
    ("lc_time_names", "'en_US'"),
];

/// What only MariaDB has, as a comment that MySQL passes over. Sets as the server that is told has them: from 10.6 on, and from 10.8.2.
///
/// A recursive query is stopped by its deadline, not cut after `max_recursive_iterations` rows with no more than a warning. DEFAULT for
/// `system_versioning_asof` is the present, not the server's default.
const MARIADB: &str = "/*M!100601 ,old_mode='UTF8_IS_UTF8MB3',check_constraint_checks=1,standard_compliant_cte=1,\
     max_recursive_iterations=4294967295,default_regex_flags='',sql_if_exists=0,innodb_strict_mode=1,system_versioning_asof=DEFAULT*/\
     /*M!100802 ,explicit_defaults_for_timestamp=1*/";
/// What only MySQL has and an account without privileges may set, as a comment that MariaDB passes over.
const MYSQL: &str = "/*!80000 ,cte_max_recursion_depth=1000,windowing_use_high_precision=1*/";

/// The host's own statements that make a session as new.
#[derive(Debug)]
pub(super) struct SessionDefaults {
    statements: Vec<String>,
}

impl SessionDefaults {
    /// A reset keeps the default schema, so that is set again too.
    pub(super) fn new(options: &DatabaseOptions) -> SessionDefaults {
        let mut statements = Vec::new();
        if let Some(schema) = options.namespace() {
            statements.push(format!("USE `{}`", schema.replace('`', "``")));
        }
        match options.collation_name() {
            // It was validated: letters, digits and underscores.
            Some(collation) => statements.push(format!("{NAMES} COLLATE {collation}")),
            None => statements.extend([NAMES.to_owned(), SERVER_COLLATION.to_owned()]),
        }
        let assignments: Vec<String> = VARIABLES.iter().map(|(name, value)| format!("{name}={value}")).collect();
        statements.push(format!("SET {}{MARIADB}{MYSQL}", assignments.join(",")));
        SessionDefaults { statements }
    }

    /// As texts, each of one statement or more and no longer than a packet: one, unless packets are smaller than any server's default.
    /// `last` follows in the same way.
    pub(super) fn texts(&self, last: Option<String>, packet: usize) -> Vec<String> {
        let mut texts = Vec::<String>::new();
        for statement in self.statements.iter().map(String::as_str).chain(last.as_deref()) {
            match texts.last_mut() {
                // One byte is for the command.
                Some(text) if text.len() + "; ".len() + statement.len() < packet => {
                    text.push_str("; ");
                    text.push_str(statement);
                }
                _ => texts.push(statement.to_owned()),
            }
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server takes at least.
    const SMALLEST_PACKET: usize = 1024;

    fn options() -> DatabaseOptions {
        DatabaseOptions::tcp("localhost", 3306)
    }

    #[test]
    fn a_schema_is_quoted_and_a_collation_is_named() {
        let texts = |options: DatabaseOptions| SessionDefaults::new(&options).texts(None, 1 << 20);
        assert!(texts(options().schema("a`b"))[0].starts_with("USE `a``b`; SET NAMES utf8mb4; SET collation_"));
        assert!(texts(options())[0].starts_with("SET NAMES utf8mb4; SET collation_connection=IF("));
        let chosen = texts(options().collation("utf8mb4_bin"));
        assert!(chosen[0].starts_with("SET NAMES utf8mb4 COLLATE utf8mb4_bin; SET autocommit=1,"), "{chosen:?}");
    }

    #[test]
    fn they_are_one_text_and_several_only_where_packets_are_small() {
        let defaults = SessionDefaults::new(&options().schema("s".repeat(64)));
        let last = || Some("SET SESSION TRANSACTION READ ONLY".to_owned());
        assert_eq!(defaults.texts(last(), 16 * 1024).len(), 1);
        let small = defaults.texts(last(), SMALLEST_PACKET);
        assert!(small.iter().all(|text| text.len() < SMALLEST_PACKET), "{small:?}");
        assert_eq!(small.join("; "), defaults.texts(last(), 16 * 1024)[0]);
    }
}
