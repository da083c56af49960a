//! Finds clauses, functions and hints that raise the kind of a statement above the kind of its
//! verb: files of the server, other sessions, settings, locks.

use wasmysql_sql::{Token, Tokens};

use super::hints::setting_hint_between;
use super::kind::{Before, StatementKind};

/// Functions that acquire named locks. A named lock lasts until it is released or the session ends.
/// The functions are those of both servers and of MySQL plugins (the locking service `service_...`,
/// and `version_tokens_...`).
const NAMED_LOCKS: [&str; 5] = [
    "get_lock",
    "service_get_read_locks",
    "service_get_write_locks",
    "version_tokens_lock_shared",
    "version_tokens_lock_exclusive",
];

/// Tables of the information and performance schemas that show statements of other sessions, or the
/// addresses of other servers. The second is that of MariaDB 11.6 and newer.
const SERVER_TABLES: [&str; 2] = ["processlist", "slave_status"];

/// Returns whether a statement calls a function that acquires a named lock. The lock can outlast
/// the statement.
pub(crate) fn takes_named_locks(sql: &str) -> bool {
    let (mut reach, mut before) = (Reach::default(), Before::default());
    Tokens::new(sql).map_while(Result::ok).any(|located| {
        reach.take(located.token, before);
        before = before.then(located.token);
        reach.takes_named_locks
    })
}

/// The clauses, functions and hints of a statement that raise its kind.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Files of the server, statements of other sessions of the same account, the primary of a
    /// replica, or hints that change settings.
    needs_any: bool,
    takes_named_locks: bool,
    /// FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE.
    locks_rows: bool,
}

impl Reach {
    pub(super) fn take(&mut self, token: Token<'_>, before: Before<'_>) {
        match token {
            Token::Symbol('(') => {
                let Some(function) = before.last else { return };
                self.needs_any |= function.may_name("load_file");
                self.takes_named_locks |= NAMED_LOCKS.iter().any(|name| function.may_name(name));
            }
            // INTO OUTFILE and INTO DUMPFILE write files of the server.
            Token::Word(_) if before.is("INTO") => self.needs_any |= token.is_one_of("OUTFILE DUMPFILE"),
            Token::Word(_) if before.is("FOR") => self.locks_rows |= token.is_one_of("UPDATE SHARE"),
            // A qualified column can be called `lock` and precede a list: `t.lock IN (1, 2)`.
            Token::Word(_) if before.is("IN") && before.second_last.is_some_and(|token| token.is("LOCK")) => {
                self.locks_rows |= token.is("SHARE");
            }
            Token::Word(_) | Token::Quoted(_) if before.last == Some(Token::Symbol('.')) => {
                let Some(schema) = before.second_last else { return };
                self.needs_any |= SERVER_TABLES.iter().any(|name| token.may_name(name))
                    && (schema.may_name("information_schema") || schema.may_name("performance_schema"));
            }
            _ => {}
        }
    }

    /// Takes the blanks and comments after the last token.
    pub(super) fn take_gap(&mut self, gap: &str, before: Before<'_>) {
        self.needs_any |= setting_hint_between(before.last, gap).is_some();
    }

    /// Returns the kind of the statement, at least `kind`. A statement that does not run locks no
    /// rows.
    pub(super) fn raise(&self, kind: StatementKind, runs: bool) -> StatementKind {
        let least = match self {
            Reach { needs_any: true, .. } => StatementKind::ANY,
            Reach { takes_named_locks: true, .. } => StatementKind::DML,
            Reach { locks_rows: true, .. } if runs => StatementKind::DML,
            _ => StatementKind::READ,
        };
        kind.max(least)
    }
}
