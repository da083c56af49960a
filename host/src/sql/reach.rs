//! What makes a statement more than its verb says, wherever it stands in it: files of the server, other sessions, locks.

use super::kind::{Before, StatementKind};
use super::tokens::{Token, Tokens};

/// Functions that take locks by name, which last until they are released or the session ends: of both servers, and of plugins of MySQL
/// (`service_...` of the locking service, `version_tokens_...`).
const NAMED_LOCKS: [&str; 5] = [
    "get_lock",
    "service_get_read_locks",
    "service_get_write_locks",
    "version_tokens_lock_shared",
    "version_tokens_lock_exclusive",
];

/// Whether a statement calls a function that takes a lock by name, which can outlast it.
pub(crate) fn takes_named_locks(sql: &str) -> bool {
    let (mut reach, mut before) = (Reach::default(), Before::default());
    Tokens::of(sql).map_while(Result::ok).any(|located| {
        reach.take(located.token, before);
        before = before.then(located.token);
        reach.takes_named_locks
    })
}

/// What was seen of a statement.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Files of the server, or what other sessions with the same account run.
    is_further: bool,
    takes_named_locks: bool,
    /// FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE.
    locks_rows: bool,
}

impl Reach {
    pub(super) fn take(&mut self, token: Token<'_>, before: Before<'_>) {
        match token {
            Token::Symbol('(') => {
                let Some(function) = before.last else { return };
                self.is_further |= function.may_name("load_file");
                self.takes_named_locks |= NAMED_LOCKS.iter().any(|name| function.may_name(name));
            }
            // INTO OUTFILE and INTO DUMPFILE write files.
            Token::Word(_) if before.is("INTO") => self.is_further |= token.is_one_of("OUTFILE DUMPFILE"),
            Token::Word(_) if before.is("FOR") => self.locks_rows |= token.is_one_of("UPDATE SHARE"),
            // A column can be called `lock` after its table, and stand before a list.
            Token::Word(_) if before.is("IN") && before.second_last.is_some_and(|token| token.is("LOCK")) => {
                self.locks_rows |= token.is("SHARE");
            }
            Token::Word(_) | Token::Quoted(_) if before.last == Some(Token::Symbol('.')) => {
                let Some(schema) = before.second_last else { return };
                self.is_further |= token.may_name("processlist")
                    && (schema.may_name("information_schema") || schema.may_name("performance_schema"));
            }
            _ => {}
        }
    }

    /// What a statement of this kind is with all that was seen. One that does not run locks no rows.
    pub(super) fn raise(&self, kind: StatementKind, runs: bool) -> StatementKind {
        let least = match self {
            Reach { is_further: true, .. } => StatementKind::Any,
            Reach { takes_named_locks: true, .. } => StatementKind::Dml,
            Reach { locks_rows: true, .. } if runs => StatementKind::Dml,
            _ => StatementKind::Read,
        };
        kind.max(least)
    }
}
