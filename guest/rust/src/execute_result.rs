//! What a statement did.

/// What a statement did that returns no rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecuteResult {
    pub(crate) rows_affected: u64,
    pub(crate) last_insert_id: u64,
    pub(crate) warnings: u16,
    pub(crate) info: String,
}

impl ExecuteResult {
    /// Rows inserted, deleted or matched. UPDATE counts the rows it matched, changed or not, unless the host
    /// configured the database to count changed rows.
    pub fn rows_affected(&self) -> u64 {
        self.rows_affected
    }

    /// The id that AUTO_INCREMENT gave, the first one where there are several; 0 where there is none.
    pub fn last_insert_id(&self) -> u64 {
        self.last_insert_id
    }

    /// How many warnings the server has. `Connection::warnings` reads those of the last statement.
    pub fn warnings(&self) -> u16 {
        self.warnings
    }

    /// The server's remark, for example `Records: 3  Duplicates: 0  Warnings: 0`; of several statements, the last
    /// one's.
    pub fn info(&self) -> &str {
        &self.info
    }

    /// Adds what the next of several statements did.
    pub(crate) fn add(&mut self, next: ExecuteResult) {
        self.rows_affected += next.rows_affected;
        if self.last_insert_id == 0 {
            self.last_insert_id = next.last_insert_id;
        }
        self.warnings = self.warnings.saturating_add(next.warnings);
        self.info = next.info;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_are_summed_and_keep_the_first_id() {
        let part = |rows_affected, last_insert_id| ExecuteResult {
            rows_affected,
            last_insert_id,
            warnings: 1,
            info: String::new(),
        };
        let mut done = ExecuteResult::default();
        done.add(part(2, 0));
        done.add(part(3, 11));
        done.add(part(4, 14));
        assert_eq!(done, ExecuteResult { rows_affected: 9, last_insert_id: 11, warnings: 3, info: String::new() });
    }
}
