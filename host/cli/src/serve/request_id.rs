//! The ids of requests.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

/// The header of requests and responses that contains the id.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id that a client or a proxy sets.
const LENGTH: usize = 64;

/// Creates ids that are unique in this process and differ between processes.
#[derive(Debug, Default)]
pub(super) struct RequestIds {
    process: RandomState,
    last: AtomicU64,
}

impl RequestIds {
    /// Returns the id of a request: that of its header if the header is valid, or a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> String {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_valid(id));
        given.map_or_else(|| self.next(), str::to_owned)
    }

    fn next(&self) -> String {
        format!("{:016x}", self.process.hash_one(self.last.fetch_add(1, Ordering::Relaxed)))
    }
}

/// Returns whether an id can be part of a log line and of a header.
fn is_valid(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= LENGTH
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Sets the header.
pub(super) fn set(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_of_a_client_is_kept_if_it_is_short_and_plain() {
        let ids = RequestIds::default();
        let of = |id: &str| {
            let mut headers = HeaderMap::new();
            set(&mut headers, id);
            ids.of(&headers)
        };
        assert_eq!(of("7f3a-B_c.9"), "7f3a-B_c.9");
        for id in ["", "a b", "a\"b", &"a".repeat(65)] {
            let new = of(id);
            assert!(new.len() == 16 && new != id, "{id}");
        }
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
