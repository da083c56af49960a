//! Shows the progress of loading a table.

use crate::table::grouped;
use std::io::{IsTerminal, Write, stdout};
use std::time::Instant;

/// The width of the bar in characters.
const WIDTH: usize = 30;

/// A progress bar if stdout is a terminal, otherwise one line after the table is loaded.
pub(crate) struct Progress {
    table: &'static str,
    rows: u64,
    start: Instant,
    terminal: bool,
}

impl Progress {
    pub(crate) fn new(table: &'static str) -> Self {
        Self { table, rows: 0, start: Instant::now(), terminal: stdout().is_terminal() }
    }

    /// Adds loaded rows and sets the completed fraction, from 0 to 1.
    pub(crate) fn advance(&mut self, rows: u64, done: f64) {
        self.rows += rows;
        if self.terminal {
            self.draw(done);
        }
    }

    /// Writes the final line and returns the number of rows.
    pub(crate) fn finish(self) -> u64 {
        if self.terminal {
            self.draw(1.0);
            println!();
        } else {
            let seconds = self.start.elapsed().as_secs_f64();
            println!("{:<8} {:>6} rows in {seconds:.2} s", self.table, grouped(self.rows));
        }
        self.rows
    }

    fn draw(&self, done: f64) {
        let seconds = self.start.elapsed().as_secs_f64();
        print!("\r{:<8} {} {:>6} rows  {seconds:.2} s\x1b[K", self.table, bar(done), grouped(self.rows));
        // Loading continues if the bar can't be drawn.
        let _ = stdout().flush();
    }
}

fn bar(done: f64) -> String {
    let full = (0..WIDTH).filter(|cell| (*cell as f64) < done * WIDTH as f64).count();
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_has_constant_width() {
        assert_eq!(bar(0.0), "░".repeat(WIDTH));
        assert_eq!(bar(0.5).matches('█').count(), WIDTH / 2);
        assert_eq!(bar(1.0), "█".repeat(WIDTH));
        assert_eq!(bar(2.0), "█".repeat(WIDTH));
    }
}
