//! Comments with the trace context of a call, in the format of sqlcommenter.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use tracing::Span;

use crate::telemetry::TraceParent;

type Context = dyn Fn(&Span) -> Option<TraceParent> + Send + Sync;

/// Returns the trace contexts of calls. Clones share the embedder's function.
#[derive(Clone)]
pub(super) struct TraceComments(Arc<Context>);

impl TraceComments {
    pub(super) fn new(traceparent: impl Fn(&Span) -> Option<TraceParent> + Send + Sync + 'static) -> Self {
        Self(Arc::new(traceparent))
    }

    /// Appends the trace context of a call to its statement.
    ///
    /// A comment at the end changes no statement. A statement that ends with a line comment takes
    /// it into that comment, where the logs of the server show it too.
    pub(super) fn comment<'s>(&self, sql: &'s str, call: &Span) -> Cow<'s, str> {
        match (self.0)(call) {
            Some(parent) => format!("{sql} /*traceparent='{parent}'*/").into(),
            None => sql.into(),
        }
    }
}

impl fmt::Debug for TraceComments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceComments")
    }
}
