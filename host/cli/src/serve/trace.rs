//! The trace context of a request: the header `traceparent` of W3C Trace Context.

use hyper::HeaderMap;

/// The trace of a request and the span of its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TraceParent {
    pub(super) trace_id: String,
    pub(super) parent_id: String,
}

impl TraceParent {
    /// Returns the context of a request. An invalid header is ignored, as the specification
    /// requires.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        let value = values.next()?.to_str().ok()?;
        if values.next().is_some() { None } else { Self::parse(value) }
    }

    fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split('-');
        let (version, trace_id, parent_id) = (parts.next()?, parts.next()?, parts.next()?);
        let flags = parts.next()?;
        // Later versions can have further parts.
        let is_complete = version != "00" || parts.next().is_none();
        let is_set = |id: &str| id.bytes().any(|digit| digit != b'0');
        let is_valid = is_hex(version, 2)
            && version != "ff"
            && is_hex(trace_id, 32)
            && is_set(trace_id)
            && is_hex(parent_id, 16)
            && is_set(parent_id)
            && is_hex(flags, 2)
            && is_complete;
        is_valid.then(|| Self { trace_id: trace_id.to_owned(), parent_id: parent_id.to_owned() })
    }
}

/// Returns whether a text is a number of `length` lower-case hexadecimal digits.
fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    #[test]
    fn valid_header_has_a_trace_and_a_parent() {
        let expected = TraceParent { trace_id: TRACE.to_owned(), parent_id: PARENT.to_owned() };
        assert_eq!(TraceParent::parse(&format!("00-{TRACE}-{PARENT}-01")), Some(expected.clone()));
        assert_eq!(TraceParent::parse(&format!("01-{TRACE}-{PARENT}-00-later")), Some(expected));
    }

    #[test]
    fn invalid_header_is_ignored() {
        let zeros = "0".repeat(32);
        for value in [
            String::new(),
            TRACE.to_owned(),
            format!("00-{TRACE}-{PARENT}"),
            format!("00-{TRACE}-{PARENT}-01-x"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!("00-{zeros}-{PARENT}-01"),
            format!("00-{TRACE}-{}-01", &zeros[..16]),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
        ] {
            assert_eq!(TraceParent::parse(&value), None, "{value}");
        }
    }
}
