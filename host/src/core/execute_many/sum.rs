//! The sum of the outcomes of one call.

use std::sync::Arc;

use crate::core::outcome::Outcome;
use crate::driver::Reply;

/// The sum of the outcomes of one call's statements.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) statements: usize,
    affected_rows: u64,
    first_insert_id: u64,
    warnings: u16,
    info: String,
}

impl Sum {
    /// Adds the response to a command, and its number of warnings.
    pub(super) fn add(&mut self, reply: &Reply, warnings: u16) {
        self.statements += 1;
        self.affected_rows = self.affected_rows.saturating_add(reply.affected_rows);
        if self.first_insert_id == 0 {
            self.first_insert_id = reply.last_insert_id;
        }
        self.warnings = self.warnings.saturating_add(warnings);
        self.info.clone_from(&reply.info);
    }

    pub(super) fn into_outcome(self) -> Outcome {
        let Self { affected_rows, first_insert_id: last_insert_id, warnings, info, .. } = self;
        Outcome::without_rows(Reply { affected_rows, last_insert_id, info, columns: Arc::default() }, warnings)
    }
}
