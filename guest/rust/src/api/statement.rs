//! A statement with parameters and options.

use std::borrow::Cow;
use std::time::Duration;

use super::{Prepared, maybe_async};
use crate::bindings::options::ExecuteOptions;
use crate::error::{Error, Result};
use crate::milliseconds::milliseconds;
use crate::names::{Order, expand_lists, parse_placeholders, unnamed_placeholders};
use crate::parameter::{Parameters, fixed_placeholders};
use crate::params::Params;
use crate::value::Value;

/// A statement: a text or a prepared statement, with parameters and options for this call.
///
/// Every method that executes a statement takes `impl Into<Statement>`. Without parameters and
/// options, pass a `&str`, a `String` or a `&Prepared` directly.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result, Statement};
/// # use std::time::Duration;
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let slow = Statement::new("SELECT COUNT(*) FROM flights").timeout(Duration::from_secs(1));
/// let count: i64 = conn.query_scalar(slow, ()).await?;
///
/// let prepared = conn.prepare("SELECT COUNT(*) FROM flights WHERE carrier = ?").await?;
/// let slow = Statement::from(&prepared).timeout(Duration::from_secs(1));
/// let count: i64 = conn.query_scalar(slow, ("AA",)).await?;
/// # Ok(())
/// # }
/// ```
#[maybe_async]
#[derive(Debug, Clone)]
pub struct Statement<'s> {
    pub(super) source: Source<'s>,
    /// Bound values, which precede the parameters of the call.
    pub(super) values: Vec<Value>,
    pub(super) options: ExecuteOptions,
}

/// The text or the prepared statement to execute.
#[derive(Debug, Clone)]
pub(super) enum Source<'s> {
    Text(Cow<'s, str>),
    Prepared(&'s Prepared),
    /// The error of a statement that could not be built. Executing the statement returns it.
    Invalid(Error),
}

impl<'s> Statement<'s> {
    /// Creates a statement from a text. Placeholders are `?` or `:name`.
    pub fn new(sql: impl Into<Cow<'s, str>>) -> Self {
        Self::of(Source::Text(sql.into()))
    }

    /// Adds parameters, which precede the parameters of the call.
    ///
    /// Use it for a statement that is built in one place, with its parameters, and executed in
    /// another. Parameters that do not match the placeholders are an `Argument` error of the call
    /// that executes the statement.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result, Statement};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let of_carrier = Statement::new("SELECT COUNT(*) FROM flights WHERE carrier = ?").bind(("AA",));
    /// let count: i64 = conn.query_scalar(of_carrier, ()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind(mut self, params: impl Params) -> Self {
        let mut parameters = Parameters::after(std::mem::take(&mut self.values));
        match params.names() {
            None => params.append_to(&mut parameters),
            Some(names) => match self.placeholders().and_then(|placeholders| Order::of(&placeholders, &names)) {
                Ok(order) => {
                    let mut named = Parameters::default();
                    params.append_to(&mut named);
                    order.arrange(named, &mut parameters);
                }
                Err(error) => self.source = Source::Invalid(error),
            },
        }
        let (values, lists) = parameters.expanded();
        self.values = values;
        if !lists.is_empty() {
            self.expand(&lists);
        }
        self
    }

    /// Writes a placeholder for each value of the lists.
    fn expand(&mut self, lists: &[(usize, usize)]) {
        match &mut self.source {
            Source::Text(sql) => *sql = Cow::Owned(expand_lists(sql, lists)),
            Source::Prepared(_) => self.source = Source::Invalid(fixed_placeholders()),
            Source::Invalid(_) => {}
        }
    }

    /// Returns the names of the placeholders, and replaces the placeholders with `?`.
    ///
    /// # Errors
    ///
    /// `Argument` if a placeholder has no name.
    pub(super) fn placeholders(&mut self) -> Result<Vec<String>> {
        match &mut self.source {
            Source::Text(sql) => {
                let parsed = parse_placeholders(sql);
                if parsed.has_unnamed {
                    return Err(unnamed_placeholders());
                }
                if !parsed.names.is_empty() {
                    *sql = Cow::Owned(parsed.sql);
                }
                Ok(parsed.names)
            }
            Source::Prepared(prepared) if prepared.names().len() != usize::from(prepared.parameters()) => {
                Err(unnamed_placeholders())
            }
            Source::Prepared(prepared) => Ok(prepared.names().to_vec()),
            Source::Invalid(error) => Err(error.clone()),
        }
    }

    /// Sets the deadline of each call to the server, rounded up to milliseconds. Defaults to the
    /// statement timeout of the engine (30 s unless configured).
    ///
    /// The deadline can only shorten the statement timeout. Zero makes the call fail with
    /// `Argument`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout_ms = Some(milliseconds(timeout));
        self
    }

    /// Sets the maximum number of rows in the first batch. Defaults to as many rows as fit one
    /// batch.
    ///
    /// The call also waits for the row after them, to learn whether the result has ended.
    pub fn first_rows(mut self, rows: u32) -> Self {
        self.options.first_rows = Some(rows);
        self
    }

    pub(super) fn of(source: Source<'s>) -> Self {
        Self { source, values: Vec::new(), options: ExecuteOptions { timeout_ms: None, first_rows: None } }
    }
}

impl<'s> From<&'s str> for Statement<'s> {
    fn from(sql: &'s str) -> Self {
        Self::new(sql)
    }
}

impl<'s> From<&'s String> for Statement<'s> {
    fn from(sql: &'s String) -> Self {
        Self::new(sql)
    }
}

impl From<String> for Statement<'_> {
    fn from(sql: String) -> Self {
        Self::new(sql)
    }
}

impl<'s> From<&'s Prepared> for Statement<'s> {
    fn from(prepared: &'s Prepared) -> Self {
        Self::of(Source::Prepared(prepared))
    }
}
