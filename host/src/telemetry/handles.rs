//! Handles of metrics whose labels are known only when something happens: made once, kept, and found again without an allocation.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Handles by what tells them apart.
#[derive(Debug)]
pub(super) struct Handles<K, H> {
    made: Mutex<HashMap<K, H>>,
}

impl<K, H> Default for Handles<K, H> {
    fn default() -> Self {
        Handles { made: Mutex::default() }
    }
}

impl<K: Hash + Eq, H: Clone> Handles<K, H> {
    /// The handle of this key, which is made where there is none yet.
    pub(super) fn get(&self, key: K, make: impl FnOnce() -> H) -> H {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert_with(make).clone()
    }
}
