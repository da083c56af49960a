//! The server's time limit for reading statements on MySQL (`max_execution_time`).
//!
//! At the limit, MySQL stops most statements with an error (3024). But SLEEP and BENCHMARK end
//! early, and the statement returns their result without an error: `SELECT SLEEP(10)` returns 1. So
//! the driver asks the server whether it stopped a statement that took as long as the limit.

use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;

use super::Session;
use crate::driver::errors::{catch_driver_panic, session_error};
use crate::types::{Error, ErrorKind, Result};

/// The server's limit, and the statements that exceeded it.
#[derive(Debug, Default)]
pub(super) struct ReadLimit {
    /// `None` if the server has no limit, or reports an error for every statement that it stops.
    limit: Option<Duration>,
    /// When the running statement was sent.
    started: Option<Instant>,
    /// The number of statements since the last reset that the server stopped.
    exceeded: u64,
}

impl ReadLimit {
    /// `seconds` is the server's limit; 0 means no limit.
    pub(super) fn new(seconds: f64) -> Self {
        let limit = Duration::try_from_secs_f64(seconds).ok().filter(|limit| !limit.is_zero());
        Self { limit, ..Self::default() }
    }

    /// Records that a statement is sent.
    pub(super) fn start(&mut self) {
        self.started = self.limit.map(|_| Instant::now());
    }

    /// Records the error with which the server stopped a statement.
    pub(super) fn observe<T>(&mut self, result: &Result<T>) {
        if self.limit.is_some() && result.as_ref().is_err_and(|error| error.kind == ErrorKind::ServerTimeout) {
            self.exceeded += 1;
        }
    }

    /// Records a reset, which also resets the counter of the server.
    pub(super) fn reset(&mut self) {
        self.exceeded = 0;
    }

    /// Returns whether the server may have stopped the statement whose result was read.
    fn is_over(&mut self) -> bool {
        self.started.take().zip(self.limit).is_some_and(|(started, limit)| started.elapsed() >= limit)
    }
}

impl Session {
    /// Fails with a timeout if the server stopped the statement whose result was read to its end.
    pub(super) async fn check_read_limit(&mut self) -> Result<()> {
        if !self.read_limit.is_over() {
            return Ok(());
        }
        let sql = "SHOW SESSION STATUS LIKE 'Max_execution_time_exceeded'";
        let row: Option<(String, u64)> =
            catch_driver_panic(async { self.conn.query_first(sql).await.map_err(session_error) }).await?;
        let exceeded = row.map_or(0, |(_, exceeded)| exceeded);
        if exceeded <= self.read_limit.exceeded {
            return Ok(());
        }
        self.read_limit.exceeded = exceeded;
        let message = "the statement exceeded the time limit of the server (max_execution_time)";
        Err(Error::new(ErrorKind::ServerTimeout, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statement_is_over_its_limit_once() {
        let mut limit = ReadLimit::new(0.001);
        limit.start();
        std::thread::sleep(Duration::from_millis(2));
        assert!(limit.is_over() && !limit.is_over());
        for seconds in [0.0, -1.0, f64::NAN, 60.0] {
            let mut limit = ReadLimit::new(seconds);
            limit.start();
            assert!(!limit.is_over(), "{seconds}");
        }
    }
}
