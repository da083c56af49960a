//! The prepared statements of one session, by their text, so that a repeated statement costs one round trip.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mysql_async::Statement;

use super::rows;
use crate::sql::StatementKind;
use crate::types::Column;

/// StatementCache kept per session: more than a plugin's hot paths, and far from the server's 16,382 for all sessions.
const KEPT: usize = 64;
/// A longer text is not kept: it is generated, and seldom comes again. The multi-row statements of `execute-many` do come
/// again, and are shorter.
const KEPT_SQL_BYTES: usize = 128 * 1024;
/// All texts of a session in sum.
const ALL_KEPT_SQL_BYTES: usize = 512 * 1024;

/// A statement the server has prepared. It stays prepared as long as a clone of it is held outside of the session.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    held: Arc<Held>,
    /// What kind of statement it is; each grant decides anew whether it may run.
    pub(crate) kind: StatementKind,
    /// Whether it calls a function that takes a lock by name.
    pub(super) takes_named_locks: bool,
}

#[derive(Debug)]
struct Held {
    statement: Statement,
    described: Mutex<Option<Described>>,
    /// It is a CALL.
    calls: bool,
}

/// Columns as the driver has them, and as we do.
#[derive(Debug)]
struct Described {
    driver: Arc<[mysql_async::Column]>,
    ours: Arc<[Column]>,
}

impl Prepared {
    pub(super) fn new(statement: Statement, kind: StatementKind, calls: bool, takes_named_locks: bool) -> Prepared {
        Prepared { held: Arc::new(Held { statement, described: Mutex::default(), calls }), kind, takes_named_locks }
    }

    pub(super) fn statement(&self) -> &Statement {
        &self.held.statement
    }

    /// How many parameters it takes.
    pub(crate) fn parameters(&self) -> usize {
        usize::from(self.held.statement.num_params())
    }

    /// Whether it is a CALL, which can run code of another account.
    pub(crate) fn calls(&self) -> bool {
        self.held.calls
    }

    /// Whether it returns rows.
    pub(crate) fn returns_rows(&self) -> bool {
        self.held.statement.num_columns() > 0
    }

    /// The columns that its result will have.
    pub(crate) fn columns(&self) -> Arc<[Column]> {
        self.describe(self.held.statement.columns())
    }

    /// The columns of a result of it in our terms. MariaDB sends them only where they have changed, and then they are translated
    /// once for all results.
    pub(super) fn describe(&self, driver: Arc<[mysql_async::Column]>) -> Arc<[Column]> {
        let mut described = self.held.described.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(described) = &*described
            && Arc::ptr_eq(&described.driver, &driver)
        {
            return Arc::clone(&described.ours);
        }
        let ours: Arc<[Column]> = driver.iter().map(rows::column).collect();
        *described = Some(Described { driver, ours: Arc::clone(&ours) });
        ours
    }
}

#[derive(Debug, Default)]
pub(super) struct StatementCache {
    by_sql: HashMap<Box<str>, (Prepared, u64)>,
    /// Of the texts.
    bytes: usize,
    /// StatementCache that are no longer kept. Each is closed once nobody holds it, before another is prepared.
    doomed: Vec<Arc<Held>>,
    uses: u64,
}

impl StatementCache {
    pub(super) fn get(&mut self, sql: &str) -> Option<Prepared> {
        // Such a text is not kept, and looking for it would cost as much as reading it.
        if sql.len() > KEPT_SQL_BYTES {
            return None;
        }
        let (prepared, used) = self.by_sql.get_mut(sql)?;
        self.uses += 1;
        *used = self.uses;
        Some(prepared.clone())
    }

    /// Keeps a statement for its next use, in the place of the least recently used one.
    pub(super) fn keep(&mut self, sql: &str, prepared: &Prepared) {
        if sql.len() > KEPT_SQL_BYTES {
            self.doomed.push(Arc::clone(&prepared.held));
            return;
        }
        while self.by_sql.len() >= KEPT || (self.bytes + sql.len() > ALL_KEPT_SQL_BYTES && !self.by_sql.is_empty()) {
            self.evict();
        }
        self.bytes += sql.len();
        self.uses += 1;
        self.by_sql.insert(sql.into(), (prepared.clone(), self.uses));
    }

    /// A statement to close, if there is one.
    pub(super) fn pop_doomed(&mut self) -> Option<Statement> {
        let at = self.doomed.iter().position(|held| Arc::strong_count(held) == 1)?;
        Arc::into_inner(self.doomed.swap_remove(at)).map(|held| held.statement)
    }

    /// Keeps none any more, and says whether some can be closed now.
    pub(super) fn doom_all(&mut self) -> bool {
        self.bytes = 0;
        self.doomed.extend(self.by_sql.drain().map(|(_, (prepared, _))| prepared.held));
        self.doomed.iter().any(|held| Arc::strong_count(held) == 1)
    }

    /// Forgets all: a reset has closed them on the server.
    pub(super) fn clear(&mut self) {
        self.by_sql.clear();
        self.bytes = 0;
        self.doomed.clear();
    }

    fn evict(&mut self) {
        let oldest = self.by_sql.iter().min_by_key(|(_, (_, used))| *used).map(|(sql, _)| sql.clone());
        if let Some((sql, (prepared, _))) = oldest.and_then(|sql| self.by_sql.remove_entry(&sql)) {
            self.bytes -= sql.len();
            self.doomed.push(prepared.held);
        }
    }
}
