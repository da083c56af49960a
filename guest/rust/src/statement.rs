//! A statement's text with the options of its call.

use crate::bindings::connection::ExecuteOptions;
use std::borrow::Cow;
use std::time::Duration;

/// The text of a statement, with options for this call. Where there are none, a `&str` or `String` does.
///
/// ```
/// # use wasmysql::{Connection, Result, Statement};
/// # use std::time::Duration;
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let slow = Statement::new("SELECT COUNT(*) FROM flights").timeout(Duration::from_secs(1));
/// let count: i64 = conn.query_scalar(slow, ()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Statement<'s> {
    sql: Cow<'s, str>,
    options: ExecuteOptions,
}

impl<'s> Statement<'s> {
    /// A statement, with `?` for each parameter.
    pub fn new(sql: impl Into<Cow<'s, str>>) -> Self {
        Self { sql: sql.into(), options: ExecuteOptions { timeout_ms: None, first_rows: None } }
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

    pub(crate) fn into_parts(self) -> (String, ExecuteOptions) {
        (self.sql.into_owned(), self.options)
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

/// Rounded up, so that a short time does not become none; 49 days at most.
pub(crate) fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_and_capped() {
        assert_eq!(milliseconds(Duration::ZERO), 0);
        assert_eq!(milliseconds(Duration::from_nanos(1)), 1);
        assert_eq!(milliseconds(Duration::from_millis(1500)), 1500);
        assert_eq!(milliseconds(Duration::MAX), u32::MAX);
    }
}
