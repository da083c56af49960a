//! A cache of metric handles whose labels are known only at runtime. A lookup does not allocate.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;

/// Metric handles by key.
#[derive(Debug)]
pub(super) struct Handles<K, H> {
    made: Mutex<HashMap<K, H>>,
}

impl<K, H> Default for Handles<K, H> {
    fn default() -> Self {
        Self { made: Mutex::default() }
    }
}

impl<K: Hash + Eq, H: Clone> Handles<K, H> {
    /// Returns the handle of this key, and creates it on first use.
    pub(super) fn get(&self, key: K, make: impl FnOnce() -> H) -> H {
        self.made.lock().entry(key).or_insert_with(make).clone()
    }
}
