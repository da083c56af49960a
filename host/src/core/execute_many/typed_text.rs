//! The text of a statement with the casts that a row of parameters needs.

use std::sync::Arc;

use crate::sql::{self, Cast};
use crate::types::Value;

/// The text with the casts that a row needs. Most rows need the same casts as the previous row.
pub(super) struct TypedText<'t> {
    plain: &'t str,
    casts: Vec<Option<Cast>>,
    text: Option<Arc<str>>,
}

impl<'t> TypedText<'t> {
    pub(super) fn new(plain: &'t str) -> Self {
        Self { plain, casts: Vec::new(), text: None }
    }

    /// Returns the text for a row; `None` if it needs no cast. NULL takes the type of the row
    /// before.
    pub(super) fn text_for(&mut self, row: &[Value]) -> Option<Arc<str>> {
        self.casts.resize(row.len(), None);
        let mut changed = false;
        for (cast, value) in self.casts.iter_mut().zip(row) {
            let needed = if *value == Value::Null { *cast } else { Cast::of(value) };
            changed |= needed != *cast;
            *cast = needed;
        }
        if changed {
            self.text = sql::with_casts(self.plain, &self.casts).map(Into::into);
        }
        self.text.clone()
    }
}
