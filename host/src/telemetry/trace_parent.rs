//! The trace context of a span, in the format of W3C Trace Context.

use std::fmt;

/// The trace context of a span. Its [`Display`](fmt::Display) is the value of the header
/// `traceparent` of [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// # Examples
///
/// ```
/// use wasmysql_host::telemetry::TraceParent;
///
/// let parent = TraceParent::new([0xa1; 16], [0xb2; 8], 1);
/// assert_eq!(parent.to_string(), "00-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-b2b2b2b2b2b2b2b2-01");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    trace_id: [u8; 16],
    span_id: [u8; 8],
    flags: u8,
}

impl TraceParent {
    /// Creates a context from the ids of the trace and of the span, and the flags of the trace
    /// (1: sampled).
    #[must_use]
    pub fn new(trace_id: [u8; 16], span_id: [u8; 8], flags: u8) -> Self {
        Self { trace_id, span_id, flags }
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (u128::from_be_bytes(self.trace_id), u64::from_be_bytes(self.span_id));
        write!(f, "00-{trace:032x}-{span:016x}-{:02x}", self.flags)
    }
}
