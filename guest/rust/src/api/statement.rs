//! A statement with the options of its call.

use super::{Prepared, maybe_async};
use crate::bindings::options::ExecuteOptions;
use crate::error::{Error, Result};
use crate::milliseconds::milliseconds;
use crate::names::{Order, nameless, place};
use crate::params::Params;
use crate::value::Value;
use std::borrow::Cow;
use std::time::Duration;

/// The text of a statement, or a prepared one, with parameters or options for this call. Where there are none, a `&str`,
/// a `String` or a `&Prepared` does.
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
    /// Those that go before the parameters of the call.
    pub(super) values: Vec<Value>,
    pub(super) options: ExecuteOptions,
}

/// What there is to run.
#[derive(Debug, Clone)]
pub(super) enum Source<'s> {
    Text(Cow<'s, str>),
    Prepared(&'s Prepared),
    /// What can't be run, and why.
    Invalid(Error),
}

impl<'s> Statement<'s> {
    /// A statement, with `?` for each parameter.
    pub fn new(sql: impl Into<Cow<'s, str>>) -> Self {
        Self::of(Source::Text(sql.into()))
    }

    /// Adds parameters, which go before those of the call: for a statement that is made in one place, with its parameters,
    /// and run in another.
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
        let Some(names) = params.names() else {
            params.append_to(&mut self.values);
            return self;
        };
        match self.placeholders().and_then(|placeholders| Order::of(&placeholders, &names)) {
            Ok(order) => {
                let mut named = Vec::with_capacity(names.len());
                params.append_to(&mut named);
                order.arrange(named, &mut self.values);
            }
            Err(error) => self.source = Source::Invalid(error),
        }
        self
    }

    /// What its placeholders are called; from now on they are `?`.
    ///
    /// Errors: `Argument` when some have no name.
    pub(super) fn placeholders(&mut self) -> Result<Vec<String>> {
        match &mut self.source {
            Source::Text(sql) => {
                let placed = place(sql);
                if placed.others {
                    return Err(nameless());
                }
                if !placed.names.is_empty() {
                    *sql = Cow::Owned(placed.sql);
                }
                Ok(placed.names)
            }
            Source::Prepared(prepared) if prepared.names().len() != usize::from(prepared.parameters()) => {
                Err(nameless())
            }
            Source::Prepared(prepared) => Ok(prepared.names().to_vec()),
            Source::Invalid(error) => Err(error.clone()),
        }
    }

    /// How long each call to the server may take. It can only shorten what the grant and the engine allow; zero is an
    /// `Argument` error.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout_ms = Some(milliseconds(timeout));
        self
    }

    /// How many rows may come with the answer; the rest follows as it is read. Without it as many as fit one batch.
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
