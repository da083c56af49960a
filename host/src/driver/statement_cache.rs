//! The statement cache of a session. A cached statement is executed in one round trip, without
//! preparing it again.

use std::collections::HashMap;
use std::sync::Arc;

use mysql_async::Statement;
use parking_lot::Mutex;

use super::parameter_types::ParameterTypes;
use super::rows;
use crate::sql::StatementKind;
use crate::types::{Column, Value};

/// Cached statements per session. Enough for the frequent statements of a plugin, and far below the
/// server's default limit of 16,382 for all sessions.
const MAX_STATEMENTS: usize = 64;
/// The longest text that is cached, in bytes. Longer texts are generated and rarely repeated. The
/// multi-row statements of `execute-many` are repeated, but shorter.
const MAX_SQL_BYTES: usize = 128 * 1024;
/// The total length of the cached texts of a session, in bytes.
const MAX_TOTAL_SQL_BYTES: usize = 512 * 1024;
/// The total size of the columns of the cached statements of a session, in bytes. Statements with
/// more columns than fit are not cached.
const MAX_TOTAL_COLUMN_BYTES: usize = 1024 * 1024;
/// The size of a column in the driver's form and in the contract's, without its names.
const COLUMN_BYTES: usize = size_of::<mysql_async::Column>() + size_of::<Column>();

/// A statement that the server has prepared. It stays prepared while it is cached or a clone of it
/// exists.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    shared: Arc<Shared>,
    /// The kind of the statement. It is checked against the grant at each execution.
    pub(crate) kind: StatementKind,
    /// Whether it calls a function that takes a named lock.
    pub(super) takes_named_locks: bool,
}

#[derive(Debug)]
struct Shared {
    statement: Statement,
    columns: Mutex<Option<ResultColumns>>,
    /// The size of its columns.
    column_bytes: usize,
    /// The statement is a CALL.
    calls: bool,
    /// `None` if the server keeps no parameter types.
    types: Option<ParameterTypes>,
}

/// The columns of the last result, as the driver returned them and converted.
#[derive(Debug)]
struct ResultColumns {
    driver: Arc<[mysql_async::Column]>,
    converted: Arc<[Column]>,
}

impl Prepared {
    pub(super) fn new(
        statement: Statement,
        kind: StatementKind,
        calls: bool,
        takes_named_locks: bool,
        types: Option<ParameterTypes>,
    ) -> Self {
        let column_bytes = statement.columns().iter().map(column_bytes).sum();
        let shared = Arc::new(Shared { statement, columns: Mutex::default(), column_bytes, calls, types });
        Self { shared, kind, takes_named_locks }
    }

    pub(super) fn statement(&self) -> &Statement {
        &self.shared.statement
    }

    /// Returns the number of parameters.
    pub(crate) fn parameters(&self) -> usize {
        usize::from(self.shared.statement.num_params())
    }

    /// Returns about how many bytes its columns take.
    pub(crate) fn column_bytes(&self) -> usize {
        self.shared.column_bytes
    }

    /// Returns whether the statement is a CALL, which can run code of another account.
    pub(crate) fn calls(&self) -> bool {
        self.shared.calls
    }

    /// Returns whether the server computes with the types of these parameters. Otherwise the
    /// statement must be prepared again for them.
    pub(crate) fn accepts(&self, params: &[Value]) -> bool {
        self.shared.types.as_ref().is_none_or(|types| types.accept(params))
    }

    /// Records the parameter types of an execution.
    pub(super) fn keep_types(&self, params: &[Value]) {
        if let Some(types) = &self.shared.types {
            types.keep(params);
        }
    }

    /// Returns whether the statement accepts no parameters any more.
    fn is_spent(&self) -> bool {
        self.shared.types.as_ref().is_some_and(ParameterTypes::are_spent)
    }

    /// Returns whether the statement returns rows.
    pub(crate) fn returns_rows(&self) -> bool {
        self.shared.statement.num_columns() > 0
    }

    /// Returns the columns of its result, as the server announced them when it prepared the
    /// statement.
    pub(crate) fn columns(&self) -> Arc<[Column]> {
        self.convert_columns(self.shared.statement.columns())
    }

    /// Converts the columns of a result. MariaDB sends columns only if they have changed, and the
    /// driver then returns the same `Arc` for each result. So the conversion is cached under that
    /// pointer.
    pub(super) fn convert_columns(&self, driver: Arc<[mysql_async::Column]>) -> Arc<[Column]> {
        let mut cached = self.shared.columns.lock();
        if let Some(columns) = &*cached
            && Arc::ptr_eq(&columns.driver, &driver)
        {
            return Arc::clone(&columns.converted);
        }
        let converted: Arc<[Column]> = driver.iter().map(rows::column).collect();
        *cached = Some(ResultColumns { driver, converted: Arc::clone(&converted) });
        converted
    }
}

/// Returns about how many bytes a column takes: its names twice, since the contract's form repeats
/// them.
fn column_bytes(column: &mysql_async::Column) -> usize {
    let names =
        [column.schema_ref(), column.table_ref(), column.org_table_ref(), column.name_ref(), column.org_name_ref()];
    COLUMN_BYTES + 2 * names.iter().map(|name| name.len()).sum::<usize>()
}

/// The cached statements of a session.
#[derive(Debug, Default)]
pub(super) struct StatementCache {
    /// The statements of each text. There are several if the server keeps parameter types.
    by_sql: HashMap<Box<str>, Vec<Cached>>,
    statements: usize,
    /// The total length of the texts of the cached statements.
    sql_bytes: usize,
    /// The total size of the cached columns.
    column_bytes: usize,
    /// Statements that left the cache. Each is closed when no clone is left, before the next
    /// statement is prepared.
    evicted: Vec<Arc<Shared>>,
    uses: u64,
}

#[derive(Debug)]
struct Cached {
    prepared: Prepared,
    /// The value of `uses` at the last use.
    used: u64,
}

impl StatementCache {
    /// Returns the cached statement of this text that accepts these parameters.
    pub(super) fn get(&mut self, sql: &str, params: &[Value]) -> Option<Prepared> {
        // Such a text is never cached, and the lookup would hash all of it.
        if sql.len() > MAX_SQL_BYTES {
            return None;
        }
        let cached = self.by_sql.get_mut(sql)?.iter_mut().find(|cached| cached.prepared.accepts(params))?;
        self.uses += 1;
        cached.used = self.uses;
        Some(cached.prepared.clone())
    }

    /// Caches a statement. If the cache is full, it evicts the least recently used statements.
    pub(super) fn insert(&mut self, sql: &str, prepared: &Prepared) {
        let column_bytes = prepared.column_bytes();
        if sql.len() > MAX_SQL_BYTES || column_bytes > MAX_TOTAL_COLUMN_BYTES {
            self.evicted.push(Arc::clone(&prepared.shared));
            return;
        }
        if let Some(spent) = self.position(sql, |cached| cached.prepared.is_spent()) {
            self.evict(sql, spent);
        }
        while self.statements >= MAX_STATEMENTS
            || self.sql_bytes + sql.len() > MAX_TOTAL_SQL_BYTES
            || self.column_bytes + column_bytes > MAX_TOTAL_COLUMN_BYTES
        {
            if !self.evict_oldest() {
                break;
            }
        }
        self.statements += 1;
        self.sql_bytes += sql.len();
        self.column_bytes += column_bytes;
        self.uses += 1;
        let cached = Cached { prepared: prepared.clone(), used: self.uses };
        self.by_sql.entry(sql.into()).or_default().push(cached);
    }

    /// Removes and returns an evicted statement that can be closed, because no clone of it is left.
    pub(super) fn pop_closable(&mut self) -> Option<Statement> {
        let at = self.evicted.iter().position(|shared| Arc::strong_count(shared) == 1)?;
        Arc::into_inner(self.evicted.swap_remove(at)).map(|shared| shared.statement)
    }

    /// Evicts all statements, and returns whether some can be closed now.
    pub(super) fn evict_all(&mut self) -> bool {
        (self.statements, self.sql_bytes, self.column_bytes) = (0, 0, 0);
        self.evicted.extend(self.by_sql.drain().flat_map(|(_, cached)| cached).map(|cached| cached.prepared.shared));
        self.evicted.iter().any(|shared| Arc::strong_count(shared) == 1)
    }

    /// Drops all statements without closing them, because a reset has closed them at the server.
    pub(super) fn clear(&mut self) {
        self.by_sql.clear();
        (self.statements, self.sql_bytes, self.column_bytes) = (0, 0, 0);
        self.evicted.clear();
    }

    /// Evicts the least recently used statement. Returns `false` if the cache is empty.
    fn evict_oldest(&mut self) -> bool {
        let all = self.by_sql.iter().flat_map(|(sql, cached)| cached.iter().map(move |cached| (sql, cached.used)));
        let Some((sql, used)) = all.min_by_key(|(_, used)| *used).map(|(sql, used)| (sql.clone(), used)) else {
            return false;
        };
        if let Some(oldest) = self.position(&sql, |cached| cached.used == used) {
            self.evict(&sql, oldest);
        }
        true
    }

    fn position(&self, sql: &str, found: impl Fn(&Cached) -> bool) -> Option<usize> {
        self.by_sql.get(sql)?.iter().position(found)
    }

    /// Evicts one of the statements of this text.
    fn evict(&mut self, sql: &str, position: usize) {
        let Some(cached) = self.by_sql.get_mut(sql) else { return };
        let Cached { prepared, .. } = cached.swap_remove(position);
        if cached.is_empty() {
            self.by_sql.remove(sql);
        }
        self.statements -= 1;
        self.sql_bytes -= sql.len();
        self.column_bytes -= prepared.column_bytes();
        self.evicted.push(prepared.shared);
    }
}
