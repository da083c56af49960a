//! The prepared transactions that this process knows.
//!
//! On MySQL an account needs XA_RECOVER_ADMIN to list prepared transactions. Without it the host
//! counts those that it prepared itself, so that the limit of a grant holds within this process.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::command::Command;
use super::xid::Xid;

/// The names of prepared transactions of one database, for each qualifier.
#[derive(Debug, Default)]
pub(in crate::core) struct PreparedNames {
    by_qualifier: Mutex<HashMap<Arc<str>, HashSet<String>>>,
}

impl PreparedNames {
    /// Returns the number of prepared transactions with this qualifier.
    pub(super) fn count(&self, qualifier: &str) -> usize {
        self.by_qualifier.lock().get(qualifier).map_or(0, HashSet::len)
    }

    /// Records a command that was executed, or whose outcome is unknown.
    pub(super) fn record(&self, command: &Command, is_in_doubt: bool) {
        match command {
            Command::Prepare(xid) => self.insert(xid),
            Command::CommitPrepared(xid) | Command::RollbackPrepared(xid) if !is_in_doubt => self.remove(xid),
            _ => {}
        }
    }

    /// Keeps only the names that the server lists.
    pub(super) fn retain(&self, qualifier: &str, listed: impl Fn(&str) -> bool) {
        if let Some(names) = self.by_qualifier.lock().get_mut(qualifier) {
            names.retain(|name| listed(name));
        }
    }

    /// Removes a transaction that does not exist at the server.
    pub(super) fn remove(&self, xid: &Xid) {
        let mut all = self.by_qualifier.lock();
        if let Some(names) = all.get_mut(xid.qualifier()) {
            names.remove(xid.name());
            if names.is_empty() {
                all.remove(xid.qualifier());
            }
        }
    }

    fn insert(&self, xid: &Xid) {
        let mut all = self.by_qualifier.lock();
        all.entry(Arc::clone(xid.qualifier())).or_default().insert(xid.name().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prepared_transactions_count_until_they_are_decided() {
        let names = PreparedNames::default();
        let xid = |name: &str| Xid::new(name.to_owned(), "guest").unwrap();
        names.record(&Command::Prepare(xid("a")), false);
        names.record(&Command::Prepare(xid("b")), true);
        names.record(&Command::Prepare(Xid::new("a".to_owned(), "other").unwrap()), false);
        assert_eq!((names.count("guest"), names.count("other"), names.count("third")), (2, 1, 0));
        names.record(&Command::CommitPrepared(xid("a")), true);
        assert_eq!(names.count("guest"), 2, "the commit is in doubt");
        names.record(&Command::CommitPrepared(xid("a")), false);
        names.record(&Command::RollbackPrepared(xid("b")), false);
        assert_eq!((names.count("guest"), names.count("other")), (0, 1));
        names.record(&Command::Prepare(xid("c")), false);
        names.retain("guest", |name| name == "d");
        assert_eq!(names.count("guest"), 0);
    }
}
